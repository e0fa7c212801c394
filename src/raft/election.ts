import { forcedVoteContext } from './messages.js';
import type { LogPosition } from './log.js';
import type { RaftState } from './state.js';
import { becomeCandidate, becomePreCandidate } from './transitions.js';
import { NONE } from './types.js';
import type { Message } from './types.js';

/** `pre-vote` asks whether an election could be won; `transfer` is an election that the present leader wants. */
export type CampaignKind = 'pre-vote' | 'election' | 'transfer';

/** How much of the log is read at once when it is searched for configuration changes. */
const SCAN_BYTES = 1024 * 1024;

/** Campaigns, unless this node must not. */
export function hup(raft: RaftState, kind: CampaignKind): void {
  if (raft.role === 'leader') return;
  if (!raft.promotable) {
    raft.logger.warn('cannot campaign: it is no voter', { id: raft.id, term: raft.term });
    return;
  }
  // A change that is committed may be in force elsewhere; winning by the old configuration could make a second leader
  // in one term. An uncommitted one blocks nothing: it may never be committed without this very election.
  if (hasUnappliedConfChange(raft)) {
    raft.logger.warn('cannot campaign: a committed configuration change is not applied', { id: raft.id });
    return;
  }
  campaign(raft, kind);
}

/** Asks every voter, itself included: its own vote counts once it is durable. */
export function campaign(raft: RaftState, kind: CampaignKind): void {
  const preVote = kind === 'pre-vote';
  if (preVote) becomePreCandidate(raft);
  else becomeCandidate(raft);
  // A pre-vote asks about the term that the election would have (thesis, section 9.6).
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
 * Answers a request for a vote, in any role, and also as a learner: whoever asks may know a newer configuration, in
 * which this node is a voter; a learner that kept silent could cost the group its quorum.
 */
export function handleVoteRequest(raft: RaftState, message: Message): void {
  const preVote = message.type === 'MsgPreVote';
  const answer = preVote ? 'MsgPreVoteResp' : 'MsgVoteResp';
  const candidate: LogPosition = { index: message.index, term: message.logTerm };
  if (canVoteFor(raft, message) && raft.log.isUpToDate(candidate)) {
    // A granted pre-vote is answered with the term that was asked about, or its sender would take it for an old one.
    raft.send({ type: answer, to: message.from, term: message.term });
    if (preVote) return;
    raft.electionElapsed = 0;
    raft.vote = message.from;
    return;
  }
  raft.send({ type: answer, to: message.from, reject: true });
}

/** One vote a term, repeated to the same candidate (paper, section 5.2); a pre-vote promises nothing. */
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
    // Cut off before it was applied means that a snapshot is on its way in: what it brings is not known.
    if (typeof page === 'string') return true;
    if (page.some(({ type }) => type !== 'normal')) return true;
    next += page.length;
  }
  return false;
}
