import type { EngineCursor, EngineRange, EngineRow } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import { EMPTY, equalBytes } from '../../util/bytes.js';
import { boundsOf } from '../bounds.js';
import { EngineClosedError } from '../errors.js';
import type { Layers } from './layers.js';
import { TableWalk } from './table-walk.js';
import type { TableView } from './table-view.js';

/** Bytes at which a page ends early. */
const PAGE_BYTES = 64 * 1024;
/** Rows of the table that are passed in one turn of the event loop: deletions make no row of a page. */
const STEPS_PER_TURN = 2048;

/** Where the walk goes on. */
type Place = { readonly at: 'start' } | { readonly at: 'key' | 'beyond'; readonly key: Uint8Array };

/** What a walk has open while the view's layers stay the same. */
interface Opened {
  readonly layers: Layers;
  /** Undefined while the rows of the table are being sorted. */
  sources: Sources | undefined;
}

interface Sources {
  readonly base: EngineCursor;
  /** Undefined if no row of the table is visible. */
  readonly walk: TableWalk | undefined;
  /** A page of the engine below. */
  rows: readonly EngineRow[];
  rowsAt: number;
  baseDone: boolean;
  /** A key that was passed before. */
  passed: Uint8Array | undefined;
}

export interface TableCursorOptions {
  readonly view: TableView;
  readonly range: EngineRange;
  /** Awaited between two slices of work in one turn. */
  readonly pause: () => Promise<void>;
  /** Throws EngineClosedError once the owner is closed. */
  readonly assertOwnerOpen: () => void;
  readonly onClose: (cursor: TableCursor) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * A walk over a view: the rows of the table merged with those of the engine below. When the engine below takes over the
 * state of the view, the walk lets go of the table and goes on there, so that a slow reader keeps no memory of the table.
 */
export class TableCursor implements EngineCursor {
  readonly #options: TableCursorOptions;
  readonly #reverse: boolean;
  #place: Place = { at: 'start' };
  #opened: Opened | undefined;
  #busy = false;
  #closing: Promise<void> | undefined;

