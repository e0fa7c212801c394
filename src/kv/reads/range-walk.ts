import { keyOf } from '../format/key-value.js';
import type { KeyRange } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { CurrentWalk, HistoricWalk, type VersionWalk } from '../state/versions.js';

export interface WalkPlan {
  /** The revision to read at; undefined for the newest. */
  readonly revision: number | undefined;
  /** Maximum number of rows in the answer; Infinity for all. */
  readonly limit: number;
  /** Which rows the limit keeps: the first by key, the last by key, or the first of another order. */
  readonly pick: 'first-keys' | 'last-keys' | 'sorted';
}

/** Walks the versions of a range in slices, and counts its keys. Keys beyond the answer are counted without a walk if possible. */
export class RangeWalk {
  readonly #reader: StateReader;
  readonly #range: KeyRange;
  readonly #plan: WalkPlan;
  readonly #versions: VersionWalk;
  #last: Uint8Array | undefined;
  #askedForRest = false;
  #count = 0;

  constructor(reader: StateReader, range: KeyRange, plan: WalkPlan) {
    const { revision, pick, limit } = plan;
    this.#reader = reader;
    this.#range = range;
    this.#plan = plan;
    this.#versions =
      revision === undefined
        ? new CurrentWalk(reader, range, { reverse: pick === 'last-keys', expected: limit + 1 })
        : new HistoricWalk(reader, range, revision);
  }

  /** Keys found so far; once `next` has returned an empty slice, all keys of the range. */
  get count(): number {
    return this.#count;
  }

  /**
   * @param isAnswerFull whether the answer needs no further version, only the count
   * @returns the next versions; empty at the end
   */
  async next(isAnswerFull: boolean): Promise<readonly Uint8Array[]> {
    if (isAnswerFull && !this.#askedForRest && this.#last !== undefined) {
      this.#askedForRest = true;
      const rest = await this.#countAfter(keyOf(this.#last));
      if (rest !== undefined) {
        this.#count += rest;
        return [];
      }
    }
    const slice = await this.#versions.next();
    this.#count += slice.length;
    this.#last = slice.at(-1) ?? this.#last;
    return slice;
  }

  close(): Promise<void> {
    return this.#versions.close();
  }

  #countAfter(key: Uint8Array): Promise<number | undefined> {
    const { start, end } = this.#range;
    const { revision, pick } = this.#plan;
    const rest = pick === 'last-keys' ? { start, end: key } : { start: Buffer.concat([key, Buffer.of(0)]), end };
    return revision === undefined ? this.#reader.count(rest) : this.#reader.countAt(rest, revision);
  }
}
