import type { Outcome } from '../../raft/outcome.js';
import type { ConfChangeApplication } from '../../ports/state-machine.js';
import type { ConfChange, ConfState, NodeId } from '../../raft/types.js';
import type { Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';

/** A change of the configuration on its way into the log. */
export interface ConfChangeProposal {
  readonly change: ConfChange;
  /** Set by the owner when nobody waits any more: if it has not been proposed yet, it never is. */
  abandoned: boolean;
  /** Set by the node when it hands the change to the core: from then on its fate can be unknown. */
  proposed: boolean;
}

/** Changes that wait for the loop; one more is refused. They come from operators, one at a time. */
const WAITING_MAX = 64;

/** The bounded way of changes of the configuration from the services to the core. */
export class ConfChangeQueue {
  #waiting: ConfChangeProposal[] = [];

  /** False: it is full, and the change was not taken. */
  trySend(proposal: ConfChangeProposal): boolean {
    this.#waiting = this.#waiting.filter(({ abandoned }) => !abandoned);
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push(proposal);
    return true;
  }

  /**
   * Hands over what waits, until the core drops one. A leader that must not begin a change yet puts an empty entry into
   * its place: whoever waits for the change proposes it again.
   */
  takeInto(propose: (change: ConfChange) => Outcome): void {
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting;
      if (next !== undefined && !next.abandoned) {
        if (propose(next.change).kind === 'dropped') return;
        next.proposed = true;
      }
      this.#waiting.shift();
    }
  }
}

export function logConfChange(logger: Logger, { entry, change, admitted, confState }: ConfChangeApplication): void {
  const ids = (list: readonly NodeId[]): string => list.map((id) => formatMemberId(id)).join(',');
  logger.info(admitted ? 'configuration changed' : 'change of the configuration refused', {
    index: entry.index,
    steps: change.steps.map(({ type, id }) => `${type} ${formatMemberId(id)}`).join(', '),
    voters: ids(confState.voters),
    learners: ids(confState.learners),
  });
}

/** Whether an entry of the older type can hold it: one step, taken at once. */
export function isSimple({ transition, steps }: ConfChange): boolean {
  return transition === 'auto' && steps.length === 1;
}

/** Whether a member is gone with this change. */
export function removes({ change, admitted }: ConfChangeApplication, member: NodeId): boolean {
  return admitted && change.steps.some(({ type, id }) => type === 'remove' && id === member);
}

/** Voters of either half, and learners. */
export function membersOf({ voters, learners, votersOutgoing }: ConfState): readonly NodeId[] {
  return [...new Set([...voters, ...learners, ...votersOutgoing])];
}

/** Voter of either half, or learner. */
export function isMember({ voters, learners, votersOutgoing }: ConfState, id: NodeId): boolean {
  return voters.includes(id) || learners.includes(id) || votersOutgoing.includes(id);
}
