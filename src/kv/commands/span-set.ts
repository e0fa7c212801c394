import { bytesToLatin1 } from '../../util/bytes.js';
import { isEmptyRange, type Span } from '../format/key-range.js';

/** A range of keys as latin1 text, which has the order of the bytes. */
interface TextRange {
  readonly from: string;
  /** Undefined: no upper bound. */
  readonly to: string | undefined;
}

/** The union of spans. A lookup is a binary search: one request may add very many. */
export class SpanSet {
  readonly #keys = new Set<string>();
  /** Disjoint, in ascending order. */
  readonly #ranges: TextRange[] = [];

  add(span: Span): void {
    if (span.kind === 'key') {
      this.#keys.add(bytesToLatin1(span.key));
    } else if (!isEmptyRange(span.range)) {
      const { start, end } = span.range;
      this.#addRange({ from: bytesToLatin1(start), to: end === undefined ? undefined : bytesToLatin1(end) });
    }
  }

  addAll(other: SpanSet): void {
    for (const key of other.#keys) this.#keys.add(key);
    for (const range of other.#ranges) this.#addRange(range);
  }

  /** @param key as latin1 text */
  has(key: string): boolean {
    if (this.#keys.has(key)) return true;
    const range = this.#ranges[this.#firstEndingAfter(key)];
    return range !== undefined && range.from <= key;
  }

  #addRange({ from, to }: TextRange): void {
    const first = this.#firstEndingAfter(from);
    let behind = first;
    let start = from;
    let end = to;
    for (let range = this.#ranges[behind]; range !== undefined; range = this.#ranges[++behind]) {
      if (end !== undefined && range.from > end) break;
      if (range.from < start) start = range.from;
      if (range.to === undefined || (end !== undefined && range.to > end)) end = range.to;
    }
    this.#ranges.splice(first, behind - first, { from: start, to: end });
  }

  #firstEndingAfter(key: string): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const to = this.#ranges[middle]?.to;
      if (to === undefined || to > key) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
