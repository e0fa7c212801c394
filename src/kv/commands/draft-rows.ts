import type { EngineCursor, EngineOperation, EngineRange } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { ReusedBytes } from '../../util/reused-bytes.js';
import { currentRange, Table, tableOf, type KeyRange } from '../format/layout.js';
import { newRows, RowMaker, type WrittenVersion } from '../format/row-maker.js';
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
const reusedRows = new RowMaker({ key: new ReusedBytes(), value: new ReusedBytes() });

/**
 * The rows that a batch writes, as lookups and walks see them on top of the published state, and as the engine takes them.
 * Of a write only its versions are kept: the rows are made when the engine takes them, or a walk needs them.
 */
export class DraftRows {
  readonly #base: View;
  readonly #spend: (units: number) => Promise<void> | undefined;
  /** All writes, in order. */
  readonly #writes: WrittenVersion[] = [];
  /** The newest write of each key, by latin1 engine key. */
  readonly #newest = new Map<string, WrittenVersion>();
  readonly #current = new WalkedWrites(this.#writes, (write) => newRows.current(write));
  readonly #history = new WalkedWrites(this.#writes, (write) => newRows.history(write));
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

  /** The newest version of a key; null if it does not exist. */
  current(userKey: Uint8Array, id: string): HotRow {
    const write = this.#newest.get(id);
    if (write !== undefined) return write.keyValue ?? null;
    return this.#hidden?.has(id) === true ? null : this.#base.currentRow(reusedRows.currentKey(userKey), id);
  }

  /** The same if the batch has written it; undefined otherwise. */
  written(id: string): HotRow | undefined {
    const write = this.#newest.get(id);
    return write && (write.keyValue ?? null);
  }

  /** @param id of its key */
  add(id: string, write: WrittenVersion): void {
    this.#newest.set(id, write);
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
    return new Chained(
      [
        ...deleted,
        rowsOf(this.#newest.values(), (write) => reusedRows.current(write)),
        rowsOf(this.#writes, (write) => reusedRows.history(write)),
        this.#leased.written,
        rowsOf(this.#writes, (write) => reusedRows.change(write)),
        this.#others,
      ],
      onSlice,
    );
  }

  refresh(hotRows: HotRows): void {
    for (const [id, { keyValue }] of this.#newest) hotRows.set(id, keyValue ?? null);
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

function* rowsOf(
  writes: Iterable<WrittenVersion>,
  rowOf: (write: WrittenVersion) => EngineOperation | undefined,
): Generator<EngineOperation, void, undefined> {
  for (const write of writes) {
    const row = rowOf(write);
    if (row !== undefined) yield row;
  }
}
