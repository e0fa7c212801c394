import { AssertionError } from '../util/assert.js';
import type { Entry, Snapshot } from './types.js';

/**
 * The end of the log that is not known to be durable: entries from `offset` on, possibly with a received snapshot before
 * them. Entries of a Ready are in progress: they stay here until their write is acknowledged, and a new leader may replace
 * them while the disk still writes them.
 */
export class Unstable {
  #entries: Entry[] = [];
  #offset: number;
  /** Entries below this index are being written. */
  #inProgress: number;
  #snapshot: Snapshot | undefined;
  #snapshotInProgress = false;

  /** @param offset the index after the last durable entry */
  constructor(offset: number) {
    this.#offset = offset;
    this.#inProgress = offset;
  }

  /** The index of the first entry, or of the next one if there is none. */
  get offset(): number {
    return this.#offset;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The snapshot, unless it is being written. */
  get nextSnapshot(): Snapshot | undefined {
    return this.#snapshotInProgress ? undefined : this.#snapshot;
  }

  /** The first index of the log, if a snapshot determines it. */
  get firstIndex(): number | undefined {
    return this.#snapshot === undefined ? undefined : this.#snapshot.metadata.index + 1;
  }

  /** The last index of the log, if this part determines it. */
  get lastIndex(): number | undefined {
    if (this.#entries.length > 0) return this.#offset + this.#entries.length - 1;
    return this.#snapshot?.metadata.index;
  }

  /** Whether there are entries, being written or not. */
  get hasEntries(): boolean {
    return this.#entries.length > 0;
  }

  get hasNextEntries(): boolean {
    return this.#inProgress < this.#offset + this.#entries.length;
  }

  /** Undefined if the index is not in this part. */
  term(index: number): number | undefined {
    if (index >= this.#offset) return this.#entries[index - this.#offset]?.term;
    return this.#snapshot?.metadata.index === index ? this.#snapshot.metadata.term : undefined;
  }

  /** Entries in [low, high), which must lie within this part. */
  slice(low: number, high: number): readonly Entry[] {
    if (low < this.#offset || high > this.#offset + this.#entries.length) {
      throw new AssertionError(`unstable [${low}, ${high})`);
    }
    return this.#entries.slice(low - this.#offset, high - this.#offset);
  }

  /** The entries that are not being written yet. */
  nextEntries(): readonly Entry[] {
    return this.#entries.slice(this.#inProgress - this.#offset);
  }

  /** Records that all entries and the snapshot are being written. */
  acceptInProgress(): void {
    this.#inProgress = this.#offset + this.#entries.length;
    if (this.#snapshot !== undefined) this.#snapshotInProgress = true;
  }

  /** Adds entries at their index. Replaces all entries from the first one's index on. */
  append(entries: readonly Entry[]): void {
    const first = entries[0]?.index;
    if (first === undefined) return;
    const end = this.#offset + this.#entries.length;
    if (first > end) throw new AssertionError(`append at ${first} leaves a gap after ${end - 1}`);
    if (first < this.#offset) {
      // Durable entries are replaced, so writing starts at the new ones.
      this.#entries = [];
      this.#offset = first;
    }
    const kept = first - this.#offset;
    if (kept < this.#entries.length) this.#entries.length = kept;
    for (const entry of entries) this.#entries.push(entry);
    this.#inProgress = Math.min(this.#inProgress, first);
  }

  /**
   * The entry and all before it are durable. Ignored if another entry has replaced it during the write: then the
   * acknowledgement is about the old one.
   */
  stableTo(index: number, term: number): void {
    if (index < this.#offset || this.term(index) !== term) return;
    this.#entries = this.#entries.slice(index + 1 - this.#offset);
    this.#offset = index + 1;
    this.#inProgress = Math.max(this.#inProgress, this.#offset);
  }

  stableSnapshotTo(index: number): void {
    if (this.#snapshot?.metadata.index !== index) return;
    this.#snapshot = undefined;
    this.#snapshotInProgress = false;
  }

  /** Replaces everything by a received snapshot. */
  restore(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#snapshotInProgress = false;
    this.#entries = [];
    this.#offset = snapshot.metadata.index + 1;
    this.#inProgress = this.#offset;
  }
}
