import { raftkv } from '../gen/proto.js';
import type { EngineOperation, EngineReader } from '../ports/engine.js';
import type { ConfState } from '../raft/types.js';
import { equalBytes } from '../util/bytes.js';
import { clampInteger } from '../util/integer.js';
import { memberKey, metaKey, Table, tableRange } from './layout.js';

/** A member of the cluster, as the replicated state holds it. */
export interface Member {
  /** At most 2^53−1. */
  readonly id: number;
  /** Empty until the member has published it. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until the member has published them. */
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export function encodeMember(member: Member): Uint8Array {
  const { peerUrls, clientUrls, ...rest } = member;
  return raftkv.MemberRecord.encode({ ...rest, peerUrls: [...peerUrls], clientUrls: [...clientUrls] }).finish();
}

export function decodeMember(bytes: Uint8Array): Member {
  const record = raftkv.MemberRecord.decode(bytes);
  return {
    id: clampInteger(record.id),
    name: record.name,
    peerUrls: record.peerUrls,
    clientUrls: record.clientUrls,
    isLearner: record.isLearner,
  };
}

export function memberRow(member: Member): EngineOperation {
  return { type: 'put', key: memberKey(member.id), value: encodeMember(member) };
}

/** All members, by ascending id. */
export async function readMembers(reader: EngineReader): Promise<readonly Member[]> {
  const cursor = reader.cursor(tableRange(Table.members));
  const members: Member[] = [];
  try {
    for (let rows = await cursor.next(100); rows.length > 0; rows = await cursor.next(100)) {
      for (const { value } of rows) members.push(decodeMember(value));
    }
  } finally {
    await cursor.close();
  }
  return members;
}

const CONF_STATE = metaKey('conf-state');

export function confStateRow(confState: ConfState): EngineOperation {
  const value = raftkv.RaftConfState.encode(toWireConfState(confState)).finish();
  return { type: 'put', key: CONF_STATE, value };
}

/** Undefined in an engine that holds no store yet. */
export function readConfState(reader: EngineReader): ConfState | undefined {
  const row = reader.get(CONF_STATE);
  return row === undefined ? undefined : fromWireConfState(raftkv.RaftConfState.decode(row));
}

export function toWireConfState(confState: ConfState): raftkv.RaftConfState.$Properties {
  return {
    voters: [...confState.voters],
    learners: [...confState.learners],
    votersOutgoing: [...confState.votersOutgoing],
    learnersNext: [...confState.learnersNext],
    autoLeave: confState.autoLeave,
  };
}

export function fromWireConfState(message: raftkv.RaftConfState.$Properties): ConfState {
  return {
    voters: (message.voters ?? []).map(clampInteger),
    learners: (message.learners ?? []).map(clampInteger),
    votersOutgoing: (message.votersOutgoing ?? []).map(clampInteger),
    learnersNext: (message.learnersNext ?? []).map(clampInteger),
    autoLeave: message.autoLeave ?? false,
  };
}

export function sameConfState(left: ConfState, right: ConfState): boolean {
  const bytes = (confState: ConfState): Uint8Array => raftkv.RaftConfState.encode(toWireConfState(confState)).finish();
  return equalBytes(bytes(left), bytes(right));
}
