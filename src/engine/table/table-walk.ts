import { assert } from '../../util/assert.js';
import type { Bounds } from '../bounds.js';
import type { Generation } from './generation.js';
import type { Block } from './sorted-blocks.js';

/** Rows of a generation that a reader sees: the first `limit` ones, which must be sorted. */
export interface VisibleRows {
  readonly generation: Generation;
  readonly limit: number;
}

/** A row of a generation. */
export interface TableRow {
  readonly generation: Generation;
  readonly number: number;
}

/** The rows of one block within the bounds of a walk, and where the walk is among them. */
interface Source extends VisibleRows {
  readonly block: Block;
  /** The places from `from` on, below `to`, are within the bounds. */
  readonly from: number;
  readonly to: number;
  at: number;
}

/**
 * A walk over the newest visible version of each key in some generations, in the order of keys, deletions included. The
 * blocks are merged by a heap, so that a step costs a few comparisons.
 */
export class TableWalk {
  readonly #reverse: boolean;
  readonly #sources: readonly Source[];
  /** The sources that have rows left; the one with the next key first. */
  #heap: Source[] = [];
  #current: TableRow | undefined;

  constructor(rows: readonly VisibleRows[], { lower, upper }: Bounds, reverse: boolean) {
    this.#reverse = reverse;
    const sources: Source[] = [];
    for (const { generation, limit } of rows) {
      for (const block of generation.sorted.blocks) {
        const from = lower === undefined ? 0 : placeOf(generation, block, { key: lower, after: false });
        const to =
          upper === undefined ? block.length : placeOf(generation, block, { key: upper.key, after: upper.inclusive });
        if (from < to) sources.push({ generation, limit, block, from, to, at: reverse ? to - 1 : from });
      }
    }
    this.#sources = sources;
    this.#restart();
  }

  /** The newest version of the next key; undefined at the end. */
  get current(): TableRow | undefined {
    return this.#current;
  }

  /** Moves to the first key at or after a key (at or before, in reverse). */
  seek(key: Uint8Array): void {
    for (const source of this.#sources) {
      const { generation, block, from, to } = source;
      const place = placeOf(generation, block, { key, after: this.#reverse });
      source.at = this.#reverse ? Math.min(place, to) - 1 : Math.max(place, from);
    }
    this.#restart();
  }

  /** Moves behind the current key. */
  advance(): void {
    this.#current = undefined;
    let newest: TableRow | undefined;
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      const number = top.block[top.at] ?? 0;
      if (newest !== undefined && top.generation.compare(number, newest.generation, newest.number) !== 0) break;
      const visible = this.#passKey(top, number);
      // Later generations hold newer rows, as do greater numbers in one.
      if (visible >= 0 && (newest === undefined || isNewer(top.generation, visible, newest))) {
        newest = { generation: top.generation, number: visible };
      }
      if (top.at >= top.from && top.at < top.to) this.#sink(0);
      else this.#removeTop();
    }
    this.#current = newest;
  }

  #restart(): void {
    this.#heap = this.#sources.filter(({ at, from, to }) => at >= from && at < to);
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
    this.advance();
  }

  /** Moves a source behind a key. @returns its newest visible version of the key; −1 if there is none */
  #passKey(source: Source, number: number): number {
    const { generation, block, limit, from, to } = source;
    const same = (at: number): boolean => {
      const other = block[at];
      return other !== undefined && at >= from && at < to && generation.compare(other, generation, number) === 0;
    };
    const start = this.#reverse ? edge(source.at, -1, same) : source.at;
    const end = this.#reverse ? source.at : edge(source.at, 1, same);
    source.at = this.#reverse ? start - 1 : end + 1;
    // Versions of a key are ordered newest first.
    let low = start;
    let high = end + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((block[middle] ?? 0) >= limit) low = middle + 1;
      else high = middle;
    }
    return low <= end ? (block[low] ?? 0) : -1;
  }

  #precedes(left: Source, right: Source): boolean {
    const order = left.generation.compare(left.block[left.at] ?? 0, right.generation, right.block[right.at] ?? 0);
    return this.#reverse ? order > 0 : order < 0;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const moved = heap[start];
    assert(moved !== undefined, 'the heap is empty');
    let at = start;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const takeRight = left !== undefined && right !== undefined && this.#precedes(right, left);
      const next = takeRight ? right : left;
      if (next === undefined || !this.#precedes(next, moved)) break;
      heap[at] = next;
      at = 2 * at + (takeRight ? 2 : 1);
    }
    heap[at] = moved;
  }
}

function isNewer(generation: Generation, number: number, than: TableRow): boolean {
  return generation === than.generation ? number > than.number : generation.first > than.generation.first;
}

/** The place of the first row of a block with a key at or after another (after it, if `after`). */
function placeOf(
  generation: Generation,
  block: Block,
  { key, after }: { readonly key: Uint8Array; readonly after: boolean },
): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = generation.compareKey(block[middle] ?? 0, key);
    if (order < 0 || (after && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last place in a direction up to which all are the same as the first: by growing steps, as there may be many. */
function edge(first: number, direction: 1 | -1, same: (at: number) => boolean): number {
  if (!same(first + direction)) return first;
  let step = 1;
  while (same(first + direction * 2 * step)) step *= 2;
  let inside = step;
  let outside = 2 * step;
  while (outside - inside > 1) {
    const middle = (inside + outside) >>> 1;
    if (same(first + direction * middle)) inside = middle;
    else outside = middle;
  }
  return first + direction * inside;
}
