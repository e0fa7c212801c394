import { Pacer } from '../../util/pacer.js';
import { ReadTurns } from './read-turns.js';

/** Cost of the items of a list in one turn of the event loop, in microseconds. */
const SLICE_UNITS = 2_000;
/** The same of items that are encoded at once. */
const PIECE_UNITS = 500;

export interface ListOptions<T> {
  readonly items: Iterable<T>;
  /** About the time to encode an item, in microseconds. */
  readonly unitsOf: (item: T) => number;
  /** Encodes a message with some of the items, in their order. */
  readonly encode: (items: readonly T[]) => Uint8Array;
}

/** Makes long lists, one at a time, in slices that yield to the event loop: many callers may ask for them at once. */
export class ListTurns {
  readonly #turns = new ReadTurns(1);
  readonly #pause: () => Promise<void>;

  /** @param pause resolves in a later turn of the event loop */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /** @param begin called once it is the list's turn; its items are of one state */
  run<T>(begin: () => Promise<T>): Promise<T> {
    return this.#turns.run(begin);
  }

  /** The pieces of the message with all items. */
  async encode<T>({ items, unitsOf, encode }: ListOptions<T>): Promise<Uint8Array[]> {
    const pacer = new Pacer({ pause: this.#pause, sliceUnits: SLICE_UNITS });
    const pieces: Uint8Array[] = [];
    let some: T[] = [];
    let units = 0;
    const finish = (): Promise<void> | undefined => {
      if (some.length > 0) pieces.push(encode(some));
      const rest = pacer.spend(units);
      some = [];
      units = 0;
      return rest;
    };
    for (const item of items) {
      some.push(item);
      units += unitsOf(item);
      const rest = units < PIECE_UNITS ? undefined : finish();
      if (rest !== undefined) await rest;
    }
    // The next list begins in a later turn, if this one took its time.
    await finish();
    return pieces;
  }
}
