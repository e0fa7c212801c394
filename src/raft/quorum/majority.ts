import type { NodeId } from '../types.js';

/** The state of a vote: `pending` while the missing answers could still decide it either way. */
export type VoteResult = 'pending' | 'won' | 'lost';

/** The index that a voter has durably acknowledged; undefined if it has not answered. */
export type AckedIndex = (voter: NodeId) => number | undefined;

/** A voter's answer: granted, refused, or undefined if there is none yet. */
export type Ballot = (voter: NodeId) => boolean | undefined;

/** The size of a majority. Any two majorities share a member (paper, section 5.2). */
export function majoritySize(voters: readonly NodeId[]): number {
  return Math.floor(voters.length / 2) + 1;
}

/**
 * The largest index that a majority has acknowledged. Without voters it is infinite: no constraint. So the empty half of a
 * configuration that is not joint does not count in the minimum.
 */
export function majorityCommitted(voters: readonly NodeId[], acked: AckedIndex): number {
  if (voters.length === 0) return Infinity;
  const needed = majoritySize(voters);
  let committed = 0;
  // Voters are few: to count for each takes less time than to sort, and no memory.
  for (const voter of voters) {
    const index = acked(voter) ?? 0;
    if (index > committed && countReached(voters, index, acked) >= needed) committed = index;
  }
  return committed;
}

function countReached(voters: readonly NodeId[], index: number, acked: AckedIndex): number {
  let count = 0;
  for (const voter of voters) if ((acked(voter) ?? 0) >= index) count += 1;
  return count;
}

/** Counts a vote. Without voters it is won, for the same reason. */
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
