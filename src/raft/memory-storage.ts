import { assert } from '../util/assert.js';
import { NO_BYTES } from './bytes.js';
import { takeBytes } from './entries.js';
import type { LogMiss, Storage } from './storage.js';
import { EMPTY_HARD_STATE } from './types.js';
import type { ConfState, Entry, HardState, NodeId, Snapshot } from './types.js';

/** What a new MemoryStorage holds. */
export interface MemoryStorageOptions {
  /** The voters that the group starts with, where there is nothing else to say: a short `confState`. */
  readonly voters?: readonly NodeId[];
  /** The configuration that the group starts with; not beside `voters`. */
  readonly confState?: ConfState;
  /** A snapshot to start from; its configuration takes the place of the above. */
  readonly snapshot?: Snapshot;
}

const NO_MEMBERS: ConfState = { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

/** A log in memory: for tests, and for groups that need not survive their process. */
export class MemoryStorage implements Storage {
  #hardState: HardState = EMPTY_HARD_STATE;
  #snapshot: Snapshot;
  /** The last entry that was cut off; its term is still needed to match what follows. */
  #cut: { readonly index: number; readonly term: number };
  /** The entry at position 0 has the index after the cut. */
  #entries: Entry[] = [];

  /** @throws RangeError for both `voters` and `confState` */
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

  /** Takes entries on; what they overlap, and everything behind, is replaced. Those below the cut are skipped. */
  append(entries: readonly Entry[]): void {
    const first = this.firstIndex();
    const kept = entries.filter((entry) => entry.index >= first);
    const start = kept[0]?.index;
    if (start === undefined) return;
    assert(start <= this.lastIndex() + 1, `append at ${start} leaves a gap after ${this.lastIndex()}`);
    this.#entries.length = start - first;
    this.#entries.push(...kept);
  }

  /** Replaces everything by a received snapshot. An older one is ignored. */
  applySnapshot(snapshot: Snapshot): void {
    if (snapshot.metadata.index <= this.#snapshot.metadata.index) return;
    this.#snapshot = snapshot;
    this.#cut = snapshot.metadata;
    this.#entries = [];
  }

  /** Makes the snapshot that `snapshot()` answers from now on; the log stays as it is. */
  createSnapshot(index: number, confState: ConfState, data: Uint8Array): Snapshot {
    const term = this.term(index);
    assert(typeof term === 'number', `snapshot at ${index}: ${term}`);
    this.#snapshot = { metadata: { index, term, confState }, data };
    return this.#snapshot;
  }

  /** Cuts entries off up to and including the index. */
  compact(index: number): void {
    const term = this.term(index);
    assert(typeof term === 'number', `compact at ${index}: ${term}`);
    this.#entries = this.#entries.slice(index - this.#cut.index);
    this.#cut = { index, term };
  }
}

function initialConfState({ voters, confState }: MemoryStorageOptions): ConfState {
  if (voters === undefined) return confState ?? NO_MEMBERS;
  if (confState !== undefined) throw new RangeError('voters and confState: one of them');
  return { ...NO_MEMBERS, voters: [...voters].sort((a, b) => a - b) };
}
