import type { Cancel, Clock } from '../../ports/clock.js';
import { majoritySize } from '../../raft/quorum/majority.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { NodeId } from '../../raft/types.js';
import type { Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';

/** Election timeouts that a member goes on for after it was told, if it has not applied its own removal. */
const PATIENCE_ELECTIONS = 10;

export interface RetirementOptions {
  readonly raw: Pick<RawNode, 'id' | 'confState'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly electionMs: number;
  /** Hands the leadership over, where this member has it. */
  readonly handOver: () => Promise<void>;
  /** Ends this member. */
  readonly end: () => Promise<void>;
  readonly onFatal: (error: unknown) => void;
}

/**
 * How a member that was removed takes its leave. Until those who stay know durably that it was removed, one of them that
 * starts again still needs its vote: of two members, the one that stays could never lead again. So it goes on, and votes
 * and acknowledges, until a majority of them has told it; and each tells it once the change is in force there, before
 * which it was made durable (loop/apply-loop.ts).
 */
export class Retirement {
  readonly #options: RetirementOptions;
  readonly #toldBy = new Set<NodeId>();
  #phase: 'member' | 'removed' | 'over' = 'member';
  #cancelPatience: Cancel | undefined;

  constructor(options: RetirementOptions) {
    this.#options = options;
  }

  /** This member has applied its own removal. */
  removed(): void {
    this.#begin('this member was removed from the cluster');
    // From here on it knows the others.
    this.#cancelPatience?.();
    this.#options
      .handOver()
      .then(() => this.#endIfKnown())
      .catch((error: unknown) => this.#options.onFatal(error));
  }

  /** Another one has, and refuses the link. */
  toldBy(peer: NodeId): void {
    const { clock, electionMs } = this.#options;
    this.#toldBy.add(peer);
    if (this.#phase === 'member') {
      this.#begin(`member ${formatMemberId(peer)} says that this member was removed from the cluster`);
      // What it knows of the others may be long out of date.
      this.#cancelPatience = clock.timeout(PATIENCE_ELECTIONS * electionMs, () => this.#end());
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
      return others.length === 0 || others.filter((id) => this.#toldBy.has(id)).length >= majoritySize(others);
    });
    if (isKnown) this.#end();
  }

  #end(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#cancelPatience?.();
    this.#options.end().catch((error: unknown) => this.#options.onFatal(error));
  }
}
