import { forcedVoteContext } from './messages.js';
import type { LogPosition } from './log.js';
import type { RaftState } from './state.js';
import { becomeCandidate, becomePreCandidate } from './transitions.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/** `pre-vote`: asks whether an election could be won. `transfer`: an election that the leader has asked for. */
export type CampaignKind = 'pre-vote' | 'election' | 'transfer';

/** Bytes of entries that are read at once when the log is searched. */
const SCAN_BYTES = 1024 * 1024;

/** Campaigns, if this node may. */
export function hup(raft: RaftState, kind: CampaignKind): void {
  if (raft.role === 'leader') return;
  if (!raft.promotable) {
    raft.logger.warn('cannot campaign: not a voter, or not able to apply its log', { id: raft.id, term: raft.term });
    return;
  }
  if (raft.term >= Number.MAX_SAFE_INTEGER) {
    raft.logger.error('cannot campaign: the terms are used up', { id: raft.id, term: raft.term });
    return;
  }
  // Other nodes may have applied a committed change. Winning by the old configuration could make a second leader in one
  // term. An uncommitted change does not block: without this election it might never be committed.
  if (hasUnappliedConfChange(raft)) {
    raft.logger.warn('cannot campaign: a committed configuration change is not applied', { id: raft.id });
    return;
  }
  campaign(raft, kind);
}

/** Requests votes from all voters, including itself: its own vote counts once it is durable (paper, section 5.2). */
export function campaign(raft: RaftState, kind: CampaignKind): void {
  const preVote = kind === 'pre-vote';
  if (preVote) becomePreCandidate(raft);
  else becomeCandidate(raft);
  // A pre-vote states the term that the election would have (thesis, section 9.6).
  const term = preVote ? raft.term + 1 : raft.term;
  const { lastIndex: index, lastTerm: logTerm } = raft.log;
  for (const to of raft.tracker.voters) {
    if (to === raft.id) {
      raft.send({ type: preVote ? 'MsgPreVoteResp' : 'MsgVoteResp', to, term });
    } else {
      const request = { type: preVote ? 'MsgPreVote' : 'MsgVote', to, term, index, logTerm } as const;
      raft.send(kind === 'transfer' ? { ...request, context: forcedVoteContext() } : request);
    }
  }
}

/**
 * RequestVote (paper, figure 2), in any role, and also as a learner: the candidate may know a newer configuration, in which
 * this node is a voter. The group could lack a quorum if learners did not answer.
 */
export function handleVoteRequest(raft: RaftState, message: Message): void {
  const preVote = message.type === 'MsgPreVote';
  const answer = preVote ? 'MsgPreVoteResp' : 'MsgVoteResp';
  const candidate: LogPosition = { index: message.index, term: message.logTerm };
  if (canVoteFor(raft, message) && raft.log.isUpToDate(candidate)) {
    // A granted pre-vote states the term of the request. Its candidate would ignore an earlier one.
    raft.send({ type: answer, to: message.from, term: message.term });
    if (preVote) return;
    raft.electionElapsed = 0;
    raft.vote = message.from;
    return;
  }
  raft.send({ type: answer, to: message.from, reject: true });
}

/** One vote per term, repeated to the same candidate (paper, section 5.2). A pre-vote is no promise. */
function canVoteFor(raft: RaftState, message: Message): boolean {
  if (raft.vote === message.from) return true;
  if (raft.vote === NONE && raft.leader === NONE) return true;
  return message.type === 'MsgPreVote' && message.term > raft.term;
}

function hasUnappliedConfChange(raft: RaftState): boolean {
  const { log } = raft;
  let next = log.applied + 1;
  while (next <= log.committed) {
    const page = log.slice(next, log.committed + 1, SCAN_BYTES);
    // Entries that were cut before they were applied: a snapshot is being restored, whose configuration is not known.
    if (typeof page === 'string') return true;
    if (page.some(({ type }) => type !== 'normal')) return true;
    next += page.length;
  }
  return false;
}
