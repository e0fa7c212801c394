import { assertNever } from '../util/assert.js';
import { campaign } from './election.js';
import { stepFollower } from './follower.js';
import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import { broadcastAppend } from './replication.js';
import type { RaftState } from './state.js';
import { becomeFollower, becomeLeader } from './transitions.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/** Handles a message of the current term as a candidate or pre-candidate (paper, figure 2, rules for candidates). */
export function stepCandidate(raft: RaftState, message: Message): Outcome {
  switch (message.type) {
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      // Another candidate has won this term (paper, section 5.2).
      becomeFollower(raft, message.term, message.from);
      return stepFollower(raft, message);
    case 'MsgVoteResp':
      if (raft.role === 'candidate') count(raft, message);
      return OK;
    case 'MsgPreVoteResp':
      if (raft.role === 'pre-candidate') count(raft, message);
      return OK;
    case 'MsgProp':
    case 'MsgReadIndex':
    case 'MsgTransferLeader':
      return dropped('no-leader');
    case 'MsgHup':
    case 'MsgBeat':
    case 'MsgAppResp':
    case 'MsgVote':
    case 'MsgHeartbeatResp':
    case 'MsgUnreachable':
    case 'MsgSnapStatus':
    case 'MsgCheckQuorum':
    case 'MsgTimeoutNow':
    case 'MsgReadIndexResp':
    case 'MsgPreVote':
    case 'MsgForgetLeader':
    case 'MsgStorageAppend':
    case 'MsgStorageAppendResp':
    case 'MsgStorageApply':
    case 'MsgStorageApplyResp':
      // Answers to earlier roles, and kinds that raft.ts handles in every role.
      return OK;
    default:
      return assertNever(message.type, 'message type');
  }
}

function count(raft: RaftState, message: Message): void {
  raft.tracker.recordVote(message.from, !message.reject);
  switch (raft.tracker.tallyVotes()) {
    case 'won':
      if (raft.role === 'pre-candidate') {
        campaign(raft, 'election');
      } else {
        becomeLeader(raft);
        broadcastAppend(raft);
      }
      return;
    case 'lost':
      // Pre-votes do not change the term. A refusal with a later term was handled by raft.ts.
      becomeFollower(raft, raft.term, NONE);
      return;
    case 'pending':
  }
}
