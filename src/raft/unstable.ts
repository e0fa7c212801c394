import { assert } from '../util/assert.js';
import type { Entry, Snapshot } from './types.js';

/**
 * The end of the log that is not known to be durable: entries from `offset` on, and perhaps a received snapshot in
 * front of them. What a Ready has handed out is in progress: it stays here until its write is acknowledged, and may be
 * truncated by a new leader while the disk is still busy with it.
 */
export class Unstable {
  #entries: Entry[] = [];
  #offset: number;
  /** Entries below it, and the snapshot if so marked, have been handed out for writing. */
  #inProgress: number;
  #snapshot: Snapshot | undefined;
  #snapshotInProgress = false;

  /** @param offset the index after the last durable entry */
  constructor(offset: number) {
    this.#offset = offset;
    this.#inProgress = offset;
  }

  /** The index of the first entry held, or that the next one will get. */
  get offset(): number {
    return this.#offset;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The snapshot that still has to be handed out. */
  get nextSnapshot(): Snapshot | undefined {
    return this.#snapshotInProgress ? undefined : this.#snapshot;
  }

  /** The first index of the log where a snapshot decides it. */
  get firstIndex(): number | undefined {
    return this.#snapshot === undefined ? undefined : this.#snapshot.metadata.index + 1;
  }

  /** The end of the log where this part decides it. */
  get lastIndex(): number | undefined {
    if (this.#entries.length > 0) return this.#offset + this.#entries.length - 1;
    return this.#snapshot?.metadata.index;
  }

  /** Whether any entry is held, handed out or not. */
  get hasEntries(): boolean {
    return this.#entries.length > 0;
  }

  get hasNextEntries(): boolean {
    return this.#inProgress < this.#offset + this.#entries.length;
  }

  /** Undefined where this part does not hold the index. */
  term(index: number): number | undefined {
    if (index >= this.#offset) return this.#entries[index - this.#offset]?.term;
    return this.#snapshot?.metadata.index === index ? this.#snapshot.metadata.term : undefined;
  }

  /** Entries in [low, high), which must lie within. */
  slice(low: number, high: number): readonly Entry[] {
    assert(low >= this.#offset && high <= this.#offset + this.#entries.length, `unstable [${low}, ${high})`);
    return this.#entries.slice(low - this.#offset, high - this.#offset);
  }

  /** The entries that still have to be handed out. */
  nextEntries(): readonly Entry[] {
    return this.#entries.slice(this.#inProgress - this.#offset);
  }

  /** All that is held is now being written. */
  acceptInProgress(): void {
    this.#inProgress = this.#offset + this.#entries.length;
    if (this.#snapshot !== undefined) this.#snapshotInProgress = true;
  }

  /** Puts entries at their place; what they overlap, and everything behind, is replaced. */
  append(entries: readonly Entry[]): void {
    const first = entries[0]?.index;
    if (first === undefined) return;
    const end = this.#offset + this.#entries.length;
    assert(first <= end, `append at ${first} leaves a gap after ${end - 1}`);
    if (first < this.#offset) {
      // Durable entries are being replaced: the new ones must be written from there.
      this.#entries = [];
      this.#offset = first;
    }
    this.#entries.length = first - this.#offset;
    for (const entry of entries) this.#entries.push(entry);
    this.#inProgress = Math.min(this.#inProgress, first);
  }

  /**
   * The entry, and all before it, are durable. Ignored if another entry has taken its index while the write was under
   * way: the acknowledgement speaks of the old one, and the new one is still to be written.
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

  /** The log is now this snapshot and nothing more. */
  restore(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#snapshotInProgress = false;
    this.#entries = [];
    this.#offset = snapshot.metadata.index + 1;
    this.#inProgress = this.#offset;
  }
}
