import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { asBuffer, equalBytes } from '../../util/bytes.js';
import { metaKey } from './layout.js';
import { OWNER_KEY } from './owner.js';

/** What the store knows of itself; one row, rewritten in every batch. */
export interface Meta {
  readonly appliedIndex: number;
  readonly appliedTerm: number;
  /** The newest revision; 1 in an empty store. */
  readonly revision: number;
  /** History below it is gone; −1 before the first compaction, as etcd has it. */
  readonly compactedRevision: number;
}

export const EMPTY_META: Meta = { appliedIndex: 0, appliedTerm: 0, revision: 1, compactedRevision: -1 };

const FORMAT_VERSION = 1;
const META_BYTES = 33;
const META = metaKey('meta');

/** How far the removal of compacted rows has come. Not part of the replicated state: members differ in it. */
const SWEPT = metaKey('swept');

/** Whether a row is the member's own, and no part of a snapshot: that of `Meta` is made anew from its header. */
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

/** Undefined in an engine that holds no store yet. @throws on one of another format */
export function readMeta(reader: EngineReader): Meta | undefined {
  const bytes = reader.get(META);
  if (bytes === undefined) return undefined;
  if (bytes[0] !== FORMAT_VERSION || bytes.length !== META_BYTES) {
    throw new Error(`the store has format ${bytes[0]}; this version reads format ${FORMAT_VERSION}`);
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

/** The revision up to which compacted rows have been removed; 0 if none ever were. */
export function readSwept(reader: EngineReader): number {
  const bytes = reader.get(SWEPT);
  return bytes === undefined ? 0 : asBuffer(bytes).readDoubleBE(0);
}
