import { assert } from '../../util/assert.js';
import { Inflights } from './inflights.js';
import type { InflightLimits } from './inflights.js';

/**
 * How a leader sends to one follower.
 * - `probe`: the matching position is unknown, so it sends one append and waits for the answer.
 * - `replicate`: the logs match up to `match`; `next` runs ahead of the answers.
 * - `snapshot`: the follower needs a snapshot, and gets no appends until it has one.
 */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** The leader's view of a follower (paper, figure 2, volatile state on leaders). */
export class Progress {
  readonly inflights: Inflights;
  isLearner: boolean;
  /** Whether it has sent a message since the last check of the quorum. */
  recentActive = false;
  #match: number;
  #next: number;
  #state: ProgressState = 'probe';
  /** No append before the follower's next answer: a probe is unanswered, or the window is full. */
  #appendPaused = false;
  #pendingSnapshot = 0;
  /** A heartbeat was sent since the last answer to one that was counted. */
  #awaitsHeartbeatAnswer = true;
  /** The largest commit index that was sent and is not known to be lost. */
  #sentCommit = 0;

  constructor(start: { match: number; next: number; isLearner: boolean; limits: InflightLimits }) {
    this.#match = start.match;
    this.#next = start.next;
    this.isLearner = start.isLearner;
    this.inflights = new Inflights(start.limits);
  }

  /** The follower's log is known to match the leader's up to here. */
  get match(): number {
    return this.#match;
  }

  /** The first entry of the next append; always greater than `match`. */
  get next(): number {
    return this.#next;
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** The index of the snapshot being sent; 0 outside of the snapshot state. */
  get pendingSnapshot(): number {
    return this.#pendingSnapshot;
  }

  get paused(): boolean {
    return this.#appendPaused || this.#state === 'snapshot';
  }

  becomeProbe(): void {
    // After a snapshot, probing starts behind it. If the snapshot was lost, the refusal leads back.
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

  /** The snapshot did not arrive: probe from `match`. */
  abandonSnapshot(): void {
    this.#pendingSnapshot = 0;
    this.becomeProbe();
  }

  /** An append was handed to the transport. In the replicate state `next` advances optimistically. */
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
        assert(false, 'no append while a snapshot is being sent');
    }
  }

  sentCommit(commit: number): void {
    this.#sentCommit = commit;
  }

  /** Whether this commit index would be new to the follower, for entries that it has or will receive. */
  canLearnCommit(commit: number): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.#next - 1;
  }

  /** The follower has acknowledged entries up to an index. @returns whether `match` has advanced */
  acknowledge(index: number): boolean {
    if (index <= this.#match) return false;
    this.#match = index;
    this.#next = Math.max(this.#next, index + 1);
    this.#appendPaused = false;
    return true;
  }

  /**
   * The follower has refused an append after `rejected`, and has no matching entry above `hint`.
   * @returns false if the refusal is outdated: a reordered or repeated answer must not move `next` back
   */
  refuse(rejected: number, hint: number): boolean {
    if (this.#state === 'replicate') {
      if (rejected <= this.#match) return false;
      this.#rewind(this.#match + 1);
      return true;
    }
    // Only one probe is unanswered at a time, so a refusal of another index is outdated.
    if (this.#next - 1 !== rejected) return false;
    this.#rewind(Math.max(Math.min(rejected, hint + 1), this.#match + 1));
    this.#appendPaused = false;
    return true;
  }

  /** Sends no appends before the follower's next answer. */
  pause(): void {
    this.#appendPaused = true;
  }

  resume(): void {
    this.#appendPaused = false;
  }

  sentHeartbeat(): void {
    this.#awaitsHeartbeatAnswer = true;
  }

  /**
   * A follower that stood still answers the heartbeats of all that time at once. They say no more than one answer does.
   * @returns whether this is the first answer since a heartbeat was sent
   */
  countHeartbeatAnswer(): boolean {
    const isFirst = this.#awaitsHeartbeatAnswer;
    this.#awaitsHeartbeatAnswer = false;
    return isFirst;
  }

  #enter(state: ProgressState): void {
    this.#state = state;
    this.#appendPaused = false;
    this.#pendingSnapshot = 0;
    this.inflights.clear();
  }

  #rewind(next: number): void {
    this.#next = next;
    // Commit indexes in lost appends may not have arrived.
    this.#sentCommit = Math.min(this.#sentCommit, next - 1);
  }
}
