import type { EngineOperation } from '../../ports/engine.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { PackedBytes } from '../../util/packed-bytes.js';
import { decodeKeyValue } from '../format/key-value.js';
import { OverlayTable } from '../state/overlay-table.js';
import type { View } from '../state/view.js';
import { IndexedVersion, unitsOfValues, valuesOf, without } from './extraction.js';
import { decodeSince, encodeSince, endedEntryKey, entryEndKey, entryKey, placeOf } from './index-rows.js';
import { countsRow, covers, type Index, type IndexCounts, type IndexTable } from './index-table.js';

/** A write to a key: its encoded versions before and after; undefined for none. */
export interface IndexedWrite {
  readonly key: Uint8Array;
  readonly previous: Uint8Array | undefined;
  readonly next: Uint8Array | undefined;
  readonly revision: number;
}

const PRESENT = Buffer.from([1]);
/** Cost of an index for one version, and bytes of a value for one more, in units of `StateReader.spend`. */
const INDEX_UNITS = 8;
export const BYTES_PER_UNIT = 128;
/** Cost of an entry that begins, and of one that is looked up and ends, with their rows. */
const BEGIN_UNITS = 4;
const END_UNITS = 12;
/** Memory of an entry in a batch beside its place, in bytes. */
export const ENTRY_OVERHEAD_BYTES = 256;

/** The indexes in a batch: their definitions, and the entries that its commands begin and end. */
export class DraftIndexes {
  readonly #base: Pick<View, 'rows'>;
  #table: IndexTable;
  /** Those that differ from the table's. */
  readonly #counts = new Map<number, IndexCounts>();
  /** Entries as of now, for lookups and walks. */
  readonly entries = new OverlayTable();
  /** By place, the revision from which on there is an entry; null for none. */
  readonly #since = new Map<string, number | null>();
  readonly #endings: EngineOperation[] = [];
  /** Entries that large deletions end. They are not looked up again. */
  #deleted: DeletedEntries | undefined;
  #units = 0;
  #bytes = 0;

  constructor(base: Pick<View, 'rows'>, table: IndexTable) {
    this.#base = base;
    this.#table = table;
  }

  /** As of the current command, but for the counts. */
  get table(): IndexTable {
    return this.#table;
  }

  set table(table: IndexTable) {
    this.#table = table;
  }

  /** Memory of the entries that begin and end, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Cost since the last call. */
  takeUnits(): number {
    const units = this.#units;
    this.#units = 0;
    return units;
  }

  /** Maintains all indexes of a key. @param isLast whether no command of the batch looks up the key's entries again */
  changed(write: IndexedWrite, isLast = false): void {
    const { key, previous, next, revision } = write;
    let before: IndexedVersion | undefined;
    let after: IndexedVersion | undefined;
    for (const index of this.#table.maintained) {
      if (!covers(index, key)) continue;
      before ??= previous && new IndexedVersion(key, decodeKeyValue(previous).value);
      after ??= next && new IndexedVersion(key, decodeKeyValue(next).value);
      this.#units += INDEX_UNITS;
      const ended = before === undefined ? undefined : valuesOf(index.spec, before);
      const begun = after === undefined ? undefined : valuesOf(index.spec, after);
      for (const value of without(ended ?? [], begun ?? [])) this.#end(placeOf(index.id, value, key), revision, isLast);
      for (const value of without(begun ?? [], ended ?? [])) this.#begin(placeOf(index.id, value, key), revision);
      this.#units += unitsOfValues(index.spec, key, (ended?.length ?? 0) + (begun?.length ?? 0));
      this.#count(index, ended, -1);
      this.#count(index, begun, 1);
    }
    if (before !== undefined || after !== undefined) {
      this.#units += ((previous?.length ?? 0) + (next?.length ?? 0)) / BYTES_PER_UNIT;
    }
  }

  /** Adds a key to an index that does not cover it yet. @returns its values */
  add(index: Index, keyValue: Uint8Array, since: number): readonly Buffer[] {
    const { key, value } = decodeKeyValue(keyValue);
    const values = valuesOf(index.spec, new IndexedVersion(key, value));
    for (const encoded of values) this.#begin(placeOf(index.id, encoded, key), since);
    this.#count(index, values, 1);
    this.#units += INDEX_UNITS + unitsOfValues(index.spec, key, values.length) + value.length / BYTES_PER_UNIT;
    return values;
  }

