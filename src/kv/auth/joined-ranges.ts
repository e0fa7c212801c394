import { compareBytes } from '../../util/bytes.js';
import { isOpenEnd, type KeyRanges, type PermittedKeys, type PermittedRange } from './key-ranges.js';

/**
 * The union of several unions, which stay as they are: those of a role are shared by all users who have it. A lookup is a search in
 * each of them. A range that leads from one into another takes further searches.
 */
export class JoinedRanges implements PermittedKeys {
  readonly #parts: readonly KeyRanges[];

  constructor(parts: readonly KeyRanges[]) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  holding(key: Uint8Array): PermittedRange | undefined {
    const first = this.#farthest(key);
    let last = first;
    while (last?.end !== undefined) {
      const next = this.#farthest(last.end);
      if (next === undefined) break;
      last = next;
    }
    return first === undefined || last === first ? first : { start: first.start, end: last?.end };
  }

  contain(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    let range = this.#farthest(key);
    if (rangeEnd.length === 0) return range !== undefined;
    const isOpen = isOpenEnd(rangeEnd);
    while (range?.end !== undefined) {
      if (!isOpen && compareBytes(rangeEnd, range.end) <= 0) return true;
      range = this.#farthest(range.end);
    }
    return range !== undefined;
  }

  /** Of the ranges that hold a key, the one that ends last. */
  #farthest(key: Uint8Array): PermittedRange | undefined {
    let farthest: PermittedRange | undefined;
    for (const part of this.#parts) {
      const range = part.holding(key);
      if (range === undefined) continue;
      if (range.end === undefined) return range;
      if (farthest?.end === undefined || compareBytes(farthest.end, range.end) < 0) farthest = range;
    }
    return farthest;
  }
}
