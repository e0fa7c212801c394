import { assertNever } from '../util/assert.js';
import { admitConfChanges } from './membership.js';
import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import { answerEarlyReads, confirmRead, requestRead } from './reads.js';
import { appendEntries, broadcastAppend, broadcastHeartbeat, maybeCommit, sendAppend } from './replication.js';
import type { RaftState } from './state.js';
import type { Progress } from './tracker/progress.js';
import { finishTransfer, startTransfer } from './transfer.js';
import { becomeFollower } from './transitions.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/** Handles a message of the current term as the leader (paper, figure 2, rules for leaders). */
export function stepLeader(raft: RaftState, message: Message): Outcome {
  switch (message.type) {
    case 'MsgBeat':
      broadcastHeartbeat(raft);
      return OK;
    case 'MsgCheckQuorum':
      checkQuorum(raft);
      return OK;
    case 'MsgProp':
      return propose(raft, message);
    case 'MsgReadIndex':
      return requestRead(raft, message);
    case 'MsgAppResp':
    case 'MsgHeartbeatResp':
    case 'MsgUnreachable':
    case 'MsgSnapStatus':
    case 'MsgTransferLeader':
      return stepAboutPeer(raft, message.type, message);
    case 'MsgHup':
    case 'MsgApp':
    case 'MsgVote':
    case 'MsgVoteResp':
    case 'MsgSnap':
    case 'MsgHeartbeat':
    case 'MsgTimeoutNow':
    case 'MsgReadIndexResp':
    case 'MsgPreVote':
    case 'MsgPreVoteResp':
    case 'MsgForgetLeader':
    case 'MsgStorageAppend':
    case 'MsgStorageAppendResp':
    case 'MsgStorageApply':
    case 'MsgStorageApplyResp':
      // For followers and candidates, or handled by raft.ts in every role.
      return OK;
    default:
      return assertNever(message.type, 'message type');
  }
}

type PeerMessageType = 'MsgAppResp' | 'MsgHeartbeatResp' | 'MsgUnreachable' | 'MsgSnapStatus' | 'MsgTransferLeader';

/** Handles messages about the progress of one member. Others are ignored. */
function stepAboutPeer(raft: RaftState, type: PeerMessageType, message: Message): Outcome {
  const progress = raft.tracker.progress.get(message.from);
  if (progress === undefined) return type === 'MsgTransferLeader' ? dropped('not-a-voter') : OK;
  switch (type) {
    case 'MsgAppResp':
      progress.recentActive = true;
      if (message.reject) handleRefusal(raft, message, progress);
      else handleAcknowledgement(raft, message, progress);
      return OK;
    case 'MsgHeartbeatResp':
      handleHeartbeatAnswer(raft, message, progress);
      return OK;
    case 'MsgUnreachable':
      // Optimistic appends may be lost. Probe for the follower's position before sending more.
      if (progress.state === 'replicate') progress.becomeProbe();
      return OK;
    case 'MsgSnapStatus':
      handleSnapshotStatus(message, progress);
      return OK;
    case 'MsgTransferLeader':
      return startTransfer(raft, message.from, progress);
    default:
      return assertNever(type, 'message');
  }
}

function propose(raft: RaftState, message: Message): Outcome {
  // A removed leader leads until its removal is committed, and accepts no proposals (paper, section 6).
  if (!raft.tracker.progress.has(raft.id)) return dropped('not-a-voter');
  if (raft.transferee !== NONE) return dropped('transferring');
  const { drafts, pendingConfIndex } = admitConfChanges(raft, message.entries);
  if (!appendEntries(raft, drafts)) return dropped('too-much-uncommitted');
  raft.pendingConfIndex = pendingConfIndex;
  broadcastAppend(raft);
  return OK;
}

/** Steps down unless a quorum has answered within an election timeout: a new leader may exist (thesis, section 6.2). */
function checkQuorum(raft: RaftState): void {
  const active = raft.tracker.quorumActive();
  if (!active) {
    raft.logger.warn('steps down: no quorum is active', { id: raft.id, term: raft.term });
    becomeFollower(raft, raft.term, NONE);
  }
  for (const [id, progress] of raft.tracker.progress) {
    if (id !== raft.id) progress.recentActive = false;
  }
}

function handleRefusal(raft: RaftState, message: Message, progress: Progress): void {
  // Up to the hint, the follower's log has no term above `logTerm`, so entries here of a later term cannot match.
  const hint =
    message.logTerm > 0
      ? raft.log.lastPossibleMatch(Math.min(message.rejectHint, raft.log.lastIndex), message.logTerm).index
      : message.rejectHint;
  if (!progress.refuse(message.index, hint)) return;
  if (progress.state === 'replicate') progress.becomeProbe();
  sendAppend(raft, message.from, { evenEmpty: true });
}

function handleAcknowledgement(raft: RaftState, message: Message, progress: Progress): void {
  if (message.index > raft.log.lastIndex) {
    raft.logger.error('ignored an acknowledgement past the end of the log', { id: raft.id, from: message.from });
    return;
  }
  const isNews = progress.acknowledge(message.index);
  // A repeated acknowledgement still ends a probe: the logs match up to `match`.
  if (!isNews && !(progress.state === 'probe' && progress.match === message.index)) return;
  switch (progress.state) {
    case 'probe':
      progress.becomeReplicate();
      break;
    case 'snapshot':
      // The log has the next entry that the follower needs.
      if (progress.match + 1 >= raft.log.firstIndex) progress.becomeReplicate();
      // It has the snapshot, but the log was cut further meanwhile: it needs another one.
      else if (progress.match >= progress.pendingSnapshot) progress.becomeProbe();
      break;
    case 'replicate':
      progress.inflights.release(message.index);
  }
  const { from } = message;
  if (maybeCommit(raft)) {
    answerEarlyReads(raft);
    // Followers learn the commit index at once, and can apply.
    broadcastAppend(raft);
  } else if (from !== raft.id && progress.canLearnCommit(raft.log.committed)) {
    sendAppend(raft, from, { evenEmpty: true });
  }
  // The answer may have made room for several appends.
  if (from !== raft.id) while (sendAppend(raft, from, { evenEmpty: false }));
  if (from === raft.transferee) finishTransfer(raft, progress);
}

function handleHeartbeatAnswer(raft: RaftState, message: Message, progress: Progress): void {
  progress.recentActive = true;
  if (progress.countHeartbeatAnswer()) {
    progress.resume();
    // The follower is alive. If it lacks entries, an append was lost, or it has not been probed yet.
    if (progress.match < raft.log.lastIndex || progress.state === 'probe') {
      sendAppend(raft, message.from, { evenEmpty: true });
    }
  }
  if (message.context.length > 0) confirmRead(raft, message);
}

function handleSnapshotStatus(message: Message, progress: Progress): void {
  if (progress.state !== 'snapshot') return;
  if (message.reject) progress.abandonSnapshot();
  else progress.becomeProbe();
  // Delivered: its acknowledgement will follow. Failed: the answer to the next heartbeat triggers the next attempt.
  progress.pause();
}
