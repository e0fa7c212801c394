import type { Member } from '../../kv/membership/members.js';
import type { LearnerProgress } from '../../node/authority/learners.js';
import type { Status } from '../../rpc/status.js';
import { Errors, learnerNotReady } from '../requests/errors.js';

/*
 * What the member that takes a request for a change of the membership checks before it proposes it: that the change
 * does not cost the cluster its quorum (etcd's --strict-reconfig-check). It looks at this member's own view, so it is a
 * guard against operators' mistakes, not a rule of the state machine.
 */

export interface ClusterView {
  readonly self: number;
  readonly members: readonly Member[];
  /** Whether this member's link to another one is up. */
  readonly isConnected: (id: number) => boolean;
}

/** How far a learner must be before it may vote, as a share of the leader's log; etcd's figure. */
const READY_SHARE = 0.9;

/** A new voter counts towards the quorum before it can help: the others must all be there. */
export function checkAdding(view: ClusterView, { isLearner }: { isLearner: boolean }): Status | undefined {
  if (isLearner) return undefined;
  const voters = votersOf(view);
  const started = voters.filter(isStarted).length;
  // A cluster of one can grow no other way: until its second member starts, it waits.
  const growing = started === 1 && voters.length === 1;
  if (!growing && started < quorum(voters.length + 1)) return Errors.notEnoughStarted;
  return voters.every(({ id }) => isActive(view, id)) ? undefined : Errors.unhealthy;
}

/** Whoever is left must have a quorum of members that are started, and reach one. */
export function checkRemoving(view: ClusterView, id: number): Status | undefined {
  const removed = view.members.find((member) => member.id === id);
  if (removed === undefined || removed.isLearner) return undefined;
  const left = votersOf(view).filter((member) => member.id !== id);
  if (left.filter(isStarted).length < quorum(left.length)) return Errors.notEnoughStarted;
  const active = left.filter((member) => isActive(view, member.id));
  // A member that is down is no part of the quorum that works: without it there is one still.
  if (!isActive(view, id)) return undefined;
  return active.length < quorum(left.length) ? Errors.unhealthy : undefined;
}

/** @param progress undefined while it is not known */
export function checkPromoting(
  view: ClusterView,
  { id, progress, strict }: { id: number; progress: LearnerProgress | undefined; strict: boolean },
): Status | undefined {
  const learner = view.members.find((member) => member.id === id);
  // Whether it may be promoted at all is the state machine's to say.
  if (learner === undefined || !learner.isLearner) return undefined;
  if (progress === undefined) return learnerNotReady("the learner's progress is not known here yet");
  const { match, leaderMatch } = progress;
  if (match < leaderMatch * READY_SHARE) {
    const percent = leaderMatch === 0 ? 0 : Math.floor((match / leaderMatch) * 100);
    return learnerNotReady(`the learner has ${match} of ${leaderMatch} entries, ${percent} %`);
  }
  if (!strict) return undefined;
  const voters = votersOf(view);
  const started = voters.filter(isStarted).length + (isStarted(learner) ? 1 : 0);
  return started < quorum(voters.length + 1) ? Errors.notEnoughStarted : undefined;
}

function votersOf({ members }: ClusterView): readonly Member[] {
  return members.filter(({ isLearner }) => !isLearner);
}

/** A member that runs publishes its name. */
function isStarted({ name }: Member): boolean {
  return name !== '';
}

function isActive({ self, isConnected }: ClusterView, id: number): boolean {
  return id === self || isConnected(id);
}

function quorum(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
