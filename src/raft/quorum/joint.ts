import type { NodeId } from '../types.js';
import { majorityCommitted, majorityVote } from './majority.js';
import type { AckedIndex, Ballot, VoteResult } from './majority.js';

/** The voters of a configuration, ascending. `outgoing` is empty unless it is joint. */
export interface JointVoters {
  readonly incoming: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
}

/** The index committed by separate majorities of the old and the new configuration (paper, section 6). */
export function jointCommitted(voters: JointVoters, acked: AckedIndex): number {
  return Math.min(majorityCommitted(voters.incoming, acked), majorityCommitted(voters.outgoing, acked));
}

export function jointVote(voters: JointVoters, ballot: Ballot): VoteResult {
  const incoming = majorityVote(voters.incoming, ballot);
  const outgoing = majorityVote(voters.outgoing, ballot);
  if (incoming === outgoing) return incoming;
  // A vote that is lost in one half is lost.
  if (incoming === 'lost' || outgoing === 'lost') return 'lost';
  return 'pending';
}

/** The voters of both halves, ascending, without duplicates. */
export function jointMembers(voters: JointVoters): readonly NodeId[] {
  if (voters.outgoing.length === 0) return voters.incoming;
  return [...new Set([...voters.incoming, ...voters.outgoing])].sort((left, right) => left - right);
}
