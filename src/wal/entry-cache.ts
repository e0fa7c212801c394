import type { Entry } from '../raft/types.js';
import { recordOf } from '../record/entry-record.js';
import { AssertionError, defined } from '../util/assert.js';
import { OlderEntries, readRecords } from './older-entries.js';
import { Stretch, STRETCH_OVERHEAD_BYTES } from './stretch.js';
import { Stretches } from './stretches.js';

/** Newest entries that are kept as objects: the applier, and followers that keep up, read these. */
const OBJECTS = 1024;
/** They take at most this part of the bound. */
const OBJECTS_PART = 8;

/**
 * Caches the newest entries, up to a bound in bytes, so that followers that keep up and the applier need no disk reads.
 *
 * Only the newest are kept as objects, with the buffers in which they arrived. Tens of thousands of objects that live for
 * a second would be copied by the garbage collector twice, and would then fill the old generation; and their buffers
 * would be freed by a collection of the whole heap only. So the records of the others are copied into memory of the
 * cache's own, and an object is made for each read.
 */
export class EntryCache {
  readonly #recentMaxBytes: number;
  /** Entries that have an object. The stretch of the oldest may begin before it. */
  readonly #recent = new Stretches();
  #recentBytes = 0;
  readonly #older: OlderEntries;
  /** The slot of an entry is the rest of its index. */
  readonly #objects = Array<Entry | undefined>(OBJECTS).fill(undefined);

  constructor(maxBytes: number) {
    this.#recentMaxBytes = Math.floor(maxBytes / OBJECTS_PART);
    this.#older = new OlderEntries(maxBytes - this.#recentMaxBytes);
  }

  /** The oldest cached index; Infinity if the cache is empty. */
  get first(): number {
    return this.#older.first ?? this.#recent.first?.first ?? Infinity;
  }

  /** Estimated memory, in bytes. Buffers that are shared with others count only as far as they hold cached records. */
  get bytes(): number {
    return this.#older.bytes + this.#recentBytes;
  }

  /** The entries in [low, high), all of which must be cached. */
  range(low: number, high: number): Entry[] {
    const entries: Entry[] = [];
    const recent = this.#recent.first?.first ?? Infinity;
    if (low < recent) this.#older.read(low, Math.min(high, recent), entries);
    let index = low + entries.length;
    if (index >= high) return entries;
    // Objects are missing only at the start of the oldest stretch.
    for (const stretch of this.#recent.from(index)) {
      if (this.#objects[index % OBJECTS]?.index === index) break;
      const end = Math.min(high, stretch.next);
      const start = stretch.offsetOf(index);
      readRecords(stretch.source, start, stretch.offsetFrom(index, start, end), entries);
      index = end;
      if (index === high) break;
    }
    for (; index < high; index++) entries.push(this.#object(index));
    return entries;
  }

  /** Adds the next entry, and drops the oldest ones if the bound is exceeded. */
  append(entry: Entry): void {
    const next = this.#recent.last?.next ?? this.#older.next ?? entry.index;
    if (next !== entry.index) throw new AssertionError(`entry ${entry.index} after ${next - 1} in the cache`);
    const record = recordOf(entry);
    if (this.#recent.last?.add(record) !== true) {
      this.#recent.push(new Stretch(record));
      this.#recentBytes += STRETCH_OVERHEAD_BYTES;
    }
    this.#recentBytes += record.end - record.offset;
    this.#objects[entry.index % OBJECTS] = entry;
    this.#age(entry.index + 1);
  }

  truncate(index: number): void {
    let last = this.#recent.last;
    while (last !== undefined && last.next > index) {
      this.#forgetObjects(Math.max(index, last.first), last.next);
      this.#recentBytes -= last.end - last.start;
      last.truncate(index);
      this.#recentBytes += last.end - last.start;
      if (!last.isEmpty) break;
      this.#recent.pop();
      this.#recentBytes -= STRETCH_OVERHEAD_BYTES;
      last = this.#recent.last;
    }
    this.#older.truncate(index);
  }

  dropBefore(index: number): void {
    this.#older.dropBefore(index);
    let first = this.#recent.first;
    while (first !== undefined && first.first < index) {
      this.#forgetObjects(first.first, Math.min(index, first.next));
      this.#recentBytes -= first.end - first.start;
      first.dropBefore(index);
      this.#recentBytes += first.end - first.start;
      if (!first.isEmpty) break;
      this.#recent.shift();
      this.#recentBytes -= STRETCH_OVERHEAD_BYTES;
      first = this.#recent.first;
    }
  }

  clear(): void {
    this.#older.clear();
    this.#recent.clear();
    this.#recentBytes = 0;
    this.#objects.fill(undefined);
  }

  /** Moves stretches without objects to the older entries, and the oldest ones while the recent ones take too much. */
  #age(next: number): void {
    let first = this.#recent.first;
    while (first !== undefined && (first.next <= next - OBJECTS || this.#recentBytes > this.#recentMaxBytes)) {
      this.#recent.shift();
      this.#recentBytes -= STRETCH_OVERHEAD_BYTES + first.end - first.start;
      this.#forgetObjects(first.first, first.next);
      this.#older.add(first);
      first = this.#recent.first;
    }
  }

  /** Objects of entries that are not recent would keep their buffers in memory. */
  #forgetObjects(from: number, to: number): void {
    for (let index = Math.max(from, to - OBJECTS); index < to; index++) {
      if (this.#objects[index % OBJECTS]?.index === index) this.#objects[index % OBJECTS] = undefined;
    }
  }

  #object(index: number): Entry {
    return defined(this.#objects[index % OBJECTS], 'the object of a recent entry');
  }
}
