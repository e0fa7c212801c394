import type { EngineCursor, EngineRange, EngineRow, EngineSnapshot } from '../../ports/engine.js';
import { EMPTY } from '../../util/bytes.js';
import { boundsOf, isAbove, isBelow } from '../bounds.js';
import type { Bounds } from '../bounds.js';
import { EngineClosedError } from '../errors.js';
import { atOrAfter, atOrBefore, find, first, last } from '../../util/sorted-map.js';
import type { SortedMap } from '../../util/sorted-map.js';

/** The rows of a state. The measure of a row is its size in bytes. */
export type Rows = SortedMap<Uint8Array>;

/** Bytes at which a page ends early, as with LevelDB: the simulator finds code that takes a short page for the end. */
const PAGE_BYTES = 64 * 1024;

/** Throws EngineClosedError once the engine or the snapshot is closed. */
export type AssertOpen = () => void;

export class MemorySnapshot implements EngineSnapshot {
  readonly #map: Rows;
  readonly #assertEngineOpen: AssertOpen;
  #closed = false;

  constructor(map: Rows, assertEngineOpen: AssertOpen) {
    this.#map = map;
    this.#assertEngineOpen = assertEngineOpen;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return find(this.#map, key)?.value;
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    return keys.map((key) => find(this.#map, key)?.value);
  }

  cursor(range: EngineRange): EngineCursor {
    this.#assertOpen();
    return new MemoryCursor(this.#map, range, () => this.#assertOpen());
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #assertOpen(): void {
    this.#assertEngineOpen();
    if (this.#closed) throw new EngineClosedError('the snapshot is closed');
  }
}

/** The position of the next row. */
type Position = { readonly at: 'start' } | { readonly at: 'key' | 'beyond'; readonly key: Uint8Array };

export class MemoryCursor implements EngineCursor {
  readonly #map: Rows;
  readonly #bounds: Bounds;
  readonly #reverse: boolean;
  readonly #keysOnly: boolean;
  readonly #assertOwnerOpen: AssertOpen;
  #position: Position = { at: 'start' };
  #closed = false;

  constructor(map: Rows, range: EngineRange, assertOwnerOpen: AssertOpen) {
    this.#map = map;
    this.#bounds = boundsOf(range);
    this.#reverse = range.reverse ?? false;
    this.#keysOnly = range.keysOnly ?? false;
    this.#assertOwnerOpen = assertOwnerOpen;
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    this.#assertOpen();
    const rows: EngineRow[] = [];
    for (let bytes = 0; bytes <= PAGE_BYTES && rows.length < Math.max(count, 1);) {
      const row = this.#reverse ? this.#before() : this.#after();
      if (row === undefined) break;
      const value = this.#keysOnly ? EMPTY : row.value;
      rows.push({ key: row.key, value });
      bytes += row.key.length + value.length;
      this.#position = { at: 'beyond', key: row.key };
    }
    return rows;
  }

  seek(target: Uint8Array): void {
    this.#assertOpen();
    const { lower, upper } = this.#bounds;
    const outside = this.#reverse ? isAbove(target, upper) : isBelow(target, lower);
    this.#position = outside ? { at: 'start' } : { at: 'key', key: target };
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #after(): Rows {
    const { lower, upper } = this.#bounds;
    const row =
      this.#position.at !== 'start'
        ? atOrAfter(this.#map, this.#position.key, this.#position.at === 'beyond')
        : lower === undefined
          ? first(this.#map)
          : atOrAfter(this.#map, lower);
    return row === undefined || isAbove(row.key, upper) ? undefined : row;
  }

  #before(): Rows {
    const { lower, upper } = this.#bounds;
    const row =
      this.#position.at !== 'start'
        ? atOrBefore(this.#map, this.#position.key, this.#position.at === 'beyond')
        : upper === undefined
          ? last(this.#map)
          : atOrBefore(this.#map, upper.key, !upper.inclusive);
    return row === undefined || isBelow(row.key, lower) ? undefined : row;
  }

  #assertOpen(): void {
    this.#assertOwnerOpen();
    if (this.#closed) throw new EngineClosedError('the cursor is closed');
  }
}
