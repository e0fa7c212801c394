import type { EngineCursor, EngineRange, EngineRow } from '../../ports/engine.js';
import { EMPTY, equalBytes } from '../../util/bytes.js';
import { boundsOf, isAbove, isBelow } from '../bounds.js';
import type { Bounds } from '../bounds.js';
import { EngineClosedError } from '../errors.js';
import { unseal } from '../checksum.js';
import { asCorruption, BYTES } from './native.js';
import type { NativeIterator, NativeLevel, NativeSnapshot } from './native.js';

/**
 * Bytes at which a page ends early, which bounds memory with large rows. Measured fastest for rows of 256 bytes too.
 */
const PAGE_BYTES = 64 * 1024;

export interface LevelCursorOptions {
  readonly level: NativeLevel;
  readonly snapshot: NativeSnapshot | undefined;
  readonly range: EngineRange;
  /** Whether blocks that are read enter the cache. */
  readonly fillCache: boolean;
  readonly onClose: (cursor: LevelCursor) => void;
}

export class LevelCursor implements EngineCursor {
  readonly #iterator: NativeIterator;
  readonly #bounds: Bounds;
  readonly #reverse: boolean;
  readonly #keysOnly: boolean;
  readonly #onClose: (cursor: LevelCursor) => void;
  /** A seek went past the range. */
  #ended = false;
  #closing: Promise<void> | undefined;

  constructor({ level, snapshot, range, fillCache, onClose }: LevelCursorOptions) {
    this.#bounds = boundsOf(range);
    this.#reverse = range.reverse ?? false;
    this.#keysOnly = range.keysOnly ?? false;
    this.#onClose = onClose;
    const { lower, upper } = this.#bounds;
    this.#iterator = level.iterator<Uint8Array, Uint8Array>({
      ...BYTES,
      reverse: this.#reverse,
      values: !this.#keysOnly,
      fillCache,
      highWaterMarkBytes: PAGE_BYTES,
      ...(snapshot && { snapshot }),
      ...(lower && { gte: lower }),
      ...(upper && (this.#dropsUpper() ? { lte: upper.key } : { [upper.inclusive ? 'lte' : 'lt']: upper.key })),
    });
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    for (;;) {
      const page = await this.#page(count);
      if (page.length === 0) return [];
      const rows = this.#toRows(page);
      if (rows.length > 0) return rows;
    }
  }

  /**
   * Never makes the binding seek outside the range. The binding would end the walk, where the port goes to the first
   * row of the range; and it steps over the last row to get to the end, which aborts the process if there is none.
   */
  seek(target: Uint8Array): void {
    this.#assertOpen();
    const { lower, upper } = this.#bounds;
    let goal = target;
    if (this.#reverse && upper !== undefined && isAbove(target, upper)) goal = upper.key;
    if (!this.#reverse && lower !== undefined && isBelow(target, lower)) goal = lower;
    this.#ended = this.#reverse ? isBelow(goal, lower) : isAbove(goal, upper);
    if (!this.#ended) this.#iterator.seek(goal);
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#iterator.close();
      this.#onClose(this);
    }
    return this.#closing;
  }

  async #page(count: number): Promise<readonly (readonly [Uint8Array, Uint8Array])[]> {
    this.#assertOpen();
    if (this.#ended) return [];
    try {
      return await this.#iterator.nextv(count);
    } catch (error) {
      throw asCorruption(error);
    }
  }

  #toRows(page: readonly (readonly [Uint8Array, Uint8Array])[]): EngineRow[] {
    const rows: EngineRow[] = [];
    const excluded = this.#dropsUpper() ? this.#bounds.upper?.key : undefined;
    for (const [key, sealed] of page) {
      if (excluded !== undefined && equalBytes(key, excluded)) continue;
      rows.push({ key, value: this.#keysOnly ? EMPTY : unseal(key, sealed) });
    }
    return rows;
  }

  /** Whether a reverse walk starts at an excluded upper bound. The bound is then included and dropped from the rows. */
  #dropsUpper(): boolean {
    return this.#reverse && this.#bounds.upper?.inclusive === false;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new EngineClosedError('the cursor is closed');
  }
}
