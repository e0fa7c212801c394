import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { asBuffer, equalBytes } from '../../util/bytes.js';
import { metaKey } from './layout.js';
import { OWNER_KEY } from './owner.js';

/** Applied index and revisions of the store: one row, rewritten in every batch. */
export interface Meta {
  readonly appliedIndex: number;
  readonly appliedTerm: number;
  /** The newest revision; 1 in an empty store. */
  readonly revision: number;
  /** History below it is discarded; −1 before the first compaction, as in etcd. */
  readonly compactedRevision: number;
}

export const EMPTY_META: Meta = { appliedIndex: 0, appliedTerm: 0, revision: 1, compactedRevision: -1 };

const FORMAT_VERSION = 2;
const META_BYTES = 33;
const META = metaKey('meta');

/** Progress of the removal of compacted rows. Not part of the replicated state: it differs between members. */
const SWEPT = metaKey('swept');

/** Whether a row belongs to the member and is left out of snapshots. A snapshot's header restores the row of `Meta`. */
export function isOwnRow(key: Uint8Array): boolean {
  return equalBytes(key, META) || equalBytes(key, SWEPT) || equalBytes(key, OWNER_KEY);
}

export function metaRow(meta: Meta): EngineOperation {
  const value = Buffer.allocUnsafe(META_BYTES);
  value[0] = FORMAT_VERSION;
  value.writeDoubleBE(meta.appliedIndex, 1);
  value.writeDoubleBE(meta.appliedTerm, 9);
  value.writeDoubleBE(meta.revision, 17);
  value.writeDoubleBE(meta.compactedRevision, 25);
  return { type: 'put', key: META, value };
}

/** Another version of raftkv wrote the store. */
export class StoreFormatError extends Error {
  override readonly name = 'StoreFormatError';
}

/** @returns undefined if the engine holds no store @throws StoreFormatError if the store has another format */
export function readMeta(reader: EngineReader): Meta | undefined {
  const bytes = reader.get(META);
  if (bytes === undefined) return undefined;
  if (bytes[0] !== FORMAT_VERSION || bytes.length !== META_BYTES) {
    throw new StoreFormatError(
      `the store has format ${bytes[0]}, and this raftkv reads format ${FORMAT_VERSION}: use the version that wrote it`,
    );
  }
  const value = asBuffer(bytes);
  return {
    appliedIndex: value.readDoubleBE(1),
    appliedTerm: value.readDoubleBE(9),
    revision: value.readDoubleBE(17),
    compactedRevision: value.readDoubleBE(25),
  };
}

export function sweptRow(revision: number): EngineOperation {
  const value = Buffer.allocUnsafe(8);
  value.writeDoubleBE(revision, 0);
  return { type: 'put', key: SWEPT, value };
}

/** The revision up to which compacted rows are removed; 0 before the first removal. */
export function readSwept(reader: EngineReader): number {
  const bytes = reader.get(SWEPT);
  return bytes === undefined ? 0 : asBuffer(bytes).readDoubleBE(0);
}
