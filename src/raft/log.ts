import { assert } from '../util/assert.js';
import { ByteWindow } from './byte-window.js';
import { pageBytes, takeBytes } from './entries.js';
import type { LogMiss, Storage } from './storage.js';
import type { ConfState, Entry, Snapshot } from './types.js';
import { Unstable } from './unstable.js';

/** The position of an entry: enough to compare logs, for equal (index, term) means equal prefixes (paper, 5.3). */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
}

export interface LogOptions {
  /** The last index that the state machine has applied; 0 means: what the storage's first index implies. */
  readonly applied: number;
  /** The bound on the bytes of entries that are handed over for applying and not yet reported as applied. */
  readonly maxApplyingBytes: number;
  /** Whether an entry may be handed over for applying before it is durable here, as one Ready allows that has both. */
  readonly applyUnstable: boolean;
}

/** The replicated log: a durable part, which the storage reads, and the unstable end, which is still in memory. */
export class RaftLog {
  readonly #storage: Storage;
  readonly #unstable: Unstable;
  readonly #maxApplyingBytes: number;
  readonly #applyUnstable: boolean;
  #committed: number;
  /** applied ≤ applying ≤ committed: handed over for applying up to here. */
  #applying: number;
  #applied: number;
  readonly #applyWindow = new ByteWindow();
  /** The bound was met by the last page: nothing more until something of it is applied. */
  #applyPaused = false;

  /** @param commit the commit index that was persisted, possibly an old one */
  constructor(storage: Storage, commit: number, options: LogOptions) {
    this.#storage = storage;
    this.#maxApplyingBytes = options.maxApplyingBytes;
    this.#applyUnstable = options.applyUnstable;
    const last = storage.lastIndex();
    const cut = storage.firstIndex() - 1;
    this.#unstable = new Unstable(last + 1);
    this.#applied = Math.max(cut, options.applied);
    this.#applying = this.#applied;
    // The commit index is not synced by itself, so a crash may leave it behind what has been applied already.
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

  /** Handed over for applying up to here. */
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

  /** The received snapshot that is not durable yet. */
  get pendingSnapshot(): Snapshot | undefined {
    return this.#unstable.snapshot;
  }

  /** The end that has to be written: see the class Unstable. */
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

  /** Whether a log that ends there is at least as complete as this one (paper, section 5.4.1). */
  isUpToDate({ index, term }: LogPosition): boolean {
    const { lastTerm } = this;
    return term > lastTerm || (term === lastTerm && index >= this.lastIndex);
  }

  /** Entries from `low` on, at least one if there is one, then no more than fit the bytes. */
  entries(low: number, maxBytes: number): readonly Entry[] | LogMiss {
    return low > this.lastIndex ? [] : this.slice(low, this.lastIndex + 1, maxBytes);
  }

  /** Entries in [low, high), which must lie at or below the end of the log. */
  slice(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss {
    assert(low <= high && high <= this.lastIndex + 1, `log slice [${low}, ${high}) past ${this.lastIndex}`);
    if (low < this.firstIndex) return 'compacted';
    if (low === high) return [];
    const { offset } = this.#unstable;
    if (low >= offset) return takeBytes(this.#unstable.slice(low, high), maxBytes);
    const durable = this.#storage.entries(low, Math.min(high, offset), maxBytes);
    if (durable === 'compacted') return durable;
    assert(durable !== 'unavailable', `storage has lost entries in [${low}, ${Math.min(high, offset)})`);
    if (high <= offset || durable.length < offset - low) return durable;
    const left = maxBytes - pageBytes(durable);
    const rest = this.#unstable.slice(offset, high);
    return [...durable, ...(fits(rest, left) ? takeBytes(rest, left) : [])];
  }

  /** Appends a leader's own entries. */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    assert(first.index > this.#committed, `entry ${first.index} would replace what is committed`);
    this.#unstable.append(entries);
  }

  /**
   * A follower's append (paper, figure 2, AppendEntries 2 to 5): refused unless the entry before matches; the first
   * conflicting entry and all after it are replaced; what is there already is left alone, since an old message must
   * not cut off newer entries.
   * @returns the index of the last entry that is now known to match, or undefined where it was refused
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
   * The last position at or below `index` whose term is no greater than `term`: where a log that has `term` at `index`
   * may agree with this one. It skips whole terms at a time (paper, end of section 5.3). Term 0 means unknown, where
   * the log has been cut.
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
   * Commits up to the index; one below the present is old news.
   * @throws Error if the log ends before it: a leader says so only of what this node has acknowledged
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

  /** Everything is committed that can be handed over for applying now, within the bound on bytes. */
  nextCommitted(): readonly Entry[] {
    if (!this.hasNextCommitted) return [];
    const budget = this.#maxApplyingBytes - this.#applyWindow.bytes;
    const page = this.slice(this.#applying + 1, this.#appliable + 1, budget);
    assert(page !== 'compacted' && page !== 'unavailable', `entry ${this.#applying + 1} was cut before it was applied`);
    return page;
  }

  get hasNextCommitted(): boolean {
    return !this.#applyPaused && this.#unstable.snapshot === undefined && this.#applying < this.#appliable;
  }

  /** A page has been handed over. */
  acceptCommitted(page: readonly Entry[]): void {
    const last = page[page.length - 1];
    if (last === undefined) return;
    this.#applyWindow.add(last.index, pageBytes(page));
    this.#applying = last.index;
    this.#applyPaused = last.index < this.#appliable || this.#applyWindow.bytes >= this.#maxApplyingBytes;
  }

  appliedTo(index: number): void {
    assert(index <= this.#committed, `applied ${index} is past the commit index ${this.#committed}`);
    assert(index >= this.#applied, `applied goes back from ${this.#applied} to ${index}`);
    this.#applied = index;
    this.#applying = Math.max(this.#applying, index);
    this.#applyWindow.release(index);
    this.#applyPaused = this.#applyWindow.bytes >= this.#maxApplyingBytes;
  }

  /** The snapshot to send to a follower that needs what has been cut. */
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

  /** What is committed, and may be applied in view of what is durable. */
  get #appliable(): number {
    return this.#applyUnstable ? this.#committed : Math.min(this.#committed, this.#unstable.offset - 1);
  }

  #knownTerm(index: number): number {
    const term = this.term(index);
    assert(typeof term === 'number', `the term at ${index} is ${term}`);
    return term;
  }
}

function fits(entries: readonly Entry[], bytes: number): boolean {
  return entries.length > 0 && pageBytes(entries.slice(0, 1)) <= bytes;
}
