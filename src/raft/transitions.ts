import { assert } from '../util/assert.js';
import { randomInteger } from '../util/random.js';
import { ReadOnly } from './read-only.js';
import { appendEntries } from './replication.js';
import type { RaftState } from './state.js';
import { NONE } from './types.js';
import type { NodeId, Role } from './types.js';

/** The transitions between roles (paper, figure 4). */

export function becomeFollower(raft: RaftState, term: number, leader: NodeId): void {
  reset(raft, term);
  raft.leader = leader;
  enter(raft, 'follower');
}

/** Begins a pre-vote: it does not raise the term, so a hopeless election disturbs no other node (thesis, section 9.6). */
export function becomePreCandidate(raft: RaftState): void {
  assert(raft.role !== 'leader', 'a leader does not campaign');
  // Term and vote stay as they are. Only the count of answers restarts.
  raft.tracker.resetVotes();
  raft.leader = NONE;
  enter(raft, 'pre-candidate');
}

export function becomeCandidate(raft: RaftState): void {
  assert(raft.role !== 'leader', 'a leader does not campaign');
  reset(raft, raft.term + 1);
  raft.vote = raft.id;
  enter(raft, 'candidate');
}

export function becomeLeader(raft: RaftState): void {
  assert(raft.role === 'candidate', `a ${raft.role} cannot become leader`);
  reset(raft, raft.term);
  raft.leader = raft.id;
  enter(raft, 'leader');
  const self = raft.tracker.progress.get(raft.id);
  if (self !== undefined) {
    self.becomeReplicate();
    self.recentActive = true;
  }
  // A configuration change of an earlier leader may be anywhere in the log, so this leader makes none before it has applied
  // the whole log. A change after the no-op is committed only after an entry of this term is (Ongaro, "bug in single-server
  // membership changes", raft-dev 2015).
  raft.pendingConfIndex = raft.log.lastIndex;
  // The no-op commits the entries of earlier terms (paper, section 8) and enables reads.
  const taken = appendEntries(raft, [{ type: 'normal', data: new Uint8Array(0) }]);
  assert(taken, 'the no-op of a term is never refused');
}

/** Gives up a leadership transfer (thesis, section 3.10). */
export function abortTransfer(raft: RaftState): void {
  raft.transferee = NONE;
}

function enter(raft: RaftState, role: Role): void {
  raft.role = role;
  raft.logger.debug(`became ${role}`, { id: raft.id, term: raft.term, leader: raft.leader });
}

function reset(raft: RaftState, term: number): void {
  assert(term >= raft.term, `the term goes back from ${raft.term} to ${term}`);
  if (term !== raft.term) {
    raft.term = term;
    raft.vote = NONE;
  }
  raft.leader = NONE;
  raft.electionElapsed = 0;
  raft.heartbeatElapsed = 0;
  const { electionTicks, random } = raft.config;
  raft.randomizedElectionTicks = randomInteger(random, electionTicks, 2 * electionTicks);
  abortTransfer(raft);
  raft.tracker.resetVotes();
  raft.tracker.resetProgress({ self: raft.id, lastIndex: raft.log.lastIndex });
  raft.pendingConfIndex = 0;
  raft.leaseForfeited = false;
  raft.uncommitted.clear();
  raft.readOnly = new ReadOnly();
  raft.earlyReads = [];
  // Read states of an earlier leader are dropped. Their reads ask again.
  raft.readStates = [];
}
