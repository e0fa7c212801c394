import { assertNever } from '../util/assert.js';
import { hup } from './election.js';
import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { RaftState } from './state.js';
import { NONE } from './types.js';
import type { Message, Snapshot } from './types.js';

/** Handles a message of the current term as a follower (paper, figure 2, rules for followers). */
export function stepFollower(raft: RaftState, message: Message): Outcome {
  switch (message.type) {
    case 'MsgApp':
      followLeader(raft, message);
      handleAppend(raft, message);
      return OK;
    case 'MsgHeartbeat':
      followLeader(raft, message);
      handleHeartbeat(raft, message);
      return OK;
    case 'MsgSnap':
      followLeader(raft, message);
      handleSnapshot(raft, message);
      return OK;
    case 'MsgProp':
      if (raft.leader !== NONE && raft.config.disableProposalForwarding) return dropped('not-leader');
      return forward(raft, message);
    case 'MsgReadIndex':
    case 'MsgTransferLeader':
      return forward(raft, message);
    case 'MsgReadIndexResp':
      raft.readStates.push({ index: message.index, context: message.context });
      return OK;
    case 'MsgTimeoutNow':
      raft.logger.debug('is asked to take over', { id: raft.id, term: raft.term, from: message.from });
      // The leader itself asked for the election, so no pre-vote is needed (thesis, section 3.10).
      hup(raft, 'transfer');
      return OK;
    case 'MsgForgetLeader':
      // A leader that serves reads by its lease relies on its followers to elect no other.
      if (raft.config.readOnlyOption === 'safe') raft.leader = NONE;
      return OK;
    case 'MsgHup':
    case 'MsgBeat':
    case 'MsgAppResp':
    case 'MsgVote':
    case 'MsgVoteResp':
    case 'MsgHeartbeatResp':
    case 'MsgUnreachable':
    case 'MsgSnapStatus':
    case 'MsgCheckQuorum':
    case 'MsgPreVote':
    case 'MsgPreVoteResp':
    case 'MsgStorageAppend':
    case 'MsgStorageAppendResp':
    case 'MsgStorageApply':
    case 'MsgStorageApplyResp':
      // Answers to earlier roles of this node, and kinds that raft.ts handles in every role.
      return OK;
    default:
      return assertNever(message.type, 'message type');
  }
}

/** AppendEntries (paper, figure 2). */
export function handleAppend(raft: RaftState, message: Message): void {
  const { log } = raft;
  if (message.index < log.committed) {
    // An old message. Committed entries agree with the leader's, so acknowledge those.
    raft.send({ type: 'MsgAppResp', to: message.from, index: log.committed });
    return;
  }
  const matched = log.maybeAppend({ index: message.index, term: message.logTerm }, message.entries, message.commit);
  if (matched !== undefined) {
    raft.send({ type: 'MsgAppResp', to: message.from, index: matched });
    return;
  }
  // The leader's log has `logTerm` at `index`, so entries here of a later term cannot match. The hint skips all of them at
  // once (paper, end of section 5.3). The leader skips on its side by the hint's term.
  const hint = log.lastPossibleMatch(Math.min(message.index, log.lastIndex), message.logTerm);
  raft.logger.debug('refused an append', { id: raft.id, index: message.index, term: message.logTerm, hint });
  raft.send({
    type: 'MsgAppResp',
    to: message.from,
    index: message.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

export function handleHeartbeat(raft: RaftState, message: Message): void {
  raft.log.commitTo(message.commit);
  raft.send({ type: 'MsgHeartbeatResp', to: message.from, context: message.context });
}

/** InstallSnapshot (paper, section 7). Acknowledges the snapshot's index, or the commit index if the log has as much. */
export function handleSnapshot(raft: RaftState, message: Message): void {
  const { snapshot } = message;
  const restored = snapshot !== undefined && restore(raft, snapshot);
  raft.send({ type: 'MsgAppResp', to: message.from, index: restored ? raft.log.lastIndex : raft.log.committed });
}

/** Records the leader, and restarts the election timeout (paper, section 5.2). */
function followLeader(raft: RaftState, message: Message): void {
  raft.electionElapsed = 0;
  raft.leader = message.from;
}

function forward(raft: RaftState, message: Message): Outcome {
  if (raft.leader === NONE) return dropped('no-leader');
  const from = message.from === NONE ? raft.id : message.from;
  raft.send({ ...message, to: raft.leader, from, term: message.type === 'MsgTransferLeader' ? raft.term : 0 });
  return OK;
}

/** @returns false if the log has as much already, or the snapshot's configuration lacks this node */
function restore(raft: RaftState, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  if (index <= raft.log.committed) return false;
  const member = [...confState.voters, ...confState.learners, ...confState.votersOutgoing].includes(raft.id);
  if (!member) {
    raft.logger.warn('ignored a snapshot of a configuration without this node', { id: raft.id, index });
    return false;
  }
  if (raft.log.matches({ index, term })) {
    // The log has all entries up to the snapshot. Keep them, and take over the commit index.
    raft.log.commitTo(index);
    return false;
  }
  raft.log.restore(snapshot);
  raft.tracker.configure(confState, { self: raft.id, lastIndex: raft.log.lastIndex });
  raft.logger.info('restores a snapshot', { id: raft.id, index, term });
  return true;
}
