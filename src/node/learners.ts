import type { LearnersProgress } from '../ports/transport.js';
import type { RawNode } from '../raft/raw-node.js';
import type { NodeId } from '../raft/types.js';

/** How far one learner is. */
export interface LearnerProgress {
  readonly match: number;
  readonly leaderMatch: number;
}

/** What a leader tells of its learners; undefined where it has none, and elsewhere. */
export function learnersOf(raw: Pick<RawNode, 'id' | 'role' | 'confState' | 'status'>): LearnersProgress | undefined {
  if (raw.role !== 'leader' || raw.confState.learners.length === 0) return undefined;
  const { progress } = raw.status();
  const learners = raw.confState.learners.map((id) => ({ id, match: progress.get(id)?.match ?? 0 }));
  return { leaderMatch: progress.get(raw.id)?.match ?? 0, learners };
}

export function progressOf(all: LearnersProgress | undefined, id: NodeId): LearnerProgress | undefined {
  const found = all?.learners.find((learner) => learner.id === id);
  return all === undefined || found === undefined ? undefined : { match: found.match, leaderMatch: all.leaderMatch };
}
