import { NO_BYTES } from './bytes.js';
import { enterJoint, isJoint, leaveJoint, simple } from './conf-change/changer.js';
import type { ChangeStart, Membership } from './conf-change/changer.js';
import {
  ConfChangeFormatError,
  decodeConfChange,
  encodeConfChange,
  jointOf,
  LEAVE_JOINT,
  leavesJoint,
} from './conf-change/codec.js';
import { appendEntries, broadcastAppend, maybeCommit, sendAppend } from './replication.js';
import type { EntryDraft } from './replication.js';
import type { RaftState } from './state.js';
import { abortTransfer, becomeFollower } from './transitions.js';
import { NONE } from './types.js';
import type { ConfChange, ConfState } from './types.js';

/*
 * Configuration changes (thesis, chapter 4). Unlike in the paper, a node uses a new configuration once its entry is
 * applied, not once it is appended. Majorities still overlap: a leader appends no change before it has applied the one
 * before, and a node with a committed change that it has not applied does not campaign (election.ts).
 */

/** The entries that a leader appends for proposals. */
export interface Admission {
  readonly drafts: readonly EntryDraft[];
  /** The index of the newest configuration change in the log afterwards. */
  readonly pendingConfIndex: number;
}

/** Replaces changes that must not begin now by empty entries, so that the other proposals are not delayed. */
export function admitConfChanges(raft: RaftState, proposed: readonly EntryDraft[]): Admission {
  let { pendingConfIndex } = raft;
  if (proposed.every(({ type }) => type === 'normal')) return { drafts: proposed, pendingConfIndex };
  const drafts = proposed.map((draft, position): EntryDraft => {
    if (draft.type === 'normal') return draft;
    const refusal = refusalOf(raft, draft.data, pendingConfIndex);
    if (refusal !== undefined) {
      raft.logger.info('ignored a configuration change', { id: raft.id, refusal });
      return { type: 'normal', data: NO_BYTES };
    }
    pendingConfIndex = raft.log.lastIndex + 1 + position;
    return draft;
  });
  return { drafts, pendingConfIndex };
}

function refusalOf(raft: RaftState, data: Uint8Array, pendingConfIndex: number): string | undefined {
  const change = decoded(data);
  // It could never be applied. It came from another member, which must not stop the group.
  if (change === undefined) return 'its bytes do not decode';
  if (raft.config.disableConfChangeValidation) return undefined;
  if (pendingConfIndex > raft.log.applied) {
    return `a change may be pending at ${pendingConfIndex}, and ${raft.log.applied} is applied`;
  }
  const joint = isJoint(raft.tracker.config);
  if (joint && !leavesJoint(change)) return 'a joint configuration must be left first';
  // With a transition other than auto it would enter a joint configuration without any change.
  if (!joint && change.steps.length === 0) return 'there is no joint configuration to leave';
  return undefined;
}

function decoded(data: Uint8Array): ConfChange | undefined {
  try {
    return decodeConfChange(data);
  } catch (error) {
    if (error instanceof ConfChangeFormatError) return undefined;
    throw error;
  }
}

/**
 * Computes the configuration after a change, without applying it.
 * @throws ConfChangeError if the change is not allowed
 */
export function planConfChange(raft: RaftState, change: ConfChange): Membership {
  const { config, progress, limits } = raft.tracker;
  const start: ChangeStart = { config, progress, limits, lastIndex: raft.log.lastIndex };
  if (leavesJoint(change)) return leaveJoint(start);
  const joint = jointOf(change);
  return joint === undefined ? simple(start, change.steps) : enterJoint(start, change.steps, joint);
}

/** Applies a committed change. @throws ConfChangeError if it is not allowed */
export function applyConfChange(raft: RaftState, change: ConfChange): ConfState {
  raft.tracker.takeOn(planConfChange(raft, change));
  const { config } = raft.tracker;
  raft.logger.debug('switched to a configuration', { id: raft.id, ...config });
  const self = raft.tracker.progress.get(raft.id);
  if (raft.role === 'leader' && (self === undefined || self.isLearner)) {
    // It was needed to commit the change. From now on it does not count itself (thesis, section 4.2.2).
    if (raft.config.stepDownOnRemoval) becomeFollower(raft, raft.term, NONE);
    return config;
  }
  if (raft.role !== 'leader' || config.voters.length === 0) return config;
  // A smaller quorum may have been reached already. New members hear from the leader at once.
  if (maybeCommit(raft)) broadcastAppend(raft);
  else for (const id of raft.tracker.progress.keys()) if (id !== raft.id) sendAppend(raft, id, { evenEmpty: false });
  if (raft.transferee !== NONE && !raft.tracker.voters.includes(raft.transferee)) abortTransfer(raft);
  return config;
}

/** The state machine has applied all entries up to an index. */
export function applied(raft: RaftState, index: number): void {
  raft.log.appliedTo(Math.max(index, raft.log.applied));
  leaveJointIfDue(raft);
}

/** With `autoLeave`, the leader leaves a joint configuration once it has applied it (thesis, section 4.3). */
export function leaveJointIfDue(raft: RaftState): void {
  if (raft.role !== 'leader' || !raft.tracker.config.autoLeave || raft.transferee !== NONE) return;
  if (raft.log.applied < raft.pendingConfIndex || !raft.tracker.progress.has(raft.id)) return;
  raft.logger.info('leaves the joint configuration', { id: raft.id, term: raft.term });
  const index = raft.log.lastIndex + 1;
  if (!appendEntries(raft, [{ type: 'conf-change-v2', data: encodeConfChange(LEAVE_JOINT) }])) return;
  raft.pendingConfIndex = index;
  broadcastAppend(raft);
}
