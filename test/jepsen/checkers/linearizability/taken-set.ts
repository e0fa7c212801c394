import { seededRandom } from '../../../../src/util/random.js';

const FULL = 0xffffffff;

/** The calls that are taken, as bits: the answered ones in the order of their starts, then those of unknown outcome. */
export class TakenSet {
  /** The unknown calls begin in a new word. */
  readonly words: Uint32Array;
  readonly answeredWords: number;
  readonly #answered: number;
  /** A random number for each call. The hash of a set is the exclusive or of its numbers (Zobrist, 1970). */
  readonly #numbers: Uint32Array;
  #first = 0;
  #hash = 0;

  constructor(answered: number, unknown: number) {
    this.#answered = answered;
    this.answeredWords = Math.ceil(answered / 32);
    this.words = new Uint32Array(this.answeredWords + Math.ceil(unknown / 32));
    const random = seededRandom(answered + unknown);
    this.#numbers = Uint32Array.from({ length: answered + unknown }, () => random.next() * 2 ** 32);
  }

  get hash(): number {
    return this.#hash;
  }

  has(call: number): boolean {
    return ((this.words[this.wordOf(call)] ?? 0) & this.#bitOf(call)) !== 0;
  }

  /** Adds the call, or removes it. */
  toggle(call: number): void {
    const word = this.wordOf(call);
    this.words[word] = (this.words[word] ?? 0) ^ this.#bitOf(call);
    this.#hash = (this.#hash ^ (this.#numbers[call] ?? 0)) >>> 0;
    if (word < this.#first) this.#first = word;
  }

  wordOf(call: number): number {
    return call < this.#answered ? call >>> 5 : this.answeredWords + ((call - this.#answered) >>> 5);
  }

  /** The first word of answered calls that is not full. */
  firstWord(): number {
    while (this.#first < this.answeredWords && this.words[this.#first] === FULL) this.#first += 1;
    return this.#first;
  }

  #bitOf(call: number): number {
    return 1 << ((call < this.#answered ? call : call - this.#answered) & 31);
  }
}
