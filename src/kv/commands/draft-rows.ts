import type { EngineCursor, EngineOperation, EngineRange } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { currentRange, Table, tableOf, type KeyRange } from '../format/layout.js';
import type { LoggedChange } from '../format/change-row.js';
import { historyRow } from '../format/history-row.js';
import { currentRow, RowMaker, type WrittenVersion } from '../format/row-maker.js';
import type { KeyCountChange } from '../reads/key-count-change.js';
import type { HotRow, HotRows } from '../state/hot-rows.js';
import { LateCursor } from '../state/late-cursor.js';
import { MergedCursor } from '../state/merged-cursor.js';
import { OverlayTable } from '../state/overlay-table.js';
import type { View } from '../state/view.js';
import { Chained } from './chained.js';
import { DeletedVersions } from './deleted-versions.js';
import { DraftRecords } from './draft-records.js';
import { SpanSet } from './span-set.js';
import { WrittenKeys } from './written-keys.js';

/** Cost of making a row of the history, in units of `StateReader.spend`. */
const HISTORY_ROW_UNITS = 2;

/** A batch of so many writes, all of new keys, is part of a load. */
const LOAD_WRITES = 256;

/** For the rows that an engine takes, and for lookups. */
const reusedRows = new RowMaker();

/** A key of the current table, and its newest version. */
export interface Slot {
  readonly userKey: Uint8Array;
  /** The encoded version; undefined where the key does not exist. */
  readonly row: Uint8Array | undefined;
  /** That of the user key. */
  readonly hash: number;
}

/**
 * The rows that a batch writes, as lookups and walks see them on top of the published state, and as the engine takes them.
 * Of a write only its versions are kept: the rows are made when the engine takes them, or a walk needs them.
 */
export class DraftRows {
  readonly #base: View;
  readonly #spend: (units: number) => Promise<void> | undefined;
  /** All writes, in order. */
  readonly #writes: WrittenVersion[] = [];
  /** Their keys. */
  readonly #keys = new WrittenKeys();
  /** For each write, the position of the write to the same key before it; −1 for the first. */
  readonly #earlier: number[] = [];
  /** For each write, whether one to the same key follows. */
  readonly #isSuperseded: boolean[] = [];
  /** Whether a write has replaced or deleted a version. */
  #supersedes = false;
  #current: WalkedWrites | undefined;
  #history: WalkedWrites | undefined;
  #leased: OverlayTable | undefined;
  /** Rows of tables that commands do not walk. */
  readonly #others: EngineOperation[] = [];
  /** Rows of records: see record-hash.ts. */
  readonly records: DraftRecords;
  /** Versions of the published state that a large batch deletes. They are no writes of the above. */
  #deleted: DeletedVersions | undefined;
  /** Ranges of engine keys whose versions in the published state are all deleted. */
  #hidden: SpanSet | undefined;

  /** @param options.spend see `StateReader` */
  constructor(base: View, options: { readonly spend: (units: number) => Promise<void> | undefined }) {
    this.#base = base;
    this.records = new DraftRecords(base.rows);
    this.#spend = options.spend;
  }

  /** All writes, in order, but for deleted versions without rows. */
  get writes(): readonly WrittenVersion[] {
    return this.#writes;
  }

  /** The engine key of a key as latin1 text. */
  idOf(userKey: Uint8Array): string {
    return bytesToLatin1(reusedRows.currentKey(userKey));
  }

  /** Looks up the newest version of a key. */
  slot(userKey: Uint8Array): Slot {
    const hash = this.#base.hashOf(userKey);
    const written = this.written(userKey, hash);
    if (written !== undefined) return { userKey, hash, row: written ?? undefined };
    const isHidden = this.#hidden !== undefined && this.#hidden.has(this.idOf(userKey));
    const row = isHidden ? null : this.#base.currentRow(userKey, hash);
    return { userKey, hash, row: row ?? undefined };
  }

