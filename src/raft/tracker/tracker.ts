import { jointCommitted, jointMembers, jointVote } from '../quorum/joint.js';
import type { JointVoters } from '../quorum/joint.js';
import type { AckedIndex, Ballot, VoteResult } from '../quorum/majority.js';
import { newcomer } from '../conf-change/changer.js';
import type { Membership } from '../conf-change/changer.js';
import type { ConfState, NodeId } from '../types.js';
import type { InflightLimits } from './inflights.js';
import { Progress } from './progress.js';

const ascending = (left: NodeId, right: NodeId): number => left - right;

/** The log's position when progress is reset. */
export interface ProgressStart {
  readonly self: NodeId;
  readonly lastIndex: number;
}

/** The active configuration, and the progress of its members. */
export class Tracker {
  readonly #limits: InflightLimits;
  #config: ConfState = { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
  #voters: JointVoters = { incoming: [], outgoing: [] };
  #members: readonly NodeId[] = [];
  /** In ascending order of id: messages are sent in this order. */
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

  /** The voters of both halves, ascending. */
  get voters(): readonly NodeId[] {
    return this.#members;
  }

  get limits(): InflightLimits {
    return this.#limits;
  }

  /** Sets a configuration from storage or a snapshot, with fresh progress for all members. */
  configure(config: ConfState, { lastIndex }: ProgressStart): void {
    const learners = new Set(config.learners);
    const voters = jointMembers({ incoming: config.voters, outgoing: config.votersOutgoing });
    const ids = [...new Set([...voters, ...config.learners])].sort(ascending);
    const progress = new Map(
      ids.map((id) => [id, newcomer({ lastIndex, isLearner: learners.has(id), limits: this.#limits })]),
    );
    this.takeOn({ config, progress });
  }

  /** Sets the result of a configuration change. */
  takeOn({ config, progress }: Membership): void {
    this.#config = config;
    this.#voters = { incoming: config.voters, outgoing: config.votersOutgoing };
    this.#members = jointMembers(this.#voters);
    this.#progress = progress;
  }

  /** Resets the progress of all members (paper, figure 2: reinitialized after election). */
  resetProgress(start: ProgressStart): void {
    this.#progress = new Map([...this.#progress].map(([id, { isLearner }]) => [id, this.#fresh(id, isLearner, start)]));
  }

  /** The largest index that a quorum has acknowledged. */
  committed(): number {
    return jointCommitted(this.#voters, this.#matchOf);
  }

  /** The index that all members have, including learners; 0 in an empty configuration. */
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

  /** Records a voter's first answer. Repeated ones are ignored. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  tallyVotes(): VoteResult {
    return this.vote((id) => this.#votes.get(id));
  }

  #fresh(id: NodeId, isLearner: boolean, start: ProgressStart): Progress {
    const match = id === start.self ? start.lastIndex : 0;
    return new Progress({ match, next: start.lastIndex + 1, isLearner, limits: this.#limits });
  }
}
