import type { LogBatch, LogStore } from '../../src/ports/log.js';
import type { Entry, HardState } from '../../src/raft/types.js';
import type { EntryBook } from './entry-book.js';
import { Terms } from './terms.js';

/** The known durable content of one member's disk, which outlives the process. */
export interface Durable {
  terms: Terms;
  term: number;
  vote: number;
  /** The first index that writes in progress may have replaced; Infinity if there are none. */
  unsettledFrom: number;
  /** A hard state is being written. */
  unsettledVote: boolean;
}

export interface WatchOptions {
  readonly log: LogStore;
  readonly book: EntryBook;
  /** The content left by the previous process. */
  readonly before: Durable | undefined;
  readonly onViolation: (what: string) => void;
  /** Called with each write, once `askedTerm` includes it. */
  readonly onAppend: (entries: readonly Entry[]) => void;
}

/** A log whose writes are observed. Entries that it reported as durable must still exist after a restart. */
export class WatchedLog implements LogStore {
  readonly durable: Durable;
  readonly #log: LogStore;
  readonly #options: WatchOptions;
  /** The log as it will be once all requested writes are done. */
  readonly #asked: Terms;
  #underWay: LogBatch[] = [];
  #resetting = false;

  constructor(options: WatchOptions) {
    const { log, before, onViolation } = options;
    this.#options = options;
    this.#log = log;
    if (before !== undefined) for (const wrong of lossesOf(log, before)) onViolation(wrong);
    const terms = Terms.of(log);
    const { term, vote } = log.hardState();
    this.durable = { terms, term, vote, unsettledFrom: Infinity, unsettledVote: false };
    this.#asked = terms.copy();
  }

  get identity(): LogStore['identity'] {
    return this.#log.identity;
  }

  get failed(): Promise<Error> {
    return this.#log.failed;
  }

  /** The term at an index, including entries that are being written. */
  askedTerm(index: number): number | undefined {
    return this.#asked.at(index);
  }

  async append(batch: LogBatch): Promise<void> {
    this.#begin(batch);
    await this.#log.append(batch);
    this.#end(batch, true);
  }

  appendInTurn(batch: LogBatch): boolean {
    this.#begin(batch);
    const isDurable = this.#log.appendInTurn(batch);
    this.#end(batch, isDurable);
    return isDurable;
  }

  async compact(index: number): Promise<void> {
    await this.#log.compact(index);
    this.durable.terms.cutTo(index);
    this.#asked.cutTo(index);
  }

  async resetTo({ index, term }: { readonly index: number; readonly term: number }): Promise<void> {
    this.#asked.resetTo(index, term);
    this.#resetting = true;
    this.#unsettle();
    await this.#log.resetTo({ index, term });
    this.#resetting = false;
    this.durable.terms.resetTo(index, term);
    this.#unsettle();
  }

  hardState(): HardState {
    return this.#log.hardState();
  }

  entries(low: number, high: number, maxBytes: number): ReturnType<LogStore['entries']> {
    return this.#log.entries(low, high, maxBytes);
  }

  term(index: number): ReturnType<LogStore['term']> {
    return this.#log.term(index);
  }

  firstIndex(): number {
    return this.#log.firstIndex();
  }

  lastIndex(): number {
    return this.#log.lastIndex();
  }

  sizeBytes(): number {
    return this.#log.sizeBytes();
  }

  contentBytes(): number {
    return this.#log.contentBytes();
  }

  beforeTail(index: number, tail: Parameters<LogStore['beforeTail']>[1]): number {
    return this.#log.beforeTail(index, tail);
  }

  frees(index: number): boolean {
    return this.#log.frees(index);
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  /** A batch that is not made durable in the turn begins a second time, which changes nothing. */
  #begin(batch: LogBatch): void {
    this.#note(batch.entries);
    this.#asked.append(batch.entries);
    this.#options.onAppend(batch.entries);
    this.#underWay.push(batch);
    this.#unsettle();
  }

  #end(batch: LogBatch, isDurable: boolean): void {
    this.#underWay = this.#underWay.filter((other) => other !== batch);
    if (isDurable) {
      this.durable.terms.append(batch.entries);
      if (batch.hardState !== undefined && batch.mustSync) this.#hold(batch.hardState);
    }
    this.#unsettle();
  }

  #hold({ term, vote }: HardState): void {
    this.durable.term = term;
    this.durable.vote = vote;
  }

  #unsettle(): void {
    const { durable } = this;
    // Entries that a snapshot replaces may be gone already.
    durable.unsettledFrom = this.#resetting ? 0 : Infinity;
    durable.unsettledVote = false;
    for (const { entries, hardState } of this.#underWay) {
      durable.unsettledFrom = Math.min(durable.unsettledFrom, entries[0]?.index ?? Infinity);
      durable.unsettledVote ||= hardState !== undefined;
    }
  }

  #note(entries: readonly Entry[]): void {
    const { book, onViolation } = this.#options;
    const first = entries[0];
    if (first === undefined) return;
    let previous = this.#asked.at(first.index - 1);
    for (const entry of entries) {
      const wrong = previous === undefined ? undefined : book.note(entry, previous);
      if (wrong !== undefined) onViolation(wrong);
      previous = entry.term;
    }
  }
}

/** Losses: content that was reported as durable and is missing. */
function lossesOf(log: LogStore, before: Durable): string[] {
  const { term, vote } = log.hardState();
  const losses: string[] = [];
  if (term < before.term) losses.push(`durability: term ${before.term} was on disk, and now it is ${term}`);
  if (term === before.term && vote !== before.vote && !before.unsettledVote) {
    losses.push(`durability: the vote of term ${term} was for ${before.vote}, and now it is for ${vote}`);
  }
  const { terms, unsettledFrom } = before;
  for (let index = Math.max(terms.first, log.firstIndex()); index <= terms.last && index < unsettledFrom; index++) {
    const found = log.term(index);
    if (found === terms.at(index)) continue;
    losses.push(`durability: entry ${terms.at(index)}/${index} was on disk, and now there is ${found}`);
    break;
  }
  return losses;
}
