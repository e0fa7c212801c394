import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import { backoffMs } from '../../util/backoff.js';
import type { Random } from '../../util/random.js';

/** The first wait and the longest, in ms. */
const WAITS = { backoffBaseMs: 100, backoffCapMs: 2_000 };

interface Pause {
  /** In a row. */
  readonly failures: number;
  readonly cancel: Cancel;
}

/** Waits before members are tried again that did not take what they were sent, each longer than the one before. */
export class RetryDelays {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #pauses = new Map<NodeId, Pause>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Whether the last try failed, however long ago. */
  hasFailed(member: NodeId): boolean {
    return this.#pauses.has(member);
  }

  /** A try has failed. @param onOver called once it is time for another */
  begin(member: NodeId, onOver: () => void): void {
    this.interrupt(member);
    const failures = (this.#pauses.get(member)?.failures ?? 0) + 1;
    const cancel = this.#clock.timeout(backoffMs(failures, WAITS, this.#random), onOver);
    this.#pauses.set(member, { failures, cancel });
  }

  /** It is tried before that. */
  interrupt(member: NodeId): void {
    this.#pauses.get(member)?.cancel();
  }

  /** A try went well, or there will be none any more. */
  forget(member: NodeId): void {
    this.interrupt(member);
    this.#pauses.delete(member);
  }

  forgetExcept(wanted: (member: NodeId) => boolean): void {
    for (const member of this.#pauses.keys()) if (!wanted(member)) this.forget(member);
  }
}