  /** Forgets the counts of an index that is dropped or has failed. */
  forget(id: number): void {
    this.#counts.delete(id);
  }

  /** The counts of an index as of now. */
  countsOf({ id, counts }: Index): IndexCounts {
    return this.#counts.get(id) ?? counts;
  }

  /** The table with its counts, as of the end of the batch. */
  finished(): IndexTable {
    let table = this.#table;
    for (const index of this.#table.byName.values()) {
      const counts = this.#counts.get(index.id);
      if (counts !== undefined) table = table.with({ ...index, counts });
    }
    return table;
  }

  /** All rows, but for those of definitions. */
  operations(): readonly Iterable<EngineOperation>[] {
    const counts: EngineOperation[] = [];
    for (const [id, count] of this.#counts) if (this.#table.byId(id) !== undefined) counts.push(countsRow(id, count));
    return [...(this.#deleted?.tables() ?? []), this.entries.written, this.#endings, counts];
  }

  #begin(place: Buffer, since: number): void {
    this.#units += BEGIN_UNITS;
    this.#bytes += place.length + ENTRY_OVERHEAD_BYTES;
    this.#since.set(bytesToLatin1(place), since);
    this.entries.add({ type: 'put', key: entryKey(place), value: encodeSince(since) });
  }

  #end(place: Buffer, revision: number, isLast: boolean): void {
    this.#units += END_UNITS;
    this.#bytes += place.length + ENTRY_OVERHEAD_BYTES;
    const text = bytesToLatin1(place);
    const known = this.#since.get(text);
    if (known === null) return;
    const row = known === undefined ? this.#base.rows.get(entryKey(place)) : undefined;
    const since = known ?? (row && decodeSince(row));
    if (since === undefined) return;
    if (isLast && known === undefined) {
      this.#deleted ??= new DeletedEntries();
      this.#deleted.add({ place, since, revision });
      return;
    }
    this.#since.set(text, null);
    this.entries.add({ type: 'delete', key: entryKey(place) });
    // No revision shows an entry that begins and ends in one.
    if (since < revision) this.#endings.push(...endingsOf({ place, since, revision }));
  }

  #count(index: Index, values: readonly Buffer[] | undefined, sign: 1 | -1): void {
    if (values === undefined) return;
    const { keys, entries, leftOut } = this.countsOf(index);
    this.#counts.set(index.id, {
      keys: keys + sign,
      entries: entries + sign * values.length,
      leftOut: leftOut + (values.length === 0 ? sign : 0),
    });
  }
}

interface Ending {
  readonly place: Uint8Array;
  readonly since: number;
  readonly revision: number;
}

function endingsOf({ place, since, revision }: Ending): readonly EngineOperation[] {
  return [
    { type: 'put', key: endedEntryKey(place, revision), value: encodeSince(since) },
    { type: 'put', key: entryEndKey(place, revision), value: PRESENT },
  ];
}

/** Bytes of places in one block: a single buffer would be copied as a whole each time that it grows. */
const BLOCK_BYTES = 4 * 1024 * 1024;

interface EndingsBlock {
  readonly places: PackedBytes;
  readonly since: number[];
  readonly revisions: number[];
}

/** Entries that end, of which the rows are made when the engine takes them. */
class DeletedEntries {
  readonly #blocks: EndingsBlock[] = [];
  #block: EndingsBlock | undefined;

  add({ place, since, revision }: Ending): void {
    const block = this.#block !== undefined && this.#block.places.bytes < BLOCK_BYTES ? this.#block : this.#begin();
    block.places.add(place);
    block.since.push(since);
    block.revisions.push(revision);
  }

  tables(): readonly Iterable<EngineOperation>[] {
    return [this.#rows(0), this.#rows(1), this.#rows(2)];
  }

  #begin(): EndingsBlock {
    this.#block = { places: new PackedBytes(), since: [], revisions: [] };
    this.#blocks.push(this.#block);
    return this.#block;
  }

  *#rows(table: 0 | 1 | 2): Generator<EngineOperation, void, undefined> {
    for (const { places, since, revisions } of this.#blocks) {
      for (let at = 0; at < places.length; at++) {
        const place = places.at(at);
        const [ended, end] = endingsOf({ place, since: since[at] ?? 0, revision: revisions[at] ?? 0 });
        const operation = table === 0 ? ({ type: 'delete', key: entryKey(place) } as const) : table === 1 ? ended : end;
        if (operation !== undefined) yield operation;
      }
    }
  }
}
