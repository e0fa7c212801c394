import { assert, AssertionError } from '../util/assert.js';
import { ByteWindow } from './byte-window.js';
import { pageBytes, takeBytes } from './entries.js';
import type { LogMiss, Storage } from './storage.js';
import type { ConfState, Entry, Snapshot } from './types.js';
import { Unstable } from './unstable.js';

/** The position of an entry. Logs with the same entry at a position are equal up to it (paper, section 5.3). */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
}

export interface LogOptions {
  /** The last index that the state machine has applied; 0: derived from the storage's first index. */
  readonly applied: number;
  /** Bound on the bytes of entries that are handed out and not yet reported as applied. */
  readonly maxApplyingBytes: number;
  /** Whether entries may be handed out for applying before they are durable, as in a Ready that holds both. */
  readonly applyUnstable: boolean;
}

/** The replicated log: a durable part, read through the storage, and an unstable end in memory. */
export class RaftLog {
  readonly #storage: Storage;
  readonly #unstable: Unstable;
  readonly #maxApplyingBytes: number;
  readonly #applyUnstable: boolean;
  #committed: number;
  /** Handed out for applying up to here: applied ≤ applying ≤ committed. */
  #applying: number;
  #applied: number;
  readonly #applyWindow = new ByteWindow();
  /** The last page reached the bound: no more entries until some are applied. */
  #applyPaused = false;

  /** @param commit the persisted commit index, which may be outdated */
  constructor(storage: Storage, commit: number, options: LogOptions) {
    this.#storage = storage;
    this.#maxApplyingBytes = options.maxApplyingBytes;
    this.#applyUnstable = options.applyUnstable;
    const last = storage.lastIndex();
    const cut = storage.firstIndex() - 1;
    this.#unstable = new Unstable(last + 1);
    this.#applied = Math.max(cut, options.applied);
    this.#applying = this.#applied;
    // The commit index alone is not synced, so after a crash it may be behind the applied index.
    this.#committed = Math.max(commit, this.#applied);
    if (this.#committed > last) {
      throw new Error(
        `the log ends at ${last}, but commit ${commit} and applied ${options.applied} say that there was more: ` +
          'it was cut or lost, and this member must not take part with it',
      );
    }
  }

  get committed(): number {
    return this.#committed;
  }

  get applied(): number {
    return this.#applied;
  }

  /** Handed out for applying up to here. */
  get applying(): number {
    return this.#applying;
  }

  get firstIndex(): number {
    return this.#unstable.firstIndex ?? this.#storage.firstIndex();
  }

  get lastIndex(): number {
    return this.#unstable.lastIndex ?? this.#storage.lastIndex();
  }

  get lastTerm(): number {
    return this.#knownTerm(this.lastIndex);
  }

  /** A received snapshot that is not durable yet. */
  get pendingSnapshot(): Snapshot | undefined {
    return this.#unstable.snapshot;
  }

  /** The part that must be written: see the class Unstable. */
  get unstable(): Unstable {
    return this.#unstable;
  }

  term(index: number): number | LogMiss {
    const unstable = this.#unstable.term(index);
    if (unstable !== undefined) return unstable;
    if (index < this.firstIndex - 1) return 'compacted';
    if (index > this.lastIndex) return 'unavailable';
    return this.#storage.term(index);
  }

  matches({ index, term }: LogPosition): boolean {
    return this.term(index) === term;
  }

  /** Whether a log that ends at this position is at least as up to date as this one (paper, section 5.4.1). */
  isUpToDate({ index, term }: LogPosition): boolean {
    const { lastTerm } = this;
    return term > lastTerm || (term === lastTerm && index >= this.lastIndex);
  }

  /** Entries from `low` on: at least one if there is one, and as many as fit `maxBytes`. */
  entries(low: number, maxBytes: number): readonly Entry[] | LogMiss {
    return low > this.lastIndex ? [] : this.slice(low, this.lastIndex + 1, maxBytes);
  }

