import type { Outcome } from '../../raft/outcome.js';
import type { ConfChangeApplication } from '../../ports/state-machine.js';
import type { ConfChange, ConfState, NodeId } from '../../raft/types.js';
import type { Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';

/** A proposed configuration change. */
export interface ConfChangeProposal {
  readonly change: ConfChange;
  /** Set by the caller when it stops waiting. If the change is still in the queue, it is then discarded. */
  abandoned: boolean;
  /** Set by the node when it passes the change to the core: from then on its outcome can be unknown. */
  proposed: boolean;
}

/** Bound on the queue. Operators make changes one at a time, so it is rarely reached. */
const WAITING_MAX = 64;

/** The bounded queue of configuration changes from the services to the core. */
export class ConfChangeQueue {
  #waiting: ConfChangeProposal[] = [];

  /** Queues a change. @returns false, without queueing it, if the queue is full */
  trySend(proposal: ConfChangeProposal): boolean {
    this.#waiting = this.#waiting.filter(({ abandoned }) => !abandoned);
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push(proposal);
    return true;
  }

  /**
   * Passes queued changes to the core until it drops one. A leader that must not begin a change yet appends an empty
   * entry instead, and the caller proposes the change again.
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

/** @param committedAtStart the commit index at the start: changes up to it are replays, and logged at level debug */
export function logConfChange(
  logger: Logger,
  { entry, change, admitted, confState }: ConfChangeApplication,
  committedAtStart: number,
): void {
  const level = entry.index > committedAtStart ? 'info' : 'debug';
  const ids = (list: readonly NodeId[]): string => list.map((id) => formatMemberId(id)).join(',');
  logger[level](admitted ? 'configuration changed' : 'configuration change refused', {
    index: entry.index,
    steps: change.steps.map(({ type, id }) => `${type} ${formatMemberId(id)}`).join(', '),
    voters: ids(confState.voters),
    learners: ids(confState.learners),
  });
}

/** Whether the older entry type can hold the change: a single step. */
export function isSimple({ transition, steps }: ConfChange): boolean {
  return transition === 'auto' && steps.length === 1;
}

/** Whether the change removes a member. */
export function removes({ change, admitted }: ConfChangeApplication, member: NodeId): boolean {
  return admitted && change.steps.some(({ type, id }) => type === 'remove' && id === member);
}

/** Voters of both halves, and learners. */
export function membersOf({ voters, learners, votersOutgoing }: ConfState): readonly NodeId[] {
  return [...new Set([...voters, ...learners, ...votersOutgoing])];
}

/** Whether a member is a voter of either half, or a learner. */
export function isMember({ voters, learners, votersOutgoing }: ConfState, id: NodeId): boolean {
  return voters.includes(id) || learners.includes(id) || votersOutgoing.includes(id);
}
