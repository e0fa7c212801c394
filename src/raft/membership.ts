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
 * Changes of the configuration (thesis, chapter 4). Other than in the paper, a configuration is in force on a node once
 * its entry is applied there, not once it is appended. Two majorities still always meet, for a leader appends no change
 * before it has applied the one before, and nobody campaigns over one that is committed and not applied (election.ts).
 */

/** What a leader appends for what was proposed. */
export interface Admission {
  readonly drafts: readonly EntryDraft[];
  /** The index of the newest change among what is in the log then. */
  readonly pendingConfIndex: number;
}

/** A change that must not be begun now gives its place to an entry without data: proposals beside it are not held up. */
export function admitConfChanges(raft: RaftState, proposed: readonly EntryDraft[]): Admission {
  let { pendingConfIndex } = raft;
  if (proposed.every(({ type }) => type === 'normal')) return { drafts: proposed, pendingConfIndex };
  const drafts = proposed.map((draft, position): EntryDraft => {
    if (draft.type === 'normal') return draft;
    const refusal = refusalOf(raft, draft.data, pendingConfIndex);
    if (refusal !== undefined) {
      raft.logger.info('ignored a change of the configuration', { id: raft.id, refusal });
      return { type: 'normal', data: NO_BYTES };
    }
    pendingConfIndex = raft.log.lastIndex + 1 + position;
    return draft;
  });
  return { drafts, pendingConfIndex };
}

function refusalOf(raft: RaftState, data: Uint8Array, pendingConfIndex: number): string | undefined {
  const change = decoded(data);
  // It could never be applied, and came from another member: whatever that one is, it must not stop the group.
  if (change === undefined) return 'its bytes mean nothing';
  if (raft.config.disableConfChangeValidation) return undefined;
  if (pendingConfIndex > raft.log.applied) {
    return `a change may be pending at ${pendingConfIndex}, and ${raft.log.applied} is applied`;
  }
  const joint = isJoint(raft.tracker.config);
  if (joint && !leavesJoint(change)) return 'a joint configuration must be left first';
  // With another transition than auto it would go joint, and change nothing by it.
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
 * What a change makes of the configuration in force; nothing is changed yet.
 * @throws ConfChangeError where it is not allowed
 */
export function planConfChange(raft: RaftState, change: ConfChange): Membership {
  const { config, progress, limits } = raft.tracker;
  const start: ChangeStart = { config, progress, limits, lastIndex: raft.log.lastIndex };
  if (leavesJoint(change)) return leaveJoint(start);
  const joint = jointOf(change);
  return joint === undefined ? simple(start, change.steps) : enterJoint(start, change.steps, joint);
}

/** Puts a committed change into force. @throws ConfChangeError where it is not allowed */
export function applyConfChange(raft: RaftState, change: ConfChange): ConfState {
  raft.tracker.takeOn(planConfChange(raft, change));
  const { config } = raft.tracker;
  raft.logger.debug('switched to a configuration', { id: raft.id, ...config });
  const self = raft.tracker.progress.get(raft.id);
  if (raft.role === 'leader' && (self === undefined || self.isLearner)) {
    // It was still needed to commit the change, and does not count itself from here on (thesis, section 4.2.2).
    if (raft.config.stepDownOnRemoval) becomeFollower(raft, raft.term, NONE);
    return config;
  }
  if (raft.role !== 'leader' || config.voters.length === 0) return config;
  // A smaller quorum may have been reached already; newcomers hear from their leader at once.
  if (maybeCommit(raft)) broadcastAppend(raft);
  else for (const id of raft.tracker.progress.keys()) if (id !== raft.id) sendAppend(raft, id, { evenEmpty: false });
  if (raft.transferee !== NONE && !raft.tracker.voters.includes(raft.transferee)) abortTransfer(raft);
  return config;
}

/** The state machine has applied up to an index. */
export function applied(raft: RaftState, index: number): void {
  raft.log.appliedTo(Math.max(index, raft.log.applied));
  leaveJointIfDue(raft);
}

/** A joint configuration that is left by itself is left by its leader, whoever that is, once it has applied it. */
export function leaveJointIfDue(raft: RaftState): void {
  if (raft.role !== 'leader' || !raft.tracker.config.autoLeave || raft.transferee !== NONE) return;
  if (raft.log.applied < raft.pendingConfIndex || !raft.tracker.progress.has(raft.id)) return;
  raft.logger.info('leaves the joint configuration', { id: raft.id, term: raft.term });
  const index = raft.log.lastIndex + 1;
  if (!appendEntries(raft, [{ type: 'conf-change-v2', data: encodeConfChange(LEAVE_JOINT) }])) return;
  raft.pendingConfIndex = index;
  broadcastAppend(raft);
}