  /** Entries in [low, high), which must lie within the log: at least one, and as many as fit `maxBytes`. */
  slice(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss {
    if (low > high || high > this.lastIndex + 1) {
      throw new AssertionError(`log slice [${low}, ${high}) past ${this.lastIndex}`);
    }
    if (low < this.firstIndex) return 'compacted';
    if (low === high) return [];
    const { offset } = this.#unstable;
    if (low >= offset) return takeBytes(this.#unstable.slice(low, high), maxBytes);
    const durable = this.#storage.entries(low, Math.min(high, offset), maxBytes);
    if (durable === 'compacted') return durable;
    if (durable === 'unavailable') {
      throw new AssertionError(`storage has lost entries in [${low}, ${Math.min(high, offset)})`);
    }
    if (high <= offset || durable.length < offset - low) return durable;
    const left = maxBytes - pageBytes(durable);
    const rest = this.#unstable.slice(offset, high);
    return [...durable, ...(fits(rest, left) ? takeBytes(rest, left) : [])];
  }

  /** Appends a leader's own entries. */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    if (first.index <= this.#committed)
      throw new AssertionError(`entry ${first.index} would replace what is committed`);
    this.#unstable.append(entries);
  }

  /**
   * A follower's append (paper, figure 2, AppendEntries steps 2 to 5). Refused unless the preceding entry matches. Replaces
   * the first conflicting entry and all after it. Keeps matching entries, since an old message must not cut off newer ones.
   * @returns the index of the last entry known to match, or undefined if refused
   */
  maybeAppend(previous: LogPosition, entries: readonly Entry[], commit: number): number | undefined {
    if (!this.matches(previous)) return undefined;
    const lastNew = previous.index + entries.length;
    const differing = entries.findIndex((entry) => !this.matches(entry));
    if (differing >= 0) this.append(differing === 0 ? entries : entries.slice(differing));
    this.commitTo(Math.min(commit, lastNew));
    return lastNew;
  }

  /**
   * The last position at or below `index` with a term of at most `term`: the last one where a log with `term` at `index`
   * may match this one. Skips whole terms (paper, end of section 5.3). Term 0 means unknown, because the log was cut.
   */
  lastPossibleMatch(index: number, term: number): LogPosition {
    for (let at = index; at > 0; at -= 1) {
      const own = this.term(at);
      if (own === 'compacted' || own === 'unavailable') return { index: at, term: 0 };
      if (own <= term) return { index: at, term: own };
    }
    return { index: 0, term: 0 };
  }

  /**
   * Raises the commit index; a lower one is ignored.
   * @throws Error if the log ends before it: a leader commits on this node only what it has acknowledged
   */
  commitTo(index: number): void {
    if (index <= this.#committed) return;
    if (index > this.lastIndex) {
      throw new Error(
        `the log ends at ${this.lastIndex}, but this member has acknowledged entries up to ${index}: its disk has lost ` +
          'them, and it must be rebuilt from its peers: remove it from the cluster, move its data directory away, and ' +
          'add it again',
      );
    }
    this.#committed = index;
  }

  /** The committed entries that can be handed out for applying now, within the bound on bytes. */
  nextCommitted(): readonly Entry[] {
    if (!this.hasNextCommitted) return [];
    const budget = this.#maxApplyingBytes - this.#applyWindow.bytes;
    const page = this.slice(this.#applying + 1, this.#appliable() + 1, budget);
    if (page === 'compacted' || page === 'unavailable') {
      throw new AssertionError(`entry ${this.#applying + 1} was cut before it was applied`);
    }
    return page;
  }

  get hasNextCommitted(): boolean {
    return !this.#applyPaused && this.#unstable.snapshot === undefined && this.#applying < this.#appliable();
  }

  /** Records that a page was handed out. */
  acceptCommitted(page: readonly Entry[]): void {
    const last = page.length === 0 ? undefined : page[page.length - 1];
    if (last === undefined) return;
    this.#applyWindow.add(last.index, pageBytes(page));
    this.#applying = last.index;
    this.#applyPaused = last.index < this.#appliable() || this.#applyWindow.bytes >= this.#maxApplyingBytes;
  }

  appliedTo(index: number): void {
    if (index > this.#committed) {
      throw new AssertionError(`applied ${index} is past the commit index ${this.#committed}`);
    }
    if (index < this.#applied) throw new AssertionError(`applied goes back from ${this.#applied} to ${index}`);
    this.#applied = index;
    this.#applying = Math.max(this.#applying, index);
    this.#applyWindow.release(index);
    this.#applyPaused = this.#applyWindow.bytes >= this.#maxApplyingBytes;
  }

  /** The snapshot for a follower that needs entries which were cut. */
  snapshot(confState: ConfState): Snapshot | 'unavailable' {
    return this.#unstable.snapshot ?? this.#storage.snapshot(confState);
  }

  /** Replaces the whole log by a received snapshot. */
  restore(snapshot: Snapshot): void {
    const { index } = snapshot.metadata;
    assert(index > this.#committed, `snapshot ${index} is behind the commit index ${this.#committed}`);
    this.#committed = index;
    this.#unstable.restore(snapshot);
  }

  /** The last committed index that may be applied, given what is durable. */
  #appliable(): number {
    return this.#applyUnstable ? this.#committed : Math.min(this.#committed, this.#unstable.offset - 1);
  }

  #knownTerm(index: number): number {
    const term = this.term(index);
    if (typeof term !== 'number') throw new AssertionError(`the term at ${index} is ${term}`);
    return term;
  }
}

function fits(entries: readonly Entry[], bytes: number): boolean {
  return entries.length > 0 && pageBytes(entries.slice(0, 1)) <= bytes;
}
