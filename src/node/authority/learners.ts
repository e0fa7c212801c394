import type { Clock } from '../../ports/clock.js';
import type { LearnersProgress, Round } from '../../ports/transport.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { NodeId } from '../../raft/types.js';

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

function progressOf(all: LearnersProgress | undefined, id: NodeId): LearnerProgress | undefined {
  const found = all?.learners.find((learner) => learner.id === id);
  return all === undefined || found === undefined ? undefined : { match: found.match, leaderMatch: all.leaderMatch };
}

export interface LearnersViewOptions {
  readonly raw: RawNode;
  readonly clock: Clock;
  /** What a leader told is believed for so long, in ms. */
  readonly freshMs: number;
}

/** How far the learners are: what a leader sees, and what it has told a follower. */
export class LearnersView {
  readonly #options: LearnersViewOptions;
  #told: { readonly all: LearnersProgress; readonly term: number; readonly atMs: number } | undefined;

  constructor(options: LearnersViewOptions) {
    this.#options = options;
  }

  told({ term, learners }: Round): void {
    if (learners !== undefined) this.#told = { all: learners, term, atMs: this.#options.clock.now() };
  }

  /** Undefined while this member has not heard of it from the present leader. */
  progress(id: NodeId): LearnerProgress | undefined {
    const { raw, clock, freshMs } = this.#options;
    if (raw.role === 'leader') return progressOf(learnersOf(raw), id);
    const told = this.#told;
    const isFresh = told !== undefined && told.term === raw.term && clock.now() - told.atMs < freshMs;
    return isFresh ? progressOf(told.all, id) : undefined;
  }
}
