import { assert, defined } from '../../util/assert.js';

const FIRST_ROOM = 16;

/** Strings and numbers that are longer are recorded, in bytes. */
export const LONG_BYTES = 1024;

/**
 * Extents of the objects, arrays and long values of a JSON text. The scanner records them, so that passing over such a
 * value costs a lookup, not another walk through it.
 */
export class Extents {
  /** In the order of the text. */
  #starts = new Uint32Array(FIRST_ROOM);
  #ends = new Uint32Array(FIRST_ROOM);
  #count = 0;
  /** Indexes of the containers that are open, from the outside in. */
  readonly #open: number[] = [];

  /** An object or array begins. */
  begin(at: number): void {
    this.#open.push(this.#add(at, 0));
  }

  /** @param end the offset behind the innermost open container */
  close(end: number): void {
    this.#ends[defined(this.#open.pop(), 'an open container')] = end;
  }

  /** Records a string or number, if it is long. @param end the offset behind it */
  value(start: number, end: number): void {
    if (end - start > LONG_BYTES) this.#add(start, end);
  }

  /** The offset behind the container or long value that begins at `start`. */
  of(start: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    assert(low < this.#count && this.#starts[low] === start, 'a recorded value begins here');
    return defined(this.#ends[low], 'the end of a value');
  }

  #add(start: number, end: number): number {
    if (this.#count === this.#starts.length) {
      this.#starts = twiceAsLong(this.#starts);
      this.#ends = twiceAsLong(this.#ends);
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    return this.#count++;
  }
}

function twiceAsLong(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * array.length);
  longer.set(array);
  return longer;
}
