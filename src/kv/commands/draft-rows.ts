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
import { SpanSet } from './span-set.js';

/** Cost of making a row of the history, in units of `StateReader.spend`. */
const HISTORY_ROW_UNITS = 2;

/** For the rows that an engine takes, and for lookups. */
const reusedRows = new RowMaker();

/** A key of the current table, and its newest version. */
export interface Slot {
  readonly userKey: Uint8Array;
  /** The encoded version; undefined where the key does not exist. */
  readonly row: Uint8Array | undefined;
  /** The engine key as latin1 text. */
  readonly id: string;
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
  /** The position of the newest write of each key, by latin1 engine key. */
  readonly #newest = new Map<string, number>();
  /** For each write, the position of the write to the same key before it; −1 for the first. */
  readonly #earlier: number[] = [];
  readonly #current = new WalkedWrites(this.#writes, currentRow);
  readonly #history = new WalkedWrites(this.#writes, historyRowOf);
  readonly #leased = new OverlayTable();
  /** Rows of tables that commands do not walk. */
  readonly #others: EngineOperation[] = [];
  /** Versions of the published state that a large batch deletes. They are no writes of the above. */
  #deleted: DeletedVersions | undefined;
  /** Ranges of engine keys whose versions in the published state are all deleted. */
  #hidden: SpanSet | undefined;

  /** @param options.spend see `StateReader` */
  constructor(base: View, options: { readonly spend: (units: number) => Promise<void> | undefined }) {
    this.#base = base;
    this.#spend = options.spend;
  }

  /** All writes, in order, but for deleted versions without rows. */
  get writes(): readonly WrittenVersion[] {
    return this.#writes;
  }

  /** The text by which a key of the current table is known. */
  idOf(userKey: Uint8Array): string {
    return bytesToLatin1(reusedRows.currentKey(userKey));
  }

  /** Looks up the newest version of a key. */
  slot(userKey: Uint8Array): Slot {
    const engineKey = reusedRows.currentKey(userKey);
    const id = bytesToLatin1(engineKey);
    const written = this.written(id);
    if (written !== undefined) return { userKey, id, row: written ?? undefined };
    const row = this.#hidden?.has(id) === true ? null : this.#base.currentRow(engineKey, id);
    return { userKey, id, row: row ?? undefined };
  }

  /** The same if the batch has written it; undefined otherwise. */
  written(id: string): HotRow | undefined {
    const newest = this.#newest.get(id);
    return newest === undefined ? undefined : (this.#write(newest).keyValue ?? null);
  }

  /** @param id of its key */
  add(id: string, write: WrittenVersion): void {
    this.#earlier.push(this.#newest.get(id) ?? -1);
    this.#newest.set(id, this.#writes.length);
    this.#writes.push(write);
  }

  addLeased(operation: EngineOperation): void {
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
    if (table === Table.current) return this.#merged(range, { overlay: this.#current.table(), hidden: this.#hidden });
    if (table === Table.history) {
      if (deleted === undefined) return this.#merged(range, { overlay: this.#history.table() });
      return new LateCursor(() => this.#historyCursor(range, deleted));
    }
    assert(table === Table.leased, `a command walks table ${table}`);
    // A revocation is the last command of a batch that deletes versions without rows.
    assert(deleted === undefined, 'a command walks leased keys behind a large one');
    return this.#merged(range, { overlay: this.#leased });
  }

  /** All rows. Each is valid until the next one is taken. @param onSlice called after each few thousand of them */
  operations(onSlice: (() => void) | undefined): Iterable<EngineOperation> {
    // Deleted versions come before all others: such a deletion is the first write of its key.
    const deleted = this.#deleted?.tables() ?? [];
    const places: HistoryPlaces = { rows: [], endsRow: [] };
    return new Chained(
      [
        ...deleted,
        this.#currentRows(),
        this.#historyRows(places),
        this.#leased.written,
        reusedRows.changes(this.#loggedChanges(places)),
        this.#others,
      ],
      onSlice,
    );
  }

  refresh(hotRows: HotRows): void {
    for (const [id, newest] of this.#newest) hotRows.set(id, this.#write(newest).keyValue ?? null);
  }

  #write(position: number): WrittenVersion {
    return defined(this.#writes[position], 'a write');
  }

  *#currentRows(): Generator<EngineOperation, void, undefined> {
    for (const newest of this.#newest.values()) yield reusedRows.current(this.#write(newest));
  }

  /** The versions that the writes superseded, key by key. @param places receives where they are */
  *#historyRows(places: HistoryPlaces): Generator<EngineOperation, void, undefined> {
    const { rows, endsRow } = places;
    for (const newest of this.#newest.values()) {
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
    const history = this.#history.table();
    for (const operation of deleted.takeHistoryRows()) {
      history.add(operation);
      const rest = this.#spend(HISTORY_ROW_UNITS);
      if (rest !== undefined) await rest;
    }
    return this.#merged(range, { overlay: history });
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
