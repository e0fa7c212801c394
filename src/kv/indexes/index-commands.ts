import { raftkvpb, type raftkv } from '../../gen/proto.js';
import { compareBytes, equalBytes } from '../../util/bytes.js';
import type { Draft } from '../commands/draft.js';
import { emptyBody, type BodyMaker } from '../commands/writes.js';
import { kvError, type KvError } from '../errors.js';
import { keyOf } from '../format/key-value.js';
import type { KeyRange } from '../format/layout.js';
import { CurrentWalk } from '../state/versions.js';
import {
  DUPLICATES_MAX,
  INDEXES_MAX,
  INDEXES_PER_KEY_MAX,
  SLICE_BYTES_MAX,
  SLICE_ENTRIES_MAX,
  SLICE_KEYS_MAX,
} from './bounds.js';
import { isSame, readDefinition } from './definition.js';
import { exampleOf, holdersOf, LOOKUP_UNITS, type Duplicate, type Lookup } from './holders.js';
import { dropIndex, failIndex, putIndex } from './index-changes.js';
import { unknownIndex } from './index-compare.js';
import { infoOf } from './index-info.js';
import { lastIdRow, NO_COUNTS, type Index } from './index-table.js';

/** Creates an index, without entries. A repeated call returns the index that exists. */
export function createIndex(draft: Draft, { definition }: raftkvpb.IndexCreateRequest): BodyMaker | KvError {
  const spec = readDefinition(definition);
  if (typeof spec === 'string') return kvError('index-invalid', `index: ${spec}`);
  const { indexes } = draft;
  const known = indexes.byName.get(spec.name);
  if (known !== undefined) {
    return isSame(known.spec.definition, spec.definition)
      ? answer(known)
      : kvError('index-exists', `index ${spec.name} exists`);
  }
  if (indexes.byName.size >= INDEXES_MAX) {
    return kvError('too-many-indexes', `too many indexes: a cluster has up to ${INDEXES_MAX}`);
  }
  const others = [...indexes.byName.values()].filter((other) => overlap(other.spec.range, spec.range));
  if (others.length >= INDEXES_PER_KEY_MAX) {
    return kvError('too-many-indexes', `too many indexes: ${INDEXES_PER_KEY_MAX} share keys with this range`);
  }
  const id = indexes.lastId + 1;
  const index: Index = { id, spec, state: { kind: 'building', cursor: spec.range.start }, counts: NO_COUNTS };
  draft.writeRecord(lastIdRow(id));
  putIndex(draft, index);
  return answer(index);
}

function answer(index: Index): BodyMaker {
  return () => raftkvpb.IndexCreateResponse.encode({ index: infoOf(index) }).finish();
}

function overlap(left: KeyRange, right: KeyRange): boolean {
  const begins = (one: KeyRange, other: KeyRange): boolean =>
    other.end === undefined || compareBytes(one.start, other.end) < 0;
  return begins(left, right) && begins(right, left);
}

export function removeIndex(draft: Draft, { name }: raftkvpb.IndexDropRequest): BodyMaker | KvError {
  const index = draft.indexes.byName.get(name);
  if (index === undefined) return unknownIndex(name);
  dropIndex(draft, index);
  return emptyBody;
}

/**
 * Adds the next keys of its range, as they are now, to an index that is being built. With the last of them it is ready. A slice
 * for another cursor, which a deposed leader may have proposed, does nothing.
 */
export async function buildSlice(draft: Draft, { id, cursor, keys }: raftkv.IndexSlice): Promise<BodyMaker> {
  const index = draft.indexes.byId(id);
  if (index?.state.kind !== 'building' || !equalBytes(index.state.cursor, cursor)) return emptyBody;
  const { next, duplicates } = await addKeys(draft, index, { cursor: index.state.cursor, keysMax: sliceKeys(keys) });
  if (duplicates.length > 0) failIndex(draft, index, duplicates.map(exampleOf));
  else if (next === undefined) putIndex(draft, { ...index, state: { kind: 'ready', revision: draft.revision } });
  else putIndex(draft, { ...index, state: { kind: 'building', cursor: next } });
  return emptyBody;
}

function sliceKeys(asked: number): number {
  return asked === 0 ? SLICE_KEYS_MAX : Math.min(asked, SLICE_KEYS_MAX);
}

/** Lookups that a slice collects before it makes them. */
const LOOKUPS_COLLECTED = 64;

/** @returns the cursor behind the added keys; undefined if there are no more */
async function addKeys(
  draft: Draft,
  index: Index,
  { cursor, keysMax }: { readonly cursor: Uint8Array; readonly keysMax: number },
): Promise<{ readonly next: Uint8Array | undefined; readonly duplicates: readonly Duplicate[] }> {
  const duplicates: Duplicate[] = [];
  const walk = new CurrentWalk(draft, { start: cursor, end: index.spec.range.end }, { reverse: false });
  let [keys, bytes, entries] = [0, 0, 0];
  let lookups: Lookup[] = [];
  const lookUp = async (): Promise<void> => {
    duplicates.push(...(await duplicatesOf(draft, index, lookups)).slice(0, DUPLICATES_MAX - duplicates.length));
    lookups = [];
  };
  try {
    for (let rows = await walk.next(); rows.length > 0; rows = await walk.next()) {
      for (const row of rows) {
        const key = Buffer.from(keyOf(row));
        if (keys === keysMax || bytes >= SLICE_BYTES_MAX || entries >= SLICE_ENTRIES_MAX) {
          await lookUp();
          return { next: key, duplicates };
        }
        const values = draft.addToIndex(index, row);
        keys += 1;
        bytes += row.length;
        entries += values.length;
        if (index.spec.unique) for (const value of values) lookups.push({ key, value });
        if (lookups.length >= LOOKUPS_COLLECTED) await lookUp();
        const rest = draft.spend(1 + (index.spec.unique ? LOOKUP_UNITS * values.length : 0));
        if (rest !== undefined) await rest;
      }
    }
    await lookUp();
    return { next: undefined, duplicates };
  } finally {
    await walk.close();
  }
}

/** The values of added keys that a key before them has. */
async function duplicatesOf(draft: Draft, index: Index, lookups: readonly Lookup[]): Promise<readonly Duplicate[]> {
  const holders = await holdersOf(draft, index, { lookups, except: () => false });
  return lookups.flatMap(({ key, value }, at) => {
    const otherKey = holders[at];
    // Of two added keys, the second one is the duplicate.
    return otherKey === undefined || compareBytes(otherKey, key) > 0 ? [] : [{ index, value, key, otherKey }];
  });
}
