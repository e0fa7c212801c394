import type { Entry } from '../raft/types.js';
import { AssertionError, defined } from '../util/assert.js';

/** Estimated overhead of a cached entry, in bytes: the object and its slot in the array. */
const ENTRY_OVERHEAD_BYTES = 128;

/**
 * Caches the newest entries, up to a bound in bytes, so that followers that keep up and the applier need no disk reads.
 */
export class EntryCache {
  readonly #maxBytes: number;
  /** Entries before `#head` are dropped; the array is compacted occasionally. */
  #entries: (Entry | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The oldest cached index; Infinity if the cache is empty. */
  get first(): number {
    return this.#entries[this.#head]?.index ?? Infinity;
  }

  /** The entries in [low, high), all of which must be cached. */
  range(low: number, high: number): Entry[] {
    const from = this.#head + low - this.first;
    return this.#entries.slice(from, from + high - low).map((entry) => defined(entry, 'a cached entry'));
  }

  /** Adds the next entry, and drops the oldest ones if the bound is exceeded. */
  append(entry: Entry): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && last.index + 1 !== entry.index)
      throw new AssertionError(`entry ${entry.index} after ${last.index} in the cache`);
    this.#entries.push(entry);
    this.#bytes += costBytes(entry);
    while (this.#bytes > this.#maxBytes) this.#dropFirst();
    this.#shrink();
  }

  truncate(index: number): void {
    while ((this.#entries.at(-1)?.index ?? -1) >= index)
      this.#bytes -= costBytes(defined(this.#entries.pop(), 'entry'));
    if (this.#head >= this.#entries.length) this.clear();
  }

  dropBefore(index: number): void {
    while (this.first < index) this.#dropFirst();
    this.#shrink();
  }

  clear(): void {
    this.#entries = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #dropFirst(): void {
    this.#bytes -= costBytes(defined(this.#entries[this.#head], 'entry'));
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#entries.length) this.clear();
  }

  #shrink(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}

function costBytes(entry: Entry): number {
  return entry.data.length + ENTRY_OVERHEAD_BYTES;
}
