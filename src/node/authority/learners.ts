import type { Clock } from '../../ports/clock.js';
import type { LearnersProgress, Round } from '../../ports/transport.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { NodeId } from '../../raft/types.js';

/** Replication progress of one learner. */
export interface LearnerProgress {
  /** The last log index known to be stored on the learner. */
  readonly match: number;
  /** The last log index stored on the leader. */
  readonly leaderMatch: number;
}

/** The learners' progress as a leader reports it; undefined without learners, and on other members. */
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
  /** Time for which a leader's report is valid, in ms. */
  readonly freshMs: number;
}

/** Progress of the learners: known to a leader, and to a follower from the leader's reports. */
export class LearnersView {
  readonly #options: LearnersViewOptions;
  #report: { readonly all: LearnersProgress; readonly term: number; readonly atMs: number } | undefined;

  constructor(options: LearnersViewOptions) {
    this.#options = options;
  }

  /** Records the report in a leader's round. */
  reported({ term, learners }: Round): void {
    if (learners !== undefined) this.#report = { all: learners, term, atMs: this.#options.clock.now() };
  }

  /** @returns undefined if this member has no valid report of the present leader */
  progress(id: NodeId): LearnerProgress | undefined {
    const { raw, clock, freshMs } = this.#options;
    if (raw.role === 'leader') return progressOf(learnersOf(raw), id);
    const report = this.#report;
    const isFresh = report !== undefined && report.term === raw.term && clock.now() - report.atMs < freshMs;
    return isFresh ? progressOf(report.all, id) : undefined;
  }
}
