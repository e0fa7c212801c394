import type { NodeId } from '../types.js';

/** How a vote stands: `pending` while the answers that are missing could still decide it either way. */
export type VoteResult = 'pending' | 'won' | 'lost';

/** What a voter has durably acknowledged; undefined where nothing was heard from it. */
export type AckedIndex = (voter: NodeId) => number | undefined;

/** A voter's answer: true yes, false no, undefined none yet. */
export type Ballot = (voter: NodeId) => boolean | undefined;

/** More than half, so that any two majorities share a member (paper, section 5.2). */
export function majoritySize(voters: readonly NodeId[]): number {
  return Math.floor(voters.length / 2) + 1;
}

/**
 * The largest index that a majority has acknowledged. No voters means no constraint, an infinite index: that makes
 * the empty half of a joint configuration drop out of the minimum by itself.
 */
export function majorityCommitted(voters: readonly NodeId[], acked: AckedIndex): number {
  if (voters.length === 0) return Infinity;
  const indexes = voters.map((voter) => acked(voter) ?? 0);
  indexes.sort((left, right) => right - left);
  return indexes[majoritySize(voters) - 1] ?? 0;
}

/** No voters means won, for the same reason as above. */
export function majorityVote(voters: readonly NodeId[], ballot: Ballot): VoteResult {
  if (voters.length === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const voter of voters) {
    const answer = ballot(voter);
    if (answer === undefined) missing += 1;
    else if (answer) granted += 1;
  }
  const needed = majoritySize(voters);
  if (granted >= needed) return 'won';
  return granted + missing >= needed ? 'pending' : 'lost';
}
