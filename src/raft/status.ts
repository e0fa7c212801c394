import type { RaftState } from './state.js';
import type { ProgressState } from './tracker/progress.js';
import type { ConfState, NodeId, Role } from './types.js';

/** The leader's view of one member. */
export interface ProgressStatus {
  readonly match: number;
  readonly next: number;
  readonly state: ProgressState;
  readonly isLearner: boolean;
  readonly recentActive: boolean;
  /** No append is sent before its next answer. */
  readonly paused: boolean;
  readonly pendingSnapshot: number;
  readonly inflightMessages: number;
  readonly inflightBytes: number;
}

/** A copy of a node's state, for people and metrics. */
export interface Status {
  readonly id: NodeId;
  readonly term: number;
  readonly vote: NodeId;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly leader: NodeId;
  readonly role: Role;
  /** The target of a leadership transfer, or 0. */
  readonly transferee: NodeId;
  readonly config: ConfState;
  /** By ascending id; empty unless this node leads. */
  readonly progress: ReadonlyMap<NodeId, ProgressStatus>;
}

export function statusOf(raft: RaftState): Status {
  const members = raft.role === 'leader' ? raft.tracker.progress : [];
  return {
    id: raft.id,
    term: raft.term,
    vote: raft.vote,
    commit: raft.log.committed,
    applied: raft.log.applied,
    lastIndex: raft.log.lastIndex,
    leader: raft.leader,
    role: raft.role,
    transferee: raft.transferee,
    config: raft.tracker.config,
    progress: new Map(
      [...members].map(([id, progress]) => [
        id,
        {
          match: progress.match,
          next: progress.next,
          state: progress.state,
          isLearner: progress.isLearner,
          recentActive: progress.recentActive,
          paused: progress.paused,
          pendingSnapshot: progress.pendingSnapshot,
          inflightMessages: progress.inflights.count,
          inflightBytes: progress.inflights.bytes,
        },
      ]),
    ),
  };
}
