import { raftkv, type raftkvpb } from '../../gen/proto.js';
import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { asBuffer, compareBytes } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { isInRange } from '../format/key-range.js';
import { Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import { readDefinition, type IndexSpec } from './definition.js';
import { countsKey, IndexRow, indexKey, indexRowOf } from './index-rows.js';

/** What an index holds, over the keys that it covers. */
export interface IndexCounts {
  /** Keys, with entries or without. */
  readonly keys: number;
  readonly entries: number;
  /** Keys without an entry. */
  readonly leftOut: number;
}

export const NO_COUNTS: IndexCounts = { keys: 0, entries: 0, leftOut: 0 };

export type IndexState =
  /** Covers the keys of its range below `cursor`. */
  | { readonly kind: 'building'; readonly cursor: Uint8Array }
  /** @param revision from which on it can be queried */
  | { readonly kind: 'ready'; readonly revision: number }
  /** Covers none, and is not maintained. */
  | { readonly kind: 'failed'; readonly duplicates: readonly raftkvpb.IndexDuplicate.$Properties[] };

/** An index as of one state of the store. */
export interface Index {
  /** Never used again, by no other index. */
  readonly id: number;
  readonly spec: IndexSpec;
  readonly state: IndexState;
  readonly counts: IndexCounts;
}

/** Whether writes to a key maintain the index. */
export function covers({ spec, state }: Index, key: Uint8Array): boolean {
  if (state.kind === 'failed' || !isInRange(key, spec.range)) return false;
  return state.kind === 'ready' || compareBytes(key, state.cursor) < 0;
}

/** All indexes as of one state of the store. Never changed, but replaced. */
export class IndexTable {
  static readonly empty = new IndexTable(new Map(), 0);
  /** By name. */
  readonly byName: ReadonlyMap<string, Index>;
  /** The highest id ever used. */
  readonly lastId: number;
  /** Those that are maintained. */
  readonly maintained: readonly Index[];
  /** Those of them that are unique. */
  readonly unique: readonly Index[];

  constructor(byName: ReadonlyMap<string, Index>, lastId: number) {
    this.byName = byName;
    this.lastId = lastId;
    this.maintained = [...byName.values()].filter(({ state }) => state.kind !== 'failed');
    this.unique = this.maintained.filter(({ spec }) => spec.unique);
  }

  /** The same with an index added or replaced. */
  with(index: Index): IndexTable {
    return new IndexTable(new Map(this.byName).set(index.spec.name, index), Math.max(this.lastId, index.id));
  }

  without(name: string): IndexTable {
    const byName = new Map(this.byName);
    byName.delete(name);
    return new IndexTable(byName, this.lastId);
  }

  byId(id: number): Index | undefined {
    for (const index of this.byName.values()) if (index.id === id) return index;
    return undefined;
  }
}

export function lastIdRow(lastId: number): EngineOperation {
  return { type: 'put', key: indexKey(IndexRow.lastId), value: raftkv.IndexRecord.encode({ id: lastId }).finish() };
}

export function definitionRow({ id, spec, state }: Index): EngineOperation {
  const record: raftkv.IndexRecord.$Properties = {
    id,
    definition: spec.definition,
    ...(state.kind === 'building' && { cursor: state.cursor }),
    ...(state.kind === 'ready' && { readyRevision: state.revision }),
    ...(state.kind === 'failed' && { failed: true, duplicates: [...state.duplicates] }),
  };
  return { type: 'put', key: indexKey(IndexRow.definition, id), value: raftkv.IndexRecord.encode(record).finish() };
}

export function countsRow(id: number, counts: IndexCounts): EngineOperation {
  return { type: 'put', key: countsKey(id), value: raftkv.IndexCounts.encode(counts).finish() };
}

/** Removes the definition of an index that is dropped. */
export function definitionRemoval(id: number): EngineOperation {
  return { type: 'delete', key: indexKey(IndexRow.definition, id) };
}

/** Removes the counts of an index that is dropped or has failed. */
export function countsRemoval(id: number): EngineOperation {
  return { type: 'delete', key: countsKey(id) };
}

/** Reads the stored indexes. @throws Error on rows that cannot be decoded */
export async function readIndexes(reader: EngineReader): Promise<IndexTable> {
  const records = new Map<number, raftkv.IndexRecord>();
  let lastId = 0;
  for await (const rows of pagesOf(reader, tableRange(Table.indexes))) {
    for (const { key, value } of rows) {
      const { kind, id } = indexRowOf(key);
      if (kind === IndexRow.lastId) lastId = raftkv.IndexRecord.decode(value).id;
      // A copy: views would keep whole pages of the engine in memory.
      else if (kind === IndexRow.definition) records.set(id, raftkv.IndexRecord.decode(Buffer.from(value)));
      else throw new Error(`a row of indexes of kind ${kind}`);
    }
  }
  if (lastId === 0) return IndexTable.empty;
  const byName = new Map<string, Index>();
  for (const [id, record] of records) {
    const spec = readDefinition(record.definition);
    if (typeof spec === 'string') throw new Error(`the stored definition of index ${id}: ${spec}`);
    byName.set(spec.name, { id, spec, state: stateOf(record), counts: readCounts(reader.get(countsKey(id))) });
  }
  return new IndexTable(byName, lastId);
}

function stateOf({ cursor, readyRevision, failed, duplicates }: raftkv.IndexRecord): IndexState {
  if (failed) return { kind: 'failed', duplicates };
  const revision = clampInteger(readyRevision);
  return revision > 0 ? { kind: 'ready', revision } : { kind: 'building', cursor: asBuffer(cursor) };
}

function readCounts(value: Uint8Array | undefined): IndexCounts {
  if (value === undefined) return NO_COUNTS;
  const { keys, entries, leftOut } = raftkv.IndexCounts.decode(value);
  return { keys: clampInteger(keys), entries: clampInteger(entries), leftOut: clampInteger(leftOut) };
}
