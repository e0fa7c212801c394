import { raftkv } from '../../gen/proto.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { clampInteger } from '../../util/integer.js';
import { fromWireConfState, toWireConfState } from '../membership/members.js';
import type { Meta } from '../format/meta.js';
import type { ConfState } from '../../raft/types.js';

const VERSION = 2;

/** The cluster, index and revision of a snapshot. */
export interface SnapshotHeader {
  readonly clusterId: number;
  readonly meta: Meta;
  readonly confState: ConfState;
}

export interface SnapshotTrailer {
  readonly rows: number;
  /** Bytes of keys and values. */
  readonly rowBytes: number;
}

export function encodeHeader({ clusterId, meta, confState }: SnapshotHeader): Uint8Array {
  return raftkv.SnapshotHeader.encode({
    version: VERSION,
    clusterId,
    index: meta.appliedIndex,
    term: meta.appliedTerm,
    confState: toWireConfState(confState),
    revision: meta.revision,
    compactedRevision: meta.compactedRevision,
  }).finish();
}

/** @throws SnapshotDamageError if the bytes are not a header of this version */
export function decodeHeader(body: Uint8Array): SnapshotHeader {
  const header = decoded(() => raftkv.SnapshotHeader.decode(body));
  if (header.version !== VERSION) {
    throw new SnapshotDamageError(`the snapshot has version ${header.version}; this version reads ${VERSION}`);
  }
  return {
    clusterId: clampInteger(header.clusterId),
    meta: {
      appliedIndex: clampInteger(header.index),
      appliedTerm: clampInteger(header.term),
      revision: clampInteger(header.revision),
      compactedRevision: clampInteger(header.compactedRevision),
    },
    confState: fromWireConfState(header.confState ?? {}),
  };
}

export function encodeTrailer(trailer: SnapshotTrailer): Uint8Array {
  return raftkv.SnapshotTrailer.encode(trailer).finish();
}

/** @throws SnapshotDamageError if the bytes are not a trailer */
export function decodeTrailer(body: Uint8Array): SnapshotTrailer {
  const { rows, rowBytes } = decoded(() => raftkv.SnapshotTrailer.decode(body));
  return { rows: clampInteger(rows), rowBytes: clampInteger(rowBytes) };
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new SnapshotDamageError('a frame of the snapshot holds an invalid message', { cause });
  }
}
