import { assertNever } from '../util/assert.js';
import { stepCandidate } from './candidate.js';
import { handleVoteRequest, hup } from './election.js';
import { stepFollower } from './follower.js';
import { stepLeader } from './leader.js';
import { leaveJointIfDue } from './membership.js';
import { isForcedVote, isFromLeader, makeMessage } from './messages.js';
import { OK, refused } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { RaftState } from './state.js';
import { snapshotIsApplied, takeStorageAnswer } from './storage-answers.js';
import { abortTransfer, becomeFollower } from './transitions.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/** The rules for all servers (paper, figure 2): terms first, then the role. */
export function step(raft: RaftState, message: Message): Outcome {
  if (message.term > raft.term && !meetLaterTerm(raft, message)) return OK;
  if (message.term !== 0 && message.term < raft.term) {
    answerEarlierTerm(raft, message);
    return OK;
  }
  if (isFromLeader(message.type) && raft.leader !== NONE && raft.leader !== message.from) {
    // A term has one leader (paper, section 5.2), so this is a forgery or a bug in the other node.
    raft.logger.error('refused a message of a second leader', { id: raft.id, term: raft.term, from: message.from });
    return refused('not-the-leader');
  }
  if (message.type === 'MsgStorageAppendResp' || message.type === 'MsgStorageApplyResp') {
    takeStorageAnswer(raft, message);
    return OK;
  }
  if (message.type === 'MsgHup') {
    hup(raft, raft.config.preVote ? 'pre-vote' : 'election');
    return OK;
  }
  if (message.type === 'MsgVote' || message.type === 'MsgPreVote') {
    handleVoteRequest(raft, message);
    return OK;
  }
  return stepRole(raft, message);
}

/** One tick of the embedder's clock. */
export function tick(raft: RaftState): void {
  raft.electionElapsed += 1;
  if (raft.role === 'leader') tickLeader(raft);
  else if (raft.promotable && raft.electionElapsed >= raft.randomizedElectionTicks) {
    raft.electionElapsed = 0;
    step(raft, makeMessage({ type: 'MsgHup', to: raft.id }));
  }
}

function stepRole(raft: RaftState, message: Message): Outcome {
  switch (raft.role) {
    case 'follower':
      return stepFollower(raft, message);
    case 'pre-candidate':
    case 'candidate':
      return stepCandidate(raft, message);
    case 'leader':
      return stepLeader(raft, message);
    default:
      return assertNever(raft.role, 'role');
  }
}

function tickLeader(raft: RaftState): void {
  raft.heartbeatElapsed += 1;
  const { electionTicks, heartbeatTicks, checkQuorum } = raft.config;
  if (raft.electionElapsed >= electionTicks) {
    raft.electionElapsed = 0;
    if (checkQuorum) step(raft, makeMessage({ type: 'MsgCheckQuorum', to: raft.id }));
    // A target that has not taken over within an election timeout will not; proposals must continue.
    if (raft.transferee !== NONE) {
      abortTransfer(raft);
      leaveJointIfDue(raft);
    }
  }
  if (raft.role === 'leader' && raft.heartbeatElapsed >= heartbeatTicks) {
    raft.heartbeatElapsed = 0;
    step(raft, makeMessage({ type: 'MsgBeat', to: raft.id }));
  }
}

/** Applies the rules for a later term (paper, section 5.1). @returns whether the message is still to be handled */
function meetLaterTerm(raft: RaftState, message: Message): boolean {
  const { type } = message;
  // A node that hears a leader ignores vote requests, unless that leader transfers its leadership. A removed member, or
  // one with a broken link, must not disturb the others (thesis, section 4.2.3).
  const asksForVote = type === 'MsgVote' || type === 'MsgPreVote';
  if (asksForVote && hearsLeader(raft) && !isForcedVote(message)) return false;
  // The term of a pre-vote, requested or granted, has not begun yet.
  if (type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !message.reject)) return true;
  const fromLeader = type === 'MsgApp' || type === 'MsgHeartbeat' || type === 'MsgSnap';
  becomeFollower(raft, message.term, fromLeader ? message.from : NONE);
  return true;
}

function hearsLeader(raft: RaftState): boolean {
  const { checkQuorum, electionTicks } = raft.config;
  return checkQuorum && raft.leader !== NONE && raft.electionElapsed < electionTicks;
}

/** Ignores messages of an earlier term, except from two senders that would otherwise be stuck. */
function answerEarlierTerm(raft: RaftState, message: Message): void {
  const { preVote, checkQuorum } = raft.config;
  const { type, from: to, term } = message;
  if ((type === 'MsgApp' || type === 'MsgHeartbeat') && (preVote || checkQuorum)) {
    // This node raised its term in elections that it could not win, and its vote requests are ignored. It reports its
    // term to the leader, or it could never rejoin.
    raft.send({ type: 'MsgAppResp', to });
  } else if (type === 'MsgPreVote') {
    // The candidate learns the later term. Otherwise it might ask for ever.
    raft.send({ type: 'MsgPreVoteResp', to, reject: true });
  } else if (type === 'MsgStorageAppendResp') {
    // The entries may have been replaced since. A snapshot never is.
    if (message.snapshot !== undefined) snapshotIsApplied(raft, message.snapshot);
  } else {
    raft.logger.debug('ignored a message of an earlier term', { id: raft.id, type, term });
  }
}
