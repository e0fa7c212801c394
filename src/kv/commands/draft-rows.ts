import type { EngineCursor, EngineOperation, EngineRange } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { currentRange, Table, tableOf, type KeyRange } from '../format/layout.js';
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

/** The rows that a batch writes, as lookups and walks see them on top of the published state, and as the engine takes them. */
export class DraftRows {
  readonly #base: View;
  readonly #spend: (units: number) => Promise<void> | undefined;
  /** The newest rows by latin1 engine key. The same rows as those of the current table in `#walked`. */
  readonly #current = new Map<string, EngineOperation>();
  readonly #walked = {
    current: new OverlayTable(),
    history: new OverlayTable(),
    leased: new OverlayTable(),
  };
  /** Rows of tables that commands do not walk. */
  readonly #others: EngineOperation[] = [];
  /** Versions of the published state that a large batch deletes. Their rows are in no table above. */
  #deleted: DeletedVersions | undefined;
  /** Ranges of engine keys whose versions in the published state are all deleted. */
  #hidden: SpanSet | undefined;

  /** @param options.spend see `StateReader` */
  constructor(base: View, options: { readonly spend: (units: number) => Promise<void> | undefined }) {
    this.#base = base;
    this.#spend = options.spend;
  }

  /** The newest row of a key, by engine key as bytes and as text; null if it does not exist. */
  current(key: Uint8Array, id: string): HotRow {
    const written = this.#current.get(id);
    if (written !== undefined) return rowOf(written);
    return this.#hidden?.has(id) === true ? null : this.#base.currentRow(key, id);
  }

  /** The same if the batch has written it; undefined otherwise. */
  written(id: string): HotRow | undefined {
    const written = this.#current.get(id);
    return written && rowOf(written);
  }

  setCurrent(id: string, operation: EngineOperation): void {
    this.#current.set(id, operation);
    this.#walked.current.add(operation);
  }

  addHistory(operation: EngineOperation): void {
    this.#walked.history.add(operation);
  }

  addLeased(operation: EngineOperation): void {
    this.#walked.leased.add(operation);
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
    const { current, history, leased } = this.#walked;
    const deleted = this.#deleted;
    if (table === Table.current) return this.#merged(range, { overlay: current, hidden: this.#hidden });
    if (table === Table.history) {
      if (deleted === undefined) return this.#merged(range, { overlay: history });
      return new LateCursor(() => this.#historyCursor(range, deleted));
    }
    assert(table === Table.leased, `a command walks table ${table}`);
    // A revocation is the last command of a batch that deletes versions without rows.
    assert(deleted === undefined, 'a command walks leased keys behind a large one');
    return this.#merged(range, { overlay: leased });
  }

  /** All rows. @param onSlice called after each few thousand of them */
  operations(onSlice: (() => void) | undefined): Iterable<EngineOperation> {
    const { history, leased } = this.#walked;
    // Deleted versions come before all others: such a deletion is the first write of its key.
    const deleted = this.#deleted?.tables() ?? [];
    return new Chained([...deleted, this.#current.values(), history.written, leased.written, this.#others], onSlice);
  }

  refresh(hotRows: HotRows): void {
    for (const [id, operation] of this.#current) hotRows.set(id, rowOf(operation));
  }

  /** The rows of deleted versions are made when a walk needs them, in slices: hardly any does. */
  async #historyCursor(range: EngineRange, deleted: DeletedVersions): Promise<EngineCursor> {
    const { history } = this.#walked;
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

function rowOf(operation: EngineOperation): HotRow {
  return operation.type === 'put' ? operation.value : null;
}
