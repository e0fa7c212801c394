import { assert, defined } from '../../util/assert.js';

const FIRST_ROOM = 16;

/**
 * Offsets behind the objects and arrays of a JSON text. The scanner records them, so that passing over a nested value
 * costs a lookup, not another walk through it.
 */
export class ContainerEnds {
  /** In the order of the text. */
  #starts = new Uint32Array(FIRST_ROOM);
  #ends = new Uint32Array(FIRST_ROOM);
  #count = 0;
  /** Indexes of the containers that are open, from the outside in. */
  readonly #open: number[] = [];

  begin(at: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = twiceAsLong(this.#starts);
      this.#ends = twiceAsLong(this.#ends);
    }
    this.#starts[this.#count] = at;
    this.#open.push(this.#count++);
  }

  /** @param end the offset behind the innermost open container */
  close(end: number): void {
    this.#ends[defined(this.#open.pop(), 'an open container')] = end;
  }

  /** The offset behind the container that begins at `start`. */
  of(start: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    assert(low < this.#count && this.#starts[low] === start, 'a container begins here');
    return defined(this.#ends[low], 'the end of a container');
  }
}

function twiceAsLong(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * array.length);
  longer.set(array);
  return longer;
}
