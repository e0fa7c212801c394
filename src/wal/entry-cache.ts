import type { Entry } from '../raft/types.js';
import { knownEntry, recordOf } from '../record/entry-record.js';
import { AssertionError, defined } from '../util/assert.js';
import { Stretch } from './stretch.js';

/** Newest entries that are kept as objects: the applier, and followers that keep up, read these. */
const OBJECTS = 1024;

/**
 * Caches the newest entries, up to a bound in bytes, so that followers that keep up and the applier need no disk reads.
 *
 * Only the newest are kept as objects. Of the others the cache holds the buffers of their records, and makes an object
 * for each read: tens of thousands of objects that live for a second would be copied by the garbage collector twice, and
 * would then fill the old generation.
 */
export class EntryCache {
  readonly #maxBytes: number;
  /** In order, without gaps. Those before `#head` are dropped; the array is compacted occasionally. */
  #stretches: (Stretch | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  /** The slot of an entry is the rest of its index. */
  readonly #objects = Array<Entry | undefined>(OBJECTS).fill(undefined);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The oldest cached index; Infinity if the cache is empty. */
  get first(): number {
    return this.#stretches[this.#head]?.first ?? Infinity;
  }

  /** The entries in [low, high), all of which must be cached. */
  range(low: number, high: number): Entry[] {
    const entries: Entry[] = [];
    let index = low;
    while (index < high) {
      const object = this.#objects[index % OBJECTS];
      if (object?.index !== index) break;
      entries.push(object);
      index++;
    }
    for (let position = this.#positionOf(index); index < high; position++) {
      const stretch = this.#stretchAt(position);
      const end = Math.min(high, stretch.next);
      for (let at = stretch.offsetOf(index); index < end; index++) {
        const entry = knownEntry(stretch.source, at);
        entries.push(entry);
        at = entry.end;
      }
    }
    return entries;
  }

  /** Adds the next entry, and drops the oldest ones if the bound is exceeded. */
  append(entry: Entry): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && last.next !== entry.index)
      throw new AssertionError(`entry ${entry.index} after ${last.next - 1} in the cache`);
    const record = recordOf(entry);
    if (last?.add(record) === true) this.#bytes += record.end - record.offset;
    else this.#begin(new Stretch(record));
    this.#objects[entry.index % OBJECTS] = entry;
    while (this.#bytes > this.#maxBytes) this.#dropFirst();
    this.#shrink();
  }

  truncate(index: number): void {
    let last = this.#stretches.at(-1);
    while (last !== undefined && last.next > index) {
      this.#forgetObjects(Math.max(index, last.first), last.next);
      this.#bytes -= last.bytes;
      last.truncate(index);
      this.#bytes += last.bytes;
      if (last.bytes > 0) break;
      this.#stretches.pop();
      last = this.#stretches.at(-1);
    }
    if (this.#head >= this.#stretches.length) this.clear();
  }

  dropBefore(index: number): void {
    for (let first = this.#stretches[this.#head]; first !== undefined; first = this.#stretches[this.#head]) {
      if (first.next > index) {
        this.#forgetObjects(first.first, index);
        this.#bytes -= first.bytes;
        first.dropBefore(index);
        this.#bytes += first.bytes;
        break;
      }
      this.#dropFirst();
    }
    this.#shrink();
  }

  clear(): void {
    this.#stretches = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#objects.fill(undefined);
  }

  #begin(stretch: Stretch): void {
    this.#stretches.push(stretch);
    this.#bytes += stretch.bytes;
  }

  #dropFirst(): void {
    const { first, next, bytes } = this.#stretchAt(this.#head);
    this.#forgetObjects(first, next);
    this.#bytes -= bytes;
    this.#stretches[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#stretches.length) this.clear();
  }

  /** Objects of entries that are not cached would keep their buffers in memory. */
  #forgetObjects(from: number, to: number): void {
    for (let index = Math.max(from, to - OBJECTS); index < to; index++) {
      if (this.#objects[index % OBJECTS]?.index === index) this.#objects[index % OBJECTS] = undefined;
    }
  }

  #shrink(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#stretches.length) return;
    this.#stretches = this.#stretches.slice(this.#head);
    this.#head = 0;
  }

  /** The stretch that holds an entry. */
  #positionOf(index: number): number {
    let low = this.#head;
    let high = this.#stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#stretchAt(middle).next <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #stretchAt(position: number): Stretch {
    return defined(this.#stretches[position], 'the stretch of a cached entry');
  }
}
