import type { NodeId } from '../types.js';
import { majorityCommitted, majorityVote } from './majority.js';
import type { AckedIndex, Ballot, VoteResult } from './majority.js';

/** The voters of a configuration; `outgoing` is empty unless it is joint. Both ascending. */
export interface JointVoters {
  readonly incoming: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
}

/** Agreement needs a majority of the old and one of the new configuration, separately (paper, section 6). */
export function jointCommitted(voters: JointVoters, acked: AckedIndex): number {
  return Math.min(majorityCommitted(voters.incoming, acked), majorityCommitted(voters.outgoing, acked));
}

export function jointVote(voters: JointVoters, ballot: Ballot): VoteResult {
  const incoming = majorityVote(voters.incoming, ballot);
  const outgoing = majorityVote(voters.outgoing, ballot);
  if (incoming === outgoing) return incoming;
  // One lost half loses the whole, however the other stands.
  if (incoming === 'lost' || outgoing === 'lost') return 'lost';
  return 'pending';
}

/** Everybody who votes in either half, ascending, once each. */
export function jointMembers(voters: JointVoters): readonly NodeId[] {
  if (voters.outgoing.length === 0) return voters.incoming;
  return [...new Set([...voters.incoming, ...voters.outgoing])].sort((left, right) => left - right);
}
