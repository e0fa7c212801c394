import type { raftkvpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';

/** A client session. */
export interface SessionInfo {
  readonly id: number;
  /** The user who opened it; empty without authentication. */
  readonly user: string;
  /** It expires once it was not used for so long, in seconds. */
  readonly ttlSeconds: number;
  /** Index of the log entry that opened it. */
  readonly openedIndex: number;
  /** Index of the last log entry that used it. */
  readonly lastIndex: number;
  /** The lowest sequence number that its client has not acknowledged. */
  readonly acknowledged: number;
  /** Writes that were applied and are not acknowledged. */
  readonly openSequences: number;
  /** Bytes of their results that are kept. */
  readonly resultBytes: number;
}

export interface SessionListResult {
  /** By ascending id. */
  readonly sessions: readonly SessionInfo[];
  /** Sessions of all users. */
  readonly total: number;
  readonly header: Header;
}

export function toSessionList(wire: raftkvpb.SessionListResponse.$Properties): SessionListResult {
  return {
    sessions: (wire.sessions ?? []).map(toSession),
    total: clampInteger(wire.total),
    header: toHeader(wire.header),
  };
}

function toSession(wire: raftkvpb.SessionStatus.$Properties): SessionInfo {
  return {
    id: clampInteger(wire.session),
    user: wire.user ?? '',
    ttlSeconds: clampInteger(wire.ttlSeconds),
    openedIndex: clampInteger(wire.openedIndex),
    lastIndex: clampInteger(wire.lastIndex),
    acknowledged: clampInteger(wire.acknowledged),
    openSequences: clampInteger(wire.openSequences),
    resultBytes: clampInteger(wire.resultBytes),
  };
}
