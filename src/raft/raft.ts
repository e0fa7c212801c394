import { assertNever } from '../util/assert.js';
import { stepCandidate } from './candidate.js';
import { handleVoteRequest, hup } from './election.js';
import { stepFollower } from './follower.js';
import { stepLeader } from './leader.js';
import { leaveJointIfDue } from './membership.js';
import { isForcedVote, makeMessage } from './messages.js';
import { OK } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { RaftState } from './state.js';
import { snapshotIsApplied, takeStorageAnswer } from './storage-answers.js';
import { abortTransfer, becomeFollower } from './transitions.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/** The rules for all servers (paper, figure 2): the term decides first, then the role. */
export function step(raft: RaftState, message: Message): Outcome {
  if (message.term > raft.term && !meetLaterTerm(raft, message)) return OK;
  if (message.term !== 0 && message.term < raft.term) {
    answerEarlierTerm(raft, message);
    return OK;
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
    // A target that did not take over in an election timeout will not: proposals must go on.
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

/** @returns whether the message is still to be handled */
function meetLaterTerm(raft: RaftState, message: Message): boolean {
  const { type } = message;
  // While a leader is heard from, nobody may depose it but itself: a member that was removed, or has one dead link,
  // must not disturb those that are well (thesis, section 4.2.3).
  const asksForVote = type === 'MsgVote' || type === 'MsgPreVote';
  if (asksForVote && hearsLeader(raft) && !isForcedVote(message)) return false;
  // A pre-vote, asked for or granted, speaks of a term that has not begun.
  if (type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !message.reject)) return true;
  const fromLeader = type === 'MsgApp' || type === 'MsgHeartbeat' || type === 'MsgSnap';
  becomeFollower(raft, message.term, fromLeader ? message.from : NONE);
  return true;
}

function hearsLeader(raft: RaftState): boolean {
  const { checkQuorum, electionTicks } = raft.config;
  return checkQuorum && raft.leader !== NONE && raft.electionElapsed < electionTicks;
}

/** Mostly silence, but for two senders that would otherwise be stuck. */
function answerEarlierTerm(raft: RaftState, message: Message): void {
  const { preVote, checkQuorum } = raft.config;
  const { type, from: to, term } = message;
  if ((type === 'MsgApp' || type === 'MsgHeartbeat') && (preVote || checkQuorum)) {
    // This node's term ran ahead in elections that could not be won, and its requests for votes are ignored: it must
    // let the leader know the later term, or it could never come back.
    raft.send({ type: 'MsgAppResp', to });
  } else if (type === 'MsgPreVote') {
    // The asker learns the later term: without it, it might ask for ever.
    raft.send({ type: 'MsgPreVoteResp', to, reject: true });
  } else if (type === 'MsgStorageAppendResp') {
    // Of an earlier term, the entries may have been replaced since; a snapshot never is.
    if (message.snapshot !== undefined) snapshotIsApplied(raft, message.snapshot);
  } else {
    raft.logger.debug('ignored a message of an earlier term', { id: raft.id, type, term });
  }
}
