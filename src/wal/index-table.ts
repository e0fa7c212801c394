import { AssertionError, defined } from '../util/assert.js';
import { Runs } from './runs.js';

/** Location of an entry. */
export interface Location {
  readonly sequence: number;
  /** Offset of its record in the segment, in bytes. */
  readonly offset: number;
  /** Length of its data, in bytes. */
  readonly dataBytes: number;
}

const PAGE_ENTRIES = 4096;
const FIELDS = 2;

/**
 * Maps indexes to locations on disk, for every entry of the log. An entry takes eight bytes, in pages, so that both
 * ends move without copying. Terms and segments are kept as runs, as both only increase along the log.
 */
export class IndexTable {
  #pages: Uint32Array[] = [];
  /** Index of the first slot of the first page. */
  #base = 1;
  #first = 1;
  #next = 1;
  readonly #terms = new Runs();
  readonly #sequences = new Runs();

  /** The oldest index, and the newest plus one; equal if the table is empty. */
  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#next;
  }

  has(index: number): boolean {
    return index >= this.#first && index < this.#next;
  }

  append(index: number, term: number, location: Location): void {
    if (index !== this.#next) throw new AssertionError(`entry ${index} instead of ${this.#next}`);
    const slot = index - this.#base;
    const page = Math.floor(slot / PAGE_ENTRIES);
    if (page === this.#pages.length) this.#pages.push(new Uint32Array(PAGE_ENTRIES * FIELDS));
    const at = (slot % PAGE_ENTRIES) * FIELDS;
    const fields = defined(this.#pages[page], 'page');
    fields[at] = location.offset;
    fields[at + 1] = location.dataBytes;
    this.#terms.append(index, term);
    this.#sequences.append(index, location.sequence);
    this.#next += 1;
  }

  term(index: number): number {
    this.#check(index);
    return this.#terms.at(index);
  }

  dataBytes(index: number): number {
    return this.#field(index, 1);
  }

  sequence(index: number): number {
    this.#check(index);
    return this.#sequences.at(index);
  }

  locate(index: number): Location {
    return {
      sequence: this.sequence(index),
      offset: this.#field(index, 0),
      dataBytes: this.#field(index, 1),
    };
  }

  /** Removes `index` and later entries. */
  truncate(index: number): void {
    if (index >= this.#next) return;
    if (index <= this.#first) {
      this.clear(index);
      return;
    }
    this.#next = index;
    this.#pages.length = Math.ceil((index - this.#base) / PAGE_ENTRIES);
    this.#terms.truncate(index);
    this.#sequences.truncate(index);
  }

  /** Removes the entries before `index`. */
  dropBefore(index: number): void {
    if (index <= this.#first) return;
    if (index >= this.#next) {
      this.clear(index);
      return;
    }
    this.#first = index;
    const pages = Math.floor((index - this.#base) / PAGE_ENTRIES);
    this.#pages.splice(0, pages);
    this.#base += pages * PAGE_ENTRIES;
    this.#terms.dropBefore(index);
    this.#sequences.dropBefore(index);
  }

  /** Removes all entries. The next one has this index. */
  clear(index: number): void {
    this.#pages = [];
    this.#base = index;
    this.#first = index;
    this.#next = index;
    this.#terms.truncate(0);
    this.#sequences.truncate(0);
  }

  #field(index: number, field: number): number {
    this.#check(index);
    const slot = index - this.#base;
    const page = defined(this.#pages[Math.floor(slot / PAGE_ENTRIES)], 'page');
    return defined(page[(slot % PAGE_ENTRIES) * FIELDS + field], 'slot');
  }

  #check(index: number): void {
    if (!this.has(index)) throw new AssertionError(`index ${index} outside of [${this.#first}, ${this.#next})`);
  }
}