  /** The same if the batch has written it; undefined otherwise. */
  written(userKey: Uint8Array, hash: number): HotRow | undefined {
    const newest = this.#keys.find(userKey, hash);
    return newest < 0 ? undefined : (this.#write(newest).keyValue ?? null);
  }

  /** @param hash of its key */
  add(hash: number, write: WrittenVersion): void {
    const earlier = this.#keys.add(write.key, hash);
    if (earlier >= 0) this.#isSuperseded[earlier] = true;
    this.#earlier.push(earlier);
    this.#isSuperseded.push(false);
    this.#supersedes ||= write.previous !== undefined;
    this.#writes.push(write);
  }

  addLeased(operation: EngineOperation): void {
    this.#leased ??= new OverlayTable();
    this.#leased.add(operation);
  }

  addOther(operation: EngineOperation): void {
    this.#others.push(operation);
  }

  /** Deletes a version of the published state without making its rows. */
  delete(...[version, position]: Parameters<DeletedVersions['add']>): void {
    this.#deleted ??= new DeletedVersions();
    this.#deleted.add(version, position);
  }

  /**
   * Ends a series of deletions without rows.
   * @param range all of whose keys are deleted; undefined if no command reads them again
   * @returns the keys of the series
   */
  finishDeletions(range: KeyRange | undefined): readonly KeyCountChange[] {
    const changes = this.#deleted?.takeCountChanges() ?? [];
    if (changes.length > 0 && range !== undefined) {
      const { gte, lt } = currentRange(range);
      this.#hidden ??= new SpanSet();
      this.#hidden.add({ kind: 'range', range: { start: gte, end: lt } });
    }
    return changes;
  }

  /** A walk over one table, which does not see rows that are written after it began. */
  cursor(range: EngineRange): EngineCursor {
    const table = tableOf(defined(range.gte ?? range.gt, 'the lower bound of a walk'));
    const deleted = this.#deleted;
    if (table === Table.current) {
      this.#current ??= new WalkedWrites(this.#writes, currentRow);
      return this.#merged(range, { overlay: this.#current.table(), hidden: this.#hidden });
    }
    if (table === Table.history) {
      if (deleted === undefined) return this.#merged(range, { overlay: this.#walkedHistory() });
      return new LateCursor(() => this.#historyCursor(range, deleted));
    }
    assert(table === Table.leased, `a command walks table ${table}`);
    // A revocation is the last command of a batch that deletes versions without rows.
    assert(deleted === undefined, 'a command walks leased keys behind a large one');
    return this.#merged(range, { overlay: this.#leased ?? new OverlayTable() });
  }

  /** A walk over one table whose rows of the batch are elsewhere. */
  cursorOver(range: EngineRange, overlay: OverlayTable): EngineCursor {
    return this.#merged(range, { overlay });
  }

  /**
   * All rows. Each is valid until the next one is taken.
   * @param onSlice called after each few thousand of them
   * @param more further rows of the batch
   */
  operations(
    onSlice: (() => void) | undefined,
    more: readonly Iterable<EngineOperation>[] = [],
  ): Iterable<EngineOperation> {
    // Deleted versions come before all others: such a deletion is the first write of its key.
    const sources: Iterator<EngineOperation>[] = [];
    if (this.#deleted !== undefined) for (const table of this.#deleted.tables()) sources.push(table[Symbol.iterator]());
    sources.push(this.#currentRows());
    const places: HistoryPlaces = { rows: [], endsRow: [] };
    if (this.#supersedes) sources.push(this.#historyRows(places));
    if (this.#leased !== undefined) sources.push(this.#leased.written[Symbol.iterator]());
    sources.push(reusedRows.changes(this.#loggedChanges(places)));
    for (const rows of more) sources.push(rows[Symbol.iterator]());
    if (!this.records.isEmpty) sources.push(this.records.operations());
    sources.push(this.#others.values());
    return new Chained(sources, onSlice);
  }

  refresh(hotRows: HotRows): void {
    // The keys of a load would push out the rows in use. They are cached once they are read.
    const isLoad = !this.#supersedes && this.#writes.length >= LOAD_WRITES;
    for (const [at, { key, keyValue }] of this.#writes.entries()) {
      if (this.#isSuperseded[at] === true) continue;
      const hash = this.#keys.hashAt(at);
      if (isLoad) hotRows.replace(key, hash, keyValue ?? null);
      else hotRows.set(key, hash, keyValue ?? null);
    }
  }

  #write(position: number): WrittenVersion {
    return defined(this.#writes[position], 'a write');
  }

  /** The position of the newest write of each key. */
  *#newest(): Generator<number, void, undefined> {
    for (let at = 0; at < this.#writes.length; at++) if (this.#isSuperseded[at] !== true) yield at;
  }

  *#currentRows(): Generator<EngineOperation, void, undefined> {
    for (let at = 0; at < this.#writes.length; at++) {
      if (this.#isSuperseded[at] !== true) yield reusedRows.current(this.#write(at));
    }
  }

  /** The versions that the writes superseded, key by key. @param places receives where they are */
  *#historyRows(places: HistoryPlaces): Generator<EngineOperation, void, undefined> {
    const { rows, endsRow } = places;
    for (const newest of this.#newest()) {
      let at = newest;
      while (at >= 0) {
        const last = at;
        let oldest = 0;
        for (; at >= 0; at = this.#earlier[at] ?? -1) {
          const { previous, previousRevision, revision } = this.#write(at);
          if (previous === undefined) continue;
          if (!reusedRows.addToHistory({ end: revision, keyValue: previous })) break;
          if (oldest === 0) endsRow[at] = true;
          oldest = previousRevision;
        }
        if (oldest === 0) break;
        for (let of = last; of !== at; of = this.#earlier[of] ?? -1) rows[of] = oldest;
        yield reusedRows.history(this.#write(last).key, oldest);
      }
    }
  }

  *#loggedChanges({ rows, endsRow }: HistoryPlaces): Generator<LoggedChange, void, undefined> {
    for (const [at, { revision, sub, kind, key, previous, previousRevision }] of this.#writes.entries()) {
      const ends = previous !== undefined;
      const historyRow = ends ? defined(rows[at], 'the history row of a version') : 0;
      yield { revision, sub, kind, key, previousRevision, historyRow, endsHistoryRow: endsRow[at] === true };
    }
  }

  /** The rows of deleted versions are made when a walk needs them, in slices: hardly any does. */
  async #historyCursor(range: EngineRange, deleted: DeletedVersions): Promise<EngineCursor> {
    const history = this.#walkedHistory();
    for (const operation of deleted.takeHistoryRows()) {
      history.add(operation);
      const rest = this.#spend(HISTORY_ROW_UNITS);
      if (rest !== undefined) await rest;
    }
    return this.#merged(range, { overlay: history });
  }

  #walkedHistory(): OverlayTable {
    this.#history ??= new WalkedWrites(this.#writes, historyRowOf);
    return this.#history.table();
  }

  #merged(
    range: EngineRange,
    { overlay, hidden }: { readonly overlay: OverlayTable; readonly hidden?: SpanSet | undefined },
  ): EngineCursor {
    const base = this.#base.cursor(range);
    const rows = overlay.rows(range);
    if (rows.from === rows.to && hidden === undefined) return base;
    const isHidden = hidden && ((key: Uint8Array): boolean => hidden.has(bytesToLatin1(key)));
    return new MergedCursor({ base, overlay: rows, reverse: range.reverse ?? false, isHidden });
  }
}

/** The rows of a batch's writes in one table, made for the first walk over it. */
class WalkedWrites {
  readonly #writes: readonly WrittenVersion[];
  readonly #rowOf: (write: WrittenVersion) => EngineOperation | undefined;
  readonly #table = new OverlayTable();
  /** Writes whose rows are in the table. */
  #made = 0;

  constructor(writes: readonly WrittenVersion[], rowOf: (write: WrittenVersion) => EngineOperation | undefined) {
    this.#writes = writes;
    this.#rowOf = rowOf;
  }

  /** With the rows of all writes so far. */
  table(): OverlayTable {
    for (; this.#made < this.#writes.length; this.#made++) {
      const write = this.#writes[this.#made];
      const row = write && this.#rowOf(write);
      if (row !== undefined) this.#table.add(row);
    }
    return this.#table;
  }
}

/** Where the history has the versions that a batch superseded, by the position of the write. */
interface HistoryPlaces {
  /** The mod revision in the key of the row. */
  readonly rows: number[];
  /** Whether the version is the last of its row to end. */
  readonly endsRow: boolean[];
}

/** A row of the history with the version that a write superseded; undefined if there was none. */
function historyRowOf({ key, revision, previous }: WrittenVersion): EngineOperation | undefined {
  return previous && { type: 'put', ...historyRow(key, { end: revision, keyValue: previous }) };
}
