import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import { backoffMs } from '../../util/backoff.js';
import type { Random } from '../../util/random.js';

/** The first delay and the longest, in ms. */
const WAITS = { backoffBaseMs: 100, backoffCapMs: 2_000 };

interface Delay {
  /** Consecutive failures. */
  readonly failures: number;
  readonly cancel: Cancel;
}

/** Increasing delays before a failed transfer to a member is retried. */
export class RetryDelays {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #delays = new Map<NodeId, Delay>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Whether the last attempt failed. */
  hasFailed(member: NodeId): boolean {
    return this.#delays.has(member);
  }

  /** Records a failed attempt. @param onOver called when it is time for the next one */
  begin(member: NodeId, onOver: () => void): void {
    this.interrupt(member);
    const failures = (this.#delays.get(member)?.failures ?? 0) + 1;
    const cancel = this.#clock.timeout(backoffMs(failures, WAITS, this.#random), onOver);
    this.#delays.set(member, { failures, cancel });
  }

  /** Ends the delay, because the next attempt starts earlier. */
  interrupt(member: NodeId): void {
    this.#delays.get(member)?.cancel();
  }

  /** Forgets a member's failures, after a success or when no more attempts follow. */
  forget(member: NodeId): void {
    this.interrupt(member);
    this.#delays.delete(member);
  }

  forgetExcept(wanted: (member: NodeId) => boolean): void {
    for (const member of this.#delays.keys()) if (!wanted(member)) this.forget(member);
  }
}
