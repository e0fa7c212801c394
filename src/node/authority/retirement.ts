import type { Cancel, Clock } from '../../ports/clock.js';
import { majoritySize } from '../../raft/quorum/majority.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { NodeId } from '../../raft/types.js';
import type { Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';

/** A member that has not applied its own removal stops this many election timeouts after the first notice. */
const WAIT_ELECTIONS = 10;

export interface RetirementOptions {
  readonly raw: Pick<RawNode, 'id' | 'confState'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly electionMs: number;
  /** Transfers the leadership, if this member leads. */
  readonly handOver: () => Promise<void>;
  /** Stops this member. */
  readonly end: () => Promise<void>;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Stops a member that was removed. It keeps voting and acknowledging until a majority of the other members has notified it
 * of the removal. Until then its vote may be needed: another member that restarts before it has stored the change counts
 * the removed member as a voter again, and in a cluster of two could not be elected without it. A member notifies once the
 * change is active there, and stores the change before that (loop/apply-loop.ts).
 */
export class Retirement {
  readonly #options: RetirementOptions;
  readonly #noticesFrom = new Set<NodeId>();
  #phase: 'member' | 'removed' | 'over' = 'member';
  #cancelWait: Cancel | undefined;

  constructor(options: RetirementOptions) {
    this.#options = options;
  }

  /** Called when this member has applied its own removal. */
  removed(): void {
    this.#begin('this member was removed from the cluster');
    // From here on its view of the other members is up to date.
    this.#cancelWait?.();
    this.#options
      .handOver()
      .then(() => this.#endIfKnown())
      .catch((error: unknown) => this.#options.onFatal(error));
  }

  /** Called when another member refuses the link because it has applied the removal. */
  noticeFrom(peer: NodeId): void {
    const { clock, electionMs } = this.#options;
    this.#noticesFrom.add(peer);
    if (this.#phase === 'member') {
      this.#begin(`member ${formatMemberId(peer)} says that this member was removed from the cluster`);
      // This member's view of the others may be out of date.
      this.#cancelWait = clock.timeout(WAIT_ELECTIONS * electionMs, () => this.#end());
    }
    this.#endIfKnown();
  }

  #begin(why: string): void {
    if (this.#phase !== 'member') return;
    this.#phase = 'removed';
    this.#options.logger.warn(
      `${why}: it stops as soon as a majority of the others knows, and its data directory is of no further use`,
    );
  }

  #endIfKnown(): void {
    const { raw } = this.#options;
    const { voters, votersOutgoing } = raw.confState;
    const isKnown = [voters, votersOutgoing].every((half) => {
      const others = half.filter((id) => id !== raw.id);
      return others.length === 0 || others.filter((id) => this.#noticesFrom.has(id)).length >= majoritySize(others);
    });
    if (isKnown) this.#end();
  }

  #end(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#cancelWait?.();
    this.#options.end().catch((error: unknown) => this.#options.onFatal(error));
  }
}
