import { jointCommitted } from '../../raft/quorum/joint.js';
import type { JointVoters } from '../../raft/quorum/joint.js';
import type { ConfState } from '../../raft/types.js';
import type { QuorumOf } from './lease.js';

/** The newest round that a quorum has answered; in a joint configuration, a quorum of each half. */
export function quorumOfConfiguration({ confState }: { readonly confState: ConfState }): QuorumOf {
  const voters = votersOf(confState);
  return (answered) => jointCommitted(voters, answered);
}

export function votersOf({ voters, votersOutgoing }: ConfState): JointVoters {
  return { incoming: voters, outgoing: votersOutgoing };
}
