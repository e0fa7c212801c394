import { recordEnd } from '../record/record.js';
import type { Slab } from './slab-pool.js';

/** Most entries of one stretch: finding one of them reads the heads of those before it. */
const ENTRIES_MAX = 256;
/** Estimated memory beside the records, in bytes: the object and its slot in an array. */
export const STRETCH_OVERHEAD_BYTES = 128;

/** Part of a stretch, from its first entry on. */
export interface Head {
  readonly entries: number;
  readonly bytes: number;
}

export interface StretchFields {
  /** Index of the first entry. */
  readonly index: number;
  /** Number of entries; 1 by default. */
  readonly entries?: number;
  /** The buffer that holds their records. */
  readonly source: Buffer;
  /** Where the first record begins in `source`. */
  readonly offset: number;
  /** Where the last record ends in `source`. */
  readonly end: number;
  /** The slab whose buffer `source` is; undefined if `source` never changes. */
  readonly slab?: Slab | undefined;
}

/** Entries that follow one another, and whose records lie side by side in one buffer. */
export class Stretch {
  readonly source: Buffer;
  readonly slab: Slab | undefined;
  /** Index of the first entry, and of the one after the last. */
  #first: number;
  #next: number;
  /** Where their records begin and end in `source`. */
  #start: number;
  #end: number;

  constructor({ index, entries = 1, source, offset, end, slab }: StretchFields) {
    this.source = source;
    this.slab = slab;
    this.#first = index;
    this.#next = index + entries;
    this.#start = offset;
    this.#end = end;
  }

  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#next;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get isEmpty(): boolean {
    return this.#first === this.#next;
  }

  /** Appends entries whose records follow in `source`. @returns false if they need a stretch of their own */
  add({ source, offset, end, entries = 1 }: Omit<StretchFields, 'index' | 'slab'>): boolean {
    if (source !== this.source || offset !== this.#end) return false;
    if (this.#next - this.#first + entries > ENTRIES_MAX) return false;
    this.#next += entries;
    this.#end = end;
    return true;
  }

  /** Where the record of an entry begins. @param index from `first` to `next` */
  offsetOf(index: number): number {
    return this.offsetFrom(this.#first, this.#start, index);
  }

  /** The same, if the record of an earlier entry, `known`, begins at `at`. */
  offsetFrom(known: number, at: number, index: number): number {
    if (index === this.#next) return this.#end;
    let offset = at;
    for (let before = known; before < index; before++) offset = recordEnd(this.source, offset);
    return offset;
  }

  /** The first entries whose records take at most so many bytes together. */
  headWithin(bytesMax: number): Head {
    const stop = this.#start + bytesMax;
    if (this.#end <= stop) return { entries: this.#next - this.#first, bytes: this.#end - this.#start };
    let at = this.#start;
    for (let index = this.#first; ; index++) {
      const end = recordEnd(this.source, at);
      if (end > stop) return { entries: index - this.#first, bytes: at - this.#start };
      at = end;
    }
  }

  removeHead({ entries, bytes }: Head): void {
    this.#first += entries;
    this.#start += bytes;
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
