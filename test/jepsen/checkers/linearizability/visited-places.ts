import { mix } from './pair-map.js';
import type { TakenSet } from './taken-set.js';

const INITIAL_SLOTS = 1024;
const PAGE_WORDS = 1 << 18;
/** Words of a place before its bits: hash, state, first word and number of words of the answered calls, number of the others. */
const HEADER = 5;
const HASH = 0;
const STATE = 1;
const FIRST = 2;
const ANSWERED = 3;
const OTHERS = 4;

/**
 * The pairs of (calls taken, state) that were visited, in flat memory, found by hash and compared whole. Of the answered calls
 * only the words between the first one that is not full and the last that is not empty are kept: they are few also in a
 * long history, as calls are taken roughly in order.
 */
export class VisitedPlaces {
  readonly #taken: TakenSet;
  readonly #pageWords: number;
  readonly #pages: Uint32Array[] = [];
  #page: Uint32Array;
  #used = 0;
  /** Number of a place + 1; 0 is a free slot. Places are numbered by the words before them, over all pages. */
  #slots = new Uint32Array(INITIAL_SLOTS);
  #count = 0;

  constructor(taken: TakenSet) {
    this.#taken = taken;
    this.#pageWords = Math.max(PAGE_WORDS, HEADER + taken.words.length);
    this.#page = this.#addPage();
  }

  get count(): number {
    return this.#count;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#pages.length * this.#page.byteLength + this.#slots.byteLength;
  }

  /**
   * Adds the set as it is now, with a state.
   * @param lastWord the last word of answered calls that is not empty, or a later one
   * @returns whether it was new
   */
  add(state: number, lastWord: number): boolean {
    if (this.#used + HEADER + this.#taken.words.length > this.#pageWords) {
      this.#page = this.#addPage();
      this.#used = 0;
    }
    const length = this.#write(state, lastWord);
    const mask = this.#slots.length - 1;
    let slot = slotOf(this.#page, this.#used) & mask;
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      if (this.#isSame(place - 1, length)) return false;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = (this.#pages.length - 1) * this.#pageWords + this.#used + 1;
    this.#used += length;
    this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return true;
  }

  /** Writes the place behind all others. @returns its length in words */
  #write(state: number, lastWord: number): number {
    const { words, answeredWords, hash } = this.#taken;
    const page = this.#page;
    const first = this.#taken.firstWord();
    const bits = this.#used + HEADER;
    let at = bits;
    for (let word = first; word <= lastWord; word += 1) page[at++] = words[word] ?? 0;
    while (at > bits && page[at - 1] === 0) at -= 1;
    const answered = at - bits;
    for (let word = answeredWords; word < words.length; word += 1) page[at++] = words[word] ?? 0;
    while (at > bits + answered && page[at - 1] === 0) at -= 1;
    page[this.#used + HASH] = hash;
    page[this.#used + STATE] = state;
    page[this.#used + FIRST] = first;
    page[this.#used + ANSWERED] = answered;
    page[this.#used + OTHERS] = at - bits - answered;
    return at - this.#used;
  }

  /** Whether a place is the one written last: as the lengths are part of both, comparing the words of one is enough. */
  #isSame(place: number, length: number): boolean {
    const other = this.#pageOf(place);
    const start = place % this.#pageWords;
    for (let at = 0; at < length; at += 1) if (other[start + at] !== this.#page[this.#used + at]) return false;
    return true;
  }

  #pageOf(place: number): Uint32Array {
    return this.#pages[Math.floor(place / this.#pageWords)] ?? this.#page;
  }

  #addPage(): Uint32Array {
    const page = new Uint32Array(this.#pageWords);
    this.#pages.push(page);
    return page;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    const mask = this.#slots.length - 1;
    for (const place of old) {
      if (place === 0) continue;
      let slot = slotOf(this.#pageOf(place - 1), (place - 1) % this.#pageWords) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place;
    }
  }
}

function slotOf(page: Uint32Array, start: number): number {
  return mix((page[start + HASH] ?? 0) ^ Math.imul(page[start + STATE] ?? 0, 0x9e3779b1));
}
