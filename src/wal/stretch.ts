import type { EntryRecord } from '../record/entry-record.js';
import { recordEnd } from '../record/record.js';

/** Most entries of one stretch: finding one of them reads the heads of those before it. */
const ENTRIES_MAX = 256;
/** Estimated memory beside the records, in bytes: the object and its slot in an array. */
const OVERHEAD_BYTES = 128;

/** Entries that follow one another, and whose records lie side by side in one buffer. */
export class Stretch {
  readonly source: Buffer;
  /** Index of the first entry, and of the one after the last. */
  #first: number;
  #next: number;
  /** Where their records begin and end in `source`. */
  #start: number;
  #end: number;

  constructor({ index, source, offset, end }: EntryRecord) {
    this.source = source;
    this.#first = index;
    this.#next = index + 1;
    this.#start = offset;
    this.#end = end;
  }

  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#next;
  }

  /** Estimated memory, in bytes. 0 if no entry is left. */
  get bytes(): number {
    return this.#first === this.#next ? 0 : OVERHEAD_BYTES + this.#end - this.#start;
  }

  /** @returns false if the next entry needs a stretch of its own */
  add({ source, offset, end }: EntryRecord): boolean {
    if (source !== this.source || offset !== this.#end || this.#next - this.#first === ENTRIES_MAX) return false;
    this.#next++;
    this.#end = end;
    return true;
  }

  /** Where the record of an entry begins. @param index from `first` to `next` */
  offsetOf(index: number): number {
    let at = this.#start;
    for (let before = this.#first; before < index; before++) at = recordEnd(this.source, at);
    return at;
  }

  /** Removes the entries from `index` on. */
  truncate(index: number): void {
    if (index >= this.#next) return;
    const kept = Math.max(index, this.#first);
    this.#end = this.offsetOf(kept);
    this.#next = kept;
  }

  /** Removes the entries before `index`. */
  dropBefore(index: number): void {
    if (index <= this.#first) return;
    const kept = Math.min(index, this.#next);
    this.#start = this.offsetOf(kept);
    this.#first = kept;
  }
}
