import { assert, assertNever } from '../util/assert.js';
import { hup } from './election.js';
import { OK, dropped } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { RaftState } from './state.js';
import { NONE } from './types.js';
import type { Message, Snapshot } from './types.js';

/** What a follower does with a message of its own term (paper, figure 2: rules for servers). */
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
      raft.logger.info('is asked to take over', { id: raft.id, term: raft.term, from: message.from });
      // The leader itself wants it, so there is nobody to ask beforehand (thesis, section 3.10).
      hup(raft, 'transfer');
      return OK;
    case 'MsgForgetLeader':
      // A leader that reads by its lease relies on those who hear it to elect nobody else.
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
      // Answers to roles that this node has left, and what raft.ts handles in every role.
      return OK;
    default:
      return assertNever(message.type, 'message type');
  }
}

export function handleAppend(raft: RaftState, message: Message): void {
  const { log } = raft;
  if (message.index < log.committed) {
    // Older than what is settled: say how far this log certainly agrees.
    raft.send({ type: 'MsgAppResp', to: message.from, index: log.committed });
    return;
  }
  const matched = log.maybeAppend({ index: message.index, term: message.logTerm }, message.entries, message.commit);
  if (matched !== undefined) {
    raft.send({ type: 'MsgAppResp', to: message.from, index: matched });
    return;
  }
  // The leader's log has `logTerm` at `index`, so it cannot agree with an entry here of a later term: the hint skips
  // all of those at once (paper, end of section 5.3). The leader skips on its side by the hint's term.
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

/** Answers with the index that is now certain: the snapshot's, or this log's own where it is no better. */
export function handleSnapshot(raft: RaftState, message: Message): void {
  const { snapshot } = message;
  const restored = snapshot !== undefined && restore(raft, snapshot);
  raft.send({ type: 'MsgAppResp', to: message.from, index: restored ? raft.log.lastIndex : raft.log.committed });
}

/** Every word of the leader puts off the next election. */
function followLeader(raft: RaftState, message: Message): void {
  assert(
    raft.leader === NONE || raft.leader === message.from,
    `two leaders in term ${raft.term}: ${raft.leader} and ${message.from}`,
  );
  raft.electionElapsed = 0;
  raft.leader = message.from;
}

function forward(raft: RaftState, message: Message): Outcome {
  if (raft.leader === NONE) return dropped('no-leader');
  const from = message.from === NONE ? raft.id : message.from;
  raft.send({ ...message, to: raft.leader, from, term: message.type === 'MsgTransferLeader' ? raft.term : 0 });
  return OK;
}

/** @returns false where the log holds as much already, or the snapshot is of a group without this node */
function restore(raft: RaftState, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  if (index <= raft.log.committed) return false;
  const member = [...confState.voters, ...confState.learners, ...confState.votersOutgoing].includes(raft.id);
  if (!member) {
    raft.logger.warn('ignored a snapshot of a configuration without this node', { id: raft.id, index });
    return false;
  }
  if (raft.log.matches({ index, term })) {
    // The log leads up to it anyway: keep the entries, and take over what the snapshot says about commitment.
    raft.log.commitTo(index);
    return false;
  }
  raft.log.restore(snapshot);
  raft.tracker.configure(confState, { self: raft.id, lastIndex: raft.log.lastIndex });
  raft.logger.info('takes on a snapshot', { id: raft.id, index, term });
  return true;
}