  constructor(options: TableCursorOptions) {
    this.#options = options;
    this.#reverse = options.range.reverse ?? false;
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    this.#assertOpen();
    assert(!this.#busy, 'a cursor reads one page at a time');
    this.#busy = true;
    try {
      const sources = await this.#open();
      const rows =
        sources.walk === undefined ? await this.#plainPage(sources, count) : await this.#page(sources, count);
      const last = rows.at(-1);
      if (last !== undefined) this.#place = { at: 'beyond', key: last.key };
      return rows;
    } finally {
      this.#busy = false;
      if (this.#opened !== undefined && (this.#closing !== undefined || this.#isOutdated(this.#opened))) this.#letGo();
    }
  }

  seek(target: Uint8Array): void {
    this.#assertOpen();
    this.#place = { at: 'key', key: target };
    const sources = this.#opened?.sources;
    if (sources !== undefined) this.#move(sources, target);
  }

  /** The view has other layers. */
  moved(): void {
    if (!this.#busy) this.#letGo();
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#opened?.sources?.base.close() ?? Promise.resolve();
      if (!this.#busy) this.#letGo();
      this.#options.onClose(this);
    }
    return this.#closing;
  }

  /** Opens the walk at its place, unless it is open. */
  async #open(): Promise<Sources> {
    this.#opened ??= { layers: this.#options.view.layers.retain(), sources: undefined };
    const opened = this.#opened;
    if (opened.sources !== undefined) return opened.sources;
    const { view, range, pause } = this.#options;
    const { layers } = opened;
    const visible = layers.generations
      .filter(({ value }) => value.first < view.position)
      .map(({ value }) => ({ generation: value, limit: Math.min(value.count, view.position - value.first) }));
    for (const { generation, limit } of visible) {
      while (!generation.sorted.sortSome(limit)) {
        await pause();
        this.#assertOpen();
      }
    }
    const sources: Sources = {
      base: layers.base.value.cursor(range),
      walk: visible.length === 0 ? undefined : new TableWalk(visible, boundsOf(range), this.#reverse),
      rows: [],
      rowsAt: 0,
      baseDone: false,
      passed: undefined,
    };
    opened.sources = sources;
    if (this.#place.at === 'start') return sources;
    const { at, key } = this.#place;
    this.#move(sources, key);
    if (at === 'beyond') this.#pass(sources, key);
    return sources;
  }

  #move(sources: Sources, target: Uint8Array): void {
    sources.base.seek(target);
    sources.walk?.seek(target);
    sources.rows = [];
    sources.rowsAt = 0;
    sources.baseDone = false;
    sources.passed = undefined;
  }

  /** Steps over a key at which the walk is, if it is there. */
  #pass(sources: Sources, key: Uint8Array): void {
    sources.passed = key;
    const { walk } = sources;
    if (walk?.current?.generation.compareKey(walk.current.number, key) === 0) walk.advance();
  }

  async #page(sources: Sources, count: number): Promise<readonly EngineRow[]> {
    const { walk } = sources;
    assert(walk !== undefined, 'a merge without a table');
    const merged: EngineRow[] = [];
    let bytes = 0;
    for (let steps = 1; ; steps++) {
      if (steps % STEPS_PER_TURN === 0) await this.#options.pause();
      while (sources.rowsAt === sources.rows.length && !sources.baseDone) await this.#refill(sources, count);
      this.#assertOpen();
      const row = this.#step(sources, walk);
      if (row === 'end') return merged;
      if (row === 'deleted') continue;
      merged.push(row);
      bytes += row.key.length + row.value.length;
      if (merged.length >= count || bytes > PAGE_BYTES) return merged;
    }
  }

  /** The next row of the table or of the engine below: of the table, where both have the key. */
  #step(sources: Sources, walk: TableWalk): EngineRow | 'deleted' | 'end' {
    const row = sources.rows[sources.rowsAt];
    const own = walk.current;
    if (own === undefined) {
      if (row === undefined) return 'end';
      sources.rowsAt++;
      return row;
    }
    const { generation, number } = own;
    if (row !== undefined) {
      const order = generation.compareKey(number, row.key);
      if (order === 0 || order > 0 !== this.#reverse) sources.rowsAt++;
      if (order !== 0 && order > 0 !== this.#reverse) return row;
    }
    walk.advance();
    if (generation.isDeleted(number)) return 'deleted';
    const value = this.#options.range.keysOnly === true ? EMPTY : generation.valueOf(number);
    return { key: generation.keyOf(number), value };
  }

  /** A page where the engine below holds everything. */
  async #plainPage(sources: Sources, count: number): Promise<readonly EngineRow[]> {
    while (sources.rowsAt === sources.rows.length && !sources.baseDone) await this.#refill(sources, count);
    const { rows, rowsAt } = sources;
    sources.rowsAt = rows.length;
    return rowsAt === 0 ? rows : rows.slice(rowsAt);
  }

  async #refill(sources: Sources, count: number): Promise<void> {
    const rows = await sources.base.next(count);
    sources.rows = rows;
    sources.rowsAt = 0;
    sources.baseDone = rows.length === 0;
    const { passed } = sources;
    sources.passed = undefined;
    if (passed !== undefined && rows[0] !== undefined && equalBytes(rows[0].key, passed)) sources.rowsAt = 1;
  }

  #isOutdated({ layers }: Opened): boolean {
    return layers !== this.#options.view.layers;
  }

  #letGo(): void {
    const opened = this.#opened;
    if (opened === undefined) return;
    this.#opened = undefined;
    opened.sources?.base.close().catch(this.#options.onError);
    opened.layers.release();
  }

  #assertOpen(): void {
    this.#options.assertOwnerOpen();
    if (this.#closing !== undefined) throw new EngineClosedError('the cursor is closed');
  }
}
