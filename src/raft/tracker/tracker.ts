import { jointCommitted, jointMembers, jointVote } from '../quorum/joint.js';
import type { JointVoters } from '../quorum/joint.js';
import type { AckedIndex, Ballot, VoteResult } from '../quorum/majority.js';
import type { ConfState, NodeId } from '../types.js';
import type { InflightLimits } from './inflights.js';
import { Progress } from './progress.js';

const ascending = (left: NodeId, right: NodeId): number => left - right;

/** Where the log stands when progress is made anew. */
export interface ProgressStart {
  readonly self: NodeId;
  readonly lastIndex: number;
}

/** The configuration, and what a node knows about each member of it. */
export class Tracker {
  readonly #limits: InflightLimits;
  #config: ConfState = { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
  #voters: JointVoters = { incoming: [], outgoing: [] };
  #members: readonly NodeId[] = [];
  /** In ascending order of id: it is iterated wherever messages are sent. */
  #progress: ReadonlyMap<NodeId, Progress> = new Map();
  readonly #votes = new Map<NodeId, boolean>();
  readonly #matchOf: AckedIndex = (id) => this.#progress.get(id)?.match;

  constructor(limits: InflightLimits) {
    this.#limits = limits;
  }

  get config(): ConfState {
    return this.#config;
  }

  /** Ascending by id. */
  get progress(): ReadonlyMap<NodeId, Progress> {
    return this.#progress;
  }

  /** Everybody who votes in either half, ascending. */
  get voters(): readonly NodeId[] {
    return this.#members;
  }

  /** Takes on a configuration. Members that stay keep their progress; new ones are probed at the end of the log. */
  configure(config: ConfState, start: ProgressStart): void {
    this.#config = config;
    this.#voters = { incoming: config.voters, outgoing: config.votersOutgoing };
    this.#members = jointMembers(this.#voters);
    const learners = new Set(config.learners);
    const ids = [...new Set([...this.#members, ...config.learners])].sort(ascending);
    const before = this.#progress;
    this.#progress = new Map(
      ids.map((id) => {
        const isLearner = learners.has(id);
        const kept = before.get(id);
        if (kept !== undefined) kept.isLearner = isLearner;
        return [id, kept ?? this.#newcomer(isLearner, start)];
      }),
    );
  }

  /** Forgets what was known about everybody: a role begins (paper, figure 2: reinitialized after election). */
  resetProgress(start: ProgressStart): void {
    this.#progress = new Map([...this.#progress].map(([id, { isLearner }]) => [id, this.#fresh(id, isLearner, start)]));
  }

  /** The largest index that a quorum has acknowledged. */
  committed(): number {
    return jointCommitted(this.#voters, this.#matchOf);
  }

  /** The smallest index that every member has, learners too; 0 in an empty configuration. */
  minMatch(): number {
    let least = Infinity;
    for (const { match } of this.#progress.values()) least = Math.min(least, match);
    return least === Infinity ? 0 : least;
  }

  quorumActive(): boolean {
    return this.vote((id) => this.#progress.get(id)?.recentActive ?? false) === 'won';
  }

  vote(ballot: Ballot): VoteResult {
    return jointVote(this.#voters, ballot);
  }

  resetVotes(): void {
    this.#votes.clear();
  }

  /** The first answer of a voter counts; a repeated message changes nothing. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  tallyVotes(): VoteResult {
    return this.vote((id) => this.#votes.get(id));
  }

  /** A newcomer counts as heard from, lest the next check of the quorum depose the leader that has just added it. */
  #newcomer(isLearner: boolean, { lastIndex }: ProgressStart): Progress {
    const progress = new Progress({ match: 0, next: Math.max(lastIndex, 1), isLearner, limits: this.#limits });
    progress.recentActive = true;
    return progress;
  }

  #fresh(id: NodeId, isLearner: boolean, start: ProgressStart): Progress {
    const match = id === start.self ? start.lastIndex : 0;
    return new Progress({ match, next: start.lastIndex + 1, isLearner, limits: this.#limits });
  }
}
