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

/** What a leader does with a message of its own term, or of its own node. */
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
      // Meant for followers and candidates, or handled by raft.ts in every role.
      return OK;
    default:
      return assertNever(message.type, 'message type');
  }
}

type PeerMessageType = 'MsgAppResp' | 'MsgHeartbeatResp' | 'MsgUnreachable' | 'MsgSnapStatus' | 'MsgTransferLeader';

/** Messages that concern one member's progress; those from anybody else mean nothing. */
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
      // What was sent optimistically may be lost: find out where the follower stands before sending more.
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
  // A leader that has been removed leads on until the removal is committed, but takes nothing new (paper, section 6).
  if (!raft.tracker.progress.has(raft.id)) return dropped('not-a-voter');
  if (raft.transferee !== NONE) return dropped('transferring');
  const { drafts, pendingConfIndex } = admitConfChanges(raft, message.entries);
  if (!appendEntries(raft, drafts)) return dropped('too-much-uncommitted');
  raft.pendingConfIndex = pendingConfIndex;
  broadcastAppend(raft);
  return OK;
}

/** Without a quorum that answers within an election timeout, a leader may have been replaced (thesis, section 6.2). */
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
  // The follower's log has terms of at most `logTerm` up to the hint; entries here of a later term cannot be in it.
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
  // Old news still takes a probed follower forward: its logs agree as far as is known.
  if (!isNews && !(progress.state === 'probe' && progress.match === message.index)) return;
  switch (progress.state) {
    case 'probe':
      progress.becomeReplicate();
      break;
    case 'snapshot':
      // Whatever brought it so far, the log can take it from here.
      if (progress.match + 1 >= raft.log.firstIndex) progress.becomeReplicate();
      // It has what was sent, but the log has been cut further meanwhile: the next snapshot is due.
      else if (progress.match >= progress.pendingSnapshot) progress.becomeProbe();
      break;
    case 'replicate':
      progress.inflights.release(message.index);
  }
  const { from } = message;
  if (maybeCommit(raft)) {
    answerEarlyReads(raft);
    // At once: what is committed can be applied, and answered, everywhere.
    broadcastAppend(raft);
  } else if (from !== raft.id && progress.canLearnCommit(raft.log.committed)) {
    sendAppend(raft, from, { evenEmpty: true });
  }
  // The answer may have made room for more than one append.
  if (from !== raft.id) while (sendAppend(raft, from, { evenEmpty: false }));
  if (from === raft.transferee) finishTransfer(raft, progress);
}

function handleHeartbeatAnswer(raft: RaftState, message: Message, progress: Progress): void {
  progress.recentActive = true;
  progress.resume();
  // It is alive: if it lacks something, an append that it should have had was lost, or it is yet to be probed.
  if (progress.match < raft.log.lastIndex || progress.state === 'probe') {
    sendAppend(raft, message.from, { evenEmpty: true });
  }
  if (message.context.length > 0) confirmRead(raft, message);
}

function handleSnapshotStatus(message: Message, progress: Progress): void {
  if (progress.state !== 'snapshot') return;
  if (message.reject) progress.abandonSnapshot();
  else progress.becomeProbe();
  // Delivered: its acknowledgement is on the way. Failed: the next heartbeat's answer is soon enough to try again.
  progress.pause();
}
