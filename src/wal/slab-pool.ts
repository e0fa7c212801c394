import { assert } from '../util/assert.js';

/** A piece of memory that is filled from its start. */
export interface Slab {
  readonly buffer: Buffer;
  /** Where the next record goes. */
  end: number;
  /** Stretches whose records it holds. */
  stretches: number;
}

export interface SlabPoolOptions {
  readonly slabBytes: number;
  /** Spare slabs are freed if none of the last so many slabs needed them. */
  readonly periodSlabs: number;
}

/**
 * Slabs of one size, which are used again: V8 frees buffers that lived for a second only in a collection of the whole
 * heap, and starts one for every 7 MB of them.
 */
export class SlabPool {
  readonly slabBytes: number;
  readonly #periodSlabs: number;
  readonly #spare: Slab[] = [];
  /** Number of slabs that exist, in use or not. */
  #count = 0;
  /** Slabs taken in the current period, and the least number of spare ones since it began. */
  #taken = 0;
  #unneeded = 0;

  constructor({ slabBytes, periodSlabs }: SlabPoolOptions) {
    this.slabBytes = slabBytes;
    this.#periodSlabs = periodSlabs;
  }

  /** Memory of all slabs, in bytes. */
  get bytes(): number {
    return this.#count * this.slabBytes;
  }

  get hasSpare(): boolean {
    return this.#spare.length > 0;
  }

  /** An empty slab. */
  take(): Slab {
    const slab = this.#spare.pop() ?? this.#newSlab();
    this.#unneeded = Math.min(this.#unneeded, this.#spare.length);
    if (++this.#taken >= this.#periodSlabs) {
      for (let excess = this.#unneeded; excess > 0; excess--) this.free();
      this.#unneeded = this.#spare.length;
      this.#taken = 0;
    }
    return slab;
  }

  /** Takes back a slab that no stretch uses. */
  give(slab: Slab): void {
    assert(slab.stretches === 0, 'a slab is used by a stretch');
    slab.end = 0;
    this.#spare.push(slab);
  }

  /** Frees a spare slab. @returns false if there is none */
  free(): boolean {
    if (this.#spare.pop() === undefined) return false;
    this.#count -= 1;
    this.#unneeded = Math.min(this.#unneeded, this.#spare.length);
    return true;
  }

  /** Frees all spare slabs. */
  clear(): void {
    while (this.free());
  }

  #newSlab(): Slab {
    this.#count += 1;
    return { buffer: Buffer.allocUnsafeSlow(this.slabBytes), end: 0, stretches: 0 };
  }
}
