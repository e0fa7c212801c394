import { assert } from '../../util/assert.js';
import { Inflights } from './inflights.js';
import type { InflightLimits } from './inflights.js';

/**
 * How a leader sends to one follower.
 * - `probe`: it does not know where the logs part, so it sends one append and waits for the answer.
 * - `replicate`: the logs are known to agree; `next` runs ahead of the answers.
 * - `snapshot`: the follower needs a snapshot, and gets nothing else until it has one.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** A follower in the eyes of its leader (paper, figure 2: volatile state on leaders). */
export class Progress {
  readonly inflights: Inflights;
  isLearner: boolean;
  /** Something was heard from it since the last check of the quorum. */
  recentActive = false;
  #match: number;
  #next: number;
  #state: ProgressState = 'probe';
  /** No append until the follower answers something: a lone probe is out, or the window is full. */
  #appendPaused = false;
  #pendingSnapshot = 0;
  /** The largest commit index it was sent, as far as it is known to have been of use. */
  #sentCommit = 0;

  constructor(start: { match: number; next: number; isLearner: boolean; limits: InflightLimits }) {
    this.#match = start.match;
    this.#next = start.next;
    this.isLearner = start.isLearner;
    this.inflights = new Inflights(start.limits);
  }

  /** The follower's log is known to equal the leader's up to here. */
  get match(): number {
    return this.#match;
  }

  /** The first entry of the next append; always above `match`. */
  get next(): number {
    return this.#next;
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** The index of the snapshot that is under way; 0 outside of the snapshot state. */
  get pendingSnapshot(): number {
    return this.#pendingSnapshot;
  }

  get paused(): boolean {
    return this.#appendPaused || this.#state === 'snapshot';
  }

  becomeProbe(): void {
    // After a snapshot that was sent, probing may begin behind it; if it got lost, the refusal leads back.
    const afterSnapshot = this.#state === 'snapshot' ? this.#pendingSnapshot + 1 : 0;
    this.#enter('probe');
    this.#rewind(Math.max(this.#match + 1, afterSnapshot));
  }

  becomeReplicate(): void {
    this.#enter('replicate');
    this.#next = this.#match + 1;
  }

  becomeSnapshot(index: number): void {
    this.#enter('snapshot');
    this.#pendingSnapshot = index;
    this.#next = index + 1;
    this.#sentCommit = index;
  }

  /** The snapshot did not arrive: probe from what is known to match. */
  abandonSnapshot(): void {
    this.#pendingSnapshot = 0;
    this.becomeProbe();
  }

  /** An append with these entries has been handed to the transport. Optimistic: `next` moves at once. */
  sentEntries(count: number, bytes: number): void {
    switch (this.#state) {
      case 'replicate':
        if (count > 0) {
          this.#next += count;
          this.inflights.add(this.#next - 1, bytes);
        }
        this.#appendPaused = this.inflights.full;
        return;
      case 'probe':
        if (count > 0) this.#appendPaused = true;
        return;
      case 'snapshot':
        assert(false, 'no append while a snapshot is under way');
    }
  }

  sentCommit(commit: number): void {
    this.#sentCommit = commit;
  }

  /** Whether sending this commit index would tell the follower something new about entries it has or will have. */
  canLearnCommit(commit: number): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.#next - 1;
  }

  /** The follower acknowledged up to an index. @returns whether that was news */
  acknowledge(index: number): boolean {
    if (index <= this.#match) return false;
    this.#match = index;
    this.#next = Math.max(this.#next, index + 1);
    this.#appendPaused = false;
    return true;
  }

  /**
   * The follower refused an append that followed `rejected`, and holds nothing that agrees above `hint`.
   * @returns false where the refusal is out of date: a reordered or repeated answer must not move `next` back
   */
  refuse(rejected: number, hint: number): boolean {
    if (this.#state === 'replicate') {
      if (rejected <= this.#match) return false;
      this.#rewind(this.#match + 1);
      return true;
    }
    // One probe is out at a time, so a refusal of any other index answers an older one.
    if (this.#next - 1 !== rejected) return false;
    this.#rewind(Math.max(Math.min(rejected, hint + 1), this.#match + 1));
    this.#appendPaused = false;
    return true;
  }

  /** Holds appends back until the follower answers something. */
  pause(): void {
    this.#appendPaused = true;
  }

  resume(): void {
    this.#appendPaused = false;
  }

  #enter(state: ProgressState): void {
    this.#state = state;
    this.#appendPaused = false;
    this.#pendingSnapshot = 0;
    this.inflights.clear();
  }

  #rewind(next: number): void {
    this.#next = next;
    // What was sent along with lost appends is not known to have arrived.
    this.#sentCommit = Math.min(this.#sentCommit, next - 1);
  }
}
