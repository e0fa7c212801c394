import { defined } from '../../util/assert.js';

/** Rows larger than this part of a slab have a slab of their own, so that little of a shared one is wasted. */
const OWN_SLAB_PART = 4;

/** A place in the slabs, as one 32-bit integer: slab number × slab size + offset. */
export type Address = number;

/**
 * Memory for rows in pieces of one size, outside of the heap that the garbage collector scans. Only appended to; the
 * pieces are kept for reuse when the slabs are cleared.
 */
export class RowSlabs {
  readonly #slabBytes: number;
  readonly #shift: number;
  readonly #mask: number;
  #slabs: Buffer[] = [];
  /** Shared slabs that are not in use. */
  readonly #spare: Buffer[] = [];
  /** The slab that is being filled, and how far. */
  #current = -1;
  #end = 0;
  #bytes = 0;

  /** @param slabBytes a power of two */
  constructor(slabBytes: number) {
    this.#slabBytes = slabBytes;
    this.#shift = Math.log2(slabBytes);
    this.#mask = slabBytes - 1;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes room for a row. */
  reserve(length: number): Address {
    if (length > this.#slabBytes / OWN_SLAB_PART) return this.#add(Buffer.allocUnsafeSlow(length)) << this.#shift;
    if (this.#current < 0 || this.#end + length > this.#slabBytes) {
      this.#current = this.#add(this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#slabBytes));
      this.#end = 0;
    }
    const address = (this.#current << this.#shift) | this.#end;
    this.#end += length;
    return address;
  }

  slabOf(address: Address): Buffer {
    return defined(this.#slabs[address >>> this.#shift], 'the slab of a row');
  }

  offsetOf(address: Address): number {
    return address & this.#mask;
  }

  /** Forgets all rows. */
  clear(): void {
    for (const slab of this.#slabs) if (slab.length === this.#slabBytes) this.#spare.push(slab);
    this.#slabs = [];
    this.#current = -1;
    this.#end = 0;
    this.#bytes = 0;
  }

  #add(slab: Buffer): number {
    this.#bytes += slab.length;
    return this.#slabs.push(slab) - 1;
  }
}
