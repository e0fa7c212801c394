import { assert, defined } from '../../util/assert.js';
import { stringEnd } from './string-end.js';

const FIRST_ROOM = 256;

/**
 * Where the objects and arrays of a JSON text end, found in one walk: what is within others is passed by once for each
 * of them, and a walk each time took seconds for two megabytes.
 */
export class ContainerEnds {
  /** In the order of the text. */
  #starts = new Uint32Array(FIRST_ROOM);
  #ends = new Uint32Array(FIRST_ROOM);
  #count = 0;

  /** @param bytes a JSON text that a scanner has found to be one */
  constructor(bytes: Buffer) {
    const open: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const code = bytes[at];
      if (code === 0x22) at = stringEnd(bytes, at) - 1;
      else if (code === 0x7b || code === 0x5b) open.push(this.#begin(at));
      else if (code === 0x7d || code === 0x5d) this.#ends[defined(open.pop(), 'an open object or array')] = at + 1;
    }
    assert(open.length === 0, 'a JSON text that ends early');
  }

  /** The offset behind the object or array that begins there. */
  of(start: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    assert(low < this.#count && this.#starts[low] === start, 'the beginning of an object or array');
    return defined(this.#ends[low], 'its end');
  }

  #begin(at: number): number {
    if (this.#count === this.#starts.length) {
      this.#starts = twiceAsLong(this.#starts);
      this.#ends = twiceAsLong(this.#ends);
    }
    this.#starts[this.#count] = at;
    return this.#count++;
  }
}

function twiceAsLong(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * array.length);
  longer.set(array);
  return longer;
}
