import type { Member } from '../../kv/membership/members.js';
import type { LearnerProgress } from '../../node/authority/learners.js';
import type { Status } from '../../rpc/status.js';
import { Errors, learnerNotReady } from '../requests/errors.js';

/*
 * Checks of a membership change before it is proposed: the change must not cost the cluster its quorum (etcd's
 * --strict-reconfig-check). They use this member's own view, so they guard against mistakes of operators. They are not
 * rules of the state machine.
 */

export interface ClusterView {
  readonly self: number;
  readonly members: readonly Member[];
  /** Whether this member's link to another one is up. */
  readonly isConnected: (id: number) => boolean;
}

/** Share of the leader's log that a learner needs before it may vote. The value is etcd's. */
const READY_SHARE = 0.9;

/** A new voter raises the quorum before it can acknowledge anything, so all others must be connected. */
export function checkAdding(view: ClusterView, { isLearner }: { isLearner: boolean }): Status | undefined {
  if (isLearner) return undefined;
  const voters = votersOf(view);
  const started = voters.filter(isStarted).length;
  // The only way for a cluster of one to grow; it waits until its second member starts.
  const growing = started === 1 && voters.length === 1;
  if (!growing && started < quorum(voters.length + 1)) return Errors.notEnoughStarted;
  return voters.every(({ id }) => isActive(view, id)) ? undefined : Errors.unhealthy;
}

/** The remaining members must include a quorum that is started and connected. */
export function checkRemoving(view: ClusterView, id: number): Status | undefined {
  const removed = view.members.find((member) => member.id === id);
  if (removed === undefined || removed.isLearner) return undefined;
  const left = votersOf(view).filter((member) => member.id !== id);
  if (left.filter(isStarted).length < quorum(left.length)) return Errors.notEnoughStarted;
  const active = left.filter((member) => isActive(view, member.id));
  // Removing a member that is down leaves the working quorum as it is.
  if (!isActive(view, id)) return undefined;
  return active.length < quorum(left.length) ? Errors.unhealthy : undefined;
}

/** @param progress undefined if it is not known */
export function checkPromoting(
  view: ClusterView,
  { id, progress, strict }: { id: number; progress: LearnerProgress | undefined; strict: boolean },
): Status | undefined {
  const learner = view.members.find((member) => member.id === id);
  // The state machine decides whether such an id may be promoted.
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

/** A member publishes its name when it runs. */
function isStarted({ name }: Member): boolean {
  return name !== '';
}

function isActive({ self, isConnected }: ClusterView, id: number): boolean {
  return id === self || isConnected(id);
}

function quorum(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
