import { assert } from '../util/assert.js';
import { NO_BYTES } from './bytes.js';
import { takeBytes } from './entries.js';
import type { LogMiss, Storage } from './storage.js';
import { EMPTY_HARD_STATE } from './types.js';
import type { ConfState, Entry, HardState, NodeId, Snapshot } from './types.js';

/** Initial contents of a MemoryStorage. */
export interface MemoryStorageOptions {
  /** The initial voters: shorthand for a `confState` without learners. */
  readonly voters?: readonly NodeId[];
  /** The initial configuration. Excludes `voters`. */
  readonly confState?: ConfState;
  /** An initial snapshot, whose configuration overrides the above. */
  readonly snapshot?: Snapshot;
}

const NO_MEMBERS: ConfState = { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

/** A log in memory, for tests and for groups that need not survive their process. */
export class MemoryStorage implements Storage {
  #hardState: HardState = EMPTY_HARD_STATE;
  #snapshot: Snapshot;
  /** The last entry that was cut. Its term is needed to match the entries after it. */
  #cut: { readonly index: number; readonly term: number };
  /** The entries after the cut. */
  #entries: Entry[] = [];

  /** @throws RangeError if both `voters` and `confState` are given */
  constructor(options: MemoryStorageOptions = {}) {
    const confState = initialConfState(options);
    this.#snapshot = options.snapshot ?? { metadata: { index: 0, term: 0, confState }, data: NO_BYTES };
    this.#cut = this.#snapshot.metadata;
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#snapshot.metadata.confState };
  }

  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss {
    if (low < this.firstIndex()) return 'compacted';
    if (high > this.lastIndex() + 1) return 'unavailable';
    const first = this.firstIndex();
    return takeBytes(this.#entries.slice(low - first, high - first), maxBytes);
  }

  term(index: number): number | LogMiss {
    if (index < this.#cut.index) return 'compacted';
    if (index === this.#cut.index) return this.#cut.term;
    return this.#entries[index - this.#cut.index - 1]?.term ?? 'unavailable';
  }

  firstIndex(): number {
    return this.#cut.index + 1;
  }

  lastIndex(): number {
    return this.#cut.index + this.#entries.length;
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  setHardState(hardState: HardState): void {
    this.#hardState = hardState;
  }

  /** Adds entries. Replaces all entries from the first one's index on. Skips entries below the cut. */
  append(entries: readonly Entry[]): void {
    const first = this.firstIndex();
    const kept = entries.filter((entry) => entry.index >= first);
    const start = kept[0]?.index;
    if (start === undefined) return;
    assert(start <= this.lastIndex() + 1, `append at ${start} leaves a gap after ${this.lastIndex()}`);
    this.#entries.length = start - first;
    this.#entries.push(...kept);
  }

  /** Replaces everything by a received snapshot. Ignores an older one. */
  applySnapshot(snapshot: Snapshot): void {
    if (snapshot.metadata.index <= this.#snapshot.metadata.index) return;
    this.#snapshot = snapshot;
    this.#cut = snapshot.metadata;
    this.#entries = [];
  }

  /** Makes a snapshot, which `snapshot()` returns from then on. The log is not changed. */
  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot {
    const term = this.term(index);
    assert(typeof term === 'number', `snapshot at ${index}: ${term}`);
    this.#snapshot = { metadata: { index, term, confState }, data };
    return this.#snapshot;
  }

  /** Cuts entries up to and including the index. */
  compact(index: number): void {
    const term = this.term(index);
    assert(typeof term === 'number', `compact at ${index}: ${term}`);
    this.#entries = this.#entries.slice(index - this.#cut.index);
    this.#cut = { index, term };
  }
}

function initialConfState({ voters, confState }: MemoryStorageOptions): ConfState {
  if (voters === undefined) return confState ?? NO_MEMBERS;
  if (confState !== undefined) throw new RangeError('voters and confState exclude each other');
  return { ...NO_MEMBERS, voters: [...voters].sort((a, b) => a - b) };
}
