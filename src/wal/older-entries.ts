import type { Entry } from '../raft/types.js';
import { knownEntry } from '../record/entry-record.js';
import { ownCopy } from '../util/bytes.js';
import { SlabPool, type Slab } from './slab-pool.js';
import { Stretch, STRETCH_OVERHEAD_BYTES } from './stretch.js';
import { Stretches } from './stretches.js';

/** Size of a slab, in bytes, and the smallest part of the bound that it is. */
const SLAB_BYTES_MAX = 256 * 1024;
const SLAB_PART = 16;
/** A record larger than this part of a slab has a buffer of its own if it does not fit in the current slab. */
const LARGE_PART = 4;
/** It keeps the one in which it arrived if no more than this part of its length is left over. */
const LEFT_OVER_PART = 8;
/**
 * Memory is freed if it was not needed while so many times the bound of entries was added: a loaded member cuts its log
 * and fills the cache again and again.
 */
const PERIOD_BOUNDS = 2;

/**
 * The records of entries, copied into slabs that are used again once their entries are dropped. Entries that were read
 * outlive that, so their records are copied out.
 */
export class OlderEntries {
  readonly #maxBytes: number;
  readonly #pool: SlabPool;
  readonly #stretches = new Stretches();
  /** The slab that is being filled. */
  #current: Slab | undefined;
  /** Buffers that hold one record each, in bytes. */
  #ownBytes = 0;

  /** @param maxBytes bound on the memory */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    const slabBytes = Math.min(SLAB_BYTES_MAX, Math.ceil(maxBytes / SLAB_PART));
    this.#pool = new SlabPool({ slabBytes, periodSlabs: PERIOD_BOUNDS * Math.ceil(maxBytes / slabBytes) });
  }

  /** The oldest index; undefined if there is no entry. */
  get first(): number | undefined {
    return this.#stretches.first?.first;
  }

  /** The newest index, plus one; undefined if there is no entry. */
  get next(): number | undefined {
    return this.#stretches.last?.next;
  }

  /** Estimated memory, in bytes. */
  get bytes(): number {
    return this.#pool.bytes + this.#ownBytes + this.#stretches.length * STRETCH_OVERHEAD_BYTES;
  }

  /** Adds the next entries, which are removed from `source`, and drops the oldest ones if the bound is exceeded. */
  add(source: Stretch): void {
    while (!source.isEmpty) {
      const { slabBytes } = this.#pool;
      const slab = this.#current;
      const fitting = source.headWithin(slab === undefined ? 0 : slabBytes - slab.end);
      if (slab !== undefined && fitting.entries > 0) {
        source.source.copy(slab.buffer, slab.end, source.start, source.start + fitting.bytes);
        this.#append(slab, source.first, fitting);
        source.removeHead(fitting);
        continue;
      }
      const bytes = source.offsetOf(source.first + 1) - source.start;
      if (bytes <= slabBytes / LARGE_PART) this.#current = this.#emptySlab();
      else this.#addLarge(source, bytes);
    }
    while (this.bytes > this.#maxBytes) {
      if (!this.#pool.free()) this.#dropFirst();
    }
  }

  /** Appends the entries in [low, high) to `entries`. */
  read(low: number, high: number, entries: Entry[]): void {
    let run: { readonly slab: Slab; readonly start: number; end: number } | undefined;
    const copyRun = (): void => {
      if (run === undefined) return;
      const copy = Buffer.allocUnsafe(run.end - run.start);
      run.slab.buffer.copy(copy, 0, run.start, run.end);
      readRecords(copy, 0, copy.length, entries);
      run = undefined;
    };
    for (const stretch of this.#stretches.from(low)) {
      if (stretch.first >= high) break;
      const { source, slab } = stretch;
      const first = Math.max(low, stretch.first);
      const start = stretch.offsetOf(first);
      const end = stretch.offsetFrom(first, start, Math.min(high, stretch.next));
      if (run !== undefined && run.slab === slab && run.end === start) {
        run.end = end;
        continue;
      }
      copyRun();
      if (slab === undefined) readRecords(source, start, end, entries);
      else run = { slab, start, end };
    }
    copyRun();
  }

  /** Removes the entries from `index` on. */
  truncate(index: number): void {
    let { last } = this.#stretches;
    while (last !== undefined && last.next > index) {
      const { slab } = last;
      last.truncate(index);
      if (slab !== undefined && slab === this.#current) slab.end = last.end;
      if (!last.isEmpty) return;
      this.#release(this.#stretches.pop());
      ({ last } = this.#stretches);
    }
  }

  /** Removes the entries before `index`. Their memory is kept for later ones. */
  dropBefore(index: number): void {
    let { first } = this.#stretches;
    while (first !== undefined && first.next <= index) {
      this.#dropFirst();
      ({ first } = this.#stretches);
    }
    first?.dropBefore(index);
  }

  /** Removes all entries, and frees their memory. */
  clear(): void {
    while (this.#stretches.length > 0) this.#dropFirst();
    this.#pool.clear();
  }

  #append(slab: Slab, index: number, { entries, bytes }: { readonly entries: number; readonly bytes: number }): void {
    const added = { index, entries, source: slab.buffer, offset: slab.end, end: slab.end + bytes, slab };
    slab.end += bytes;
    if (this.#stretches.last?.add(added) === true) return;
    this.#stretches.push(new Stretch(added));
    slab.stretches += 1;
  }

  #addLarge(source: Stretch, bytes: number): void {
    const { first: index, start, source: buffer } = source;
    const keeps = buffer.buffer.byteLength - bytes <= bytes / LEFT_OVER_PART;
    const own = keeps ? buffer : ownCopy(buffer.subarray(start, start + bytes));
    const offset = keeps ? start : 0;
    this.#stretches.push(new Stretch({ index, source: own, offset, end: offset + bytes }));
    this.#ownBytes += own.buffer.byteLength;
    source.removeHead({ entries: 1, bytes });
  }

  /** Drops the oldest entries rather than allocate a slab beyond the bound. */
  #emptySlab(): Slab {
    while (!this.#pool.hasSpare && this.#stretches.length > 0 && this.bytes + this.#pool.slabBytes > this.#maxBytes)
      this.#dropFirst();
    return this.#pool.take();
  }

  #dropFirst(): void {
    this.#release(this.#stretches.shift());
  }

  #release({ slab, source }: Stretch): void {
    if (slab === undefined) {
      this.#ownBytes -= source.buffer.byteLength;
      return;
    }
    slab.stretches -= 1;
    if (slab.stretches > 0) return;
    if (slab === this.#current) this.#current = undefined;
    this.#pool.give(slab);
  }
}

/** Reads the entries whose records fill [start, end) of `source`, as views of it. */
export function readRecords(source: Buffer, start: number, end: number, entries: Entry[]): void {
  for (let at = start; at < end;) {
    const entry = knownEntry(source, at);
    entries.push(entry);
    at = entry.end;
  }
}
