import type { LogStore } from '../../src/ports/log.js';
import type { Entry } from '../../src/raft/types.js';

/** The terms of a log's entries by index: durable on one disk, or being written. */
export class Terms {
  /** Entries up to here were cut, and were committed. */
  #cut: number;
  #cutTerm: number;
  readonly #terms: number[];

  private constructor(cut: number, cutTerm: number, terms: number[]) {
    this.#cut = cut;
    this.#cutTerm = cutTerm;
    this.#terms = terms;
  }

  static of(log: LogStore): Terms {
    const first = log.firstIndex();
    const terms: number[] = [];
    for (let index = first; index <= log.lastIndex(); index++) terms.push(numberOf(log, index));
    return new Terms(first - 1, first === 1 ? 0 : numberOf(log, first - 1), terms);
  }

  copy(): Terms {
    return new Terms(this.#cut, this.#cutTerm, [...this.#terms]);
  }

  get first(): number {
    return this.#cut + 1;
  }

  get last(): number {
    return this.#cut + this.#terms.length;
  }

  /** Undefined if the log does not hold the index. */
  at(index: number): number | undefined {
    return index === this.#cut ? this.#cutTerm : this.#terms[index - this.#cut - 1];
  }

  /** Whether the log holds the entry with this index and term, or held it before a cut. */
  holds(index: number, term: number): boolean {
    return index < this.#cut || this.at(index) === term;
  }

  append(entries: readonly Entry[]): void {
    const first = entries[0]?.index;
    if (first === undefined) return;
    this.#terms.length = first - this.#cut - 1;
    for (const { term } of entries) this.#terms.push(term);
  }

  /** Continues behind a snapshot. */
  resetTo(index: number, term: number): void {
    if (this.at(index) === term) {
      this.cutTo(index);
      return;
    }
    if (index <= this.#cut) return;
    this.#cut = index;
    this.#cutTerm = term;
    this.#terms.length = 0;
  }

  cutTo(index: number): void {
    if (index <= this.#cut) return;
    this.#cutTerm = this.at(index) ?? 0;
    this.#terms.splice(0, index - this.#cut);
    this.#cut = index;
  }
}

function numberOf(log: LogStore, index: number): number {
  const term = log.term(index);
  if (typeof term !== 'number') throw new TypeError(`the term at ${index} is ${term}`);
  return term;
}
