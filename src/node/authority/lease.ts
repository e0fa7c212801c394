import type { NodeId } from '../../raft/types.js';
import type { Round } from '../../ports/transport.js';

/**
 * The leader's lease. It lives beside the core, on real monotonic time: ticks lie after a pause.
 *
 * Everything that a leader sends to its followers carries a round: a number, and on the leader's side the time at which
 * it was sent. A follower that still follows answers the round, and with it promises to elect nobody else for
 * `leaseMs × (1 + drift)`. Once a quorum has answered, nobody else can be elected before `sent + leaseMs × (1 − drift)`
 * on the leader's clock, as long as the two clocks' rates differ by less than the bound. (Thesis, section 6.4.1, with
 * the stamp taken at the sending, where it is safe, and not at the answer.)
 */
interface RoundRecord {
  readonly sequence: number;
  readonly sentMs: number;
  /** The commit index when the round was sent; of no use before the leader has committed in its own term. */
  readonly commit: number;
  readonly commitIsCurrent: boolean;
  /** The newest timestamp of each follower that had arrived when the round was sent. */
  readonly times: ReadonlyMap<NodeId, number>;
}

/** Rounds that a quorum has not answered yet; when there are more, the oldest is forgotten, which only shortens. */
const OPEN_ROUNDS_MAX = 4096;

/** The newest sequence that a quorum has answered, given each member's newest answer. */
export type QuorumOf = (answered: (member: NodeId) => number) => number;

export interface LeaseOptions {
  readonly self: NodeId;
  readonly leaseMs: number;
  readonly driftBound: number;
}

/** The rounds of one leader, and the lease that they give it. */
export class LeaderRounds {
  readonly #options: LeaseOptions;
  #term = 0;
  /** Never reset: a number names one round of this process. */
  #sequence = 0;
  /** The term in which the lease is off for good: a transfer was begun in it. */
  #forbiddenTerm = -1;
  #open: RoundRecord[] = [];
  #confirmed: RoundRecord | undefined;
  readonly #answers = new Map<NodeId, number>();
  #times: ReadonlyMap<NodeId, number> = new Map();

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** A new leadership starts with nothing: answers to an older one count for nothing. */
  lead(term: number): void {
    this.#term = term;
    this.#open = [];
    this.#confirmed = undefined;
    this.#answers.clear();
    this.#times = new Map();
  }

  /** Switches the lease off for the rest of this term: a TimeoutNow, however late it arrives, forces an election. */
  forbid(): void {
    this.#forbiddenTerm = this.#term;
  }

  /** Opens a round that is sent now. */
  send(round: { nowMs: number; commit: number; commitIsCurrent: boolean }): number {
    const sequence = ++this.#sequence;
    this.#open.push({
      sequence,
      sentMs: round.nowMs,
      commit: round.commit,
      commitIsCurrent: round.commitIsCurrent,
      times: this.#times,
    });
    if (this.#open.length > OPEN_ROUNDS_MAX) this.#open.shift();
    return sequence;
  }

  /** A follower's answer. True when it confirmed a further round. */
  answer(answer: { from: NodeId; term: number; sequence: number; timeMs: number }, quorumOf: QuorumOf): boolean {
    if (answer.term !== this.#term) return false;
    if (answer.sequence > (this.#answers.get(answer.from) ?? 0)) this.#answers.set(answer.from, answer.sequence);
    this.#times = new Map(this.#times).set(answer.from, answer.timeMs);
    return this.confirm(quorumOf);
  }

  /** Looks again which round a quorum has answered. A leader always answers its own. */
  confirm(quorumOf: QuorumOf): boolean {
    const sequence = quorumOf((member) =>
      member === this.#options.self ? this.#sequence : (this.#answers.get(member) ?? 0),
    );
    let found: RoundRecord | undefined;
    let passed = 0;
    for (const round of this.#open) {
      if (round.sequence > sequence) break;
      found = round;
      passed++;
    }
    if (found === undefined) return false;
    this.#open.splice(0, passed);
    this.#confirmed = found;
    return true;
  }

  /** Whether this leader may answer by itself now. The clock is read after the read arrived. */
  holds(nowMs: number): boolean {
    if (this.#confirmed === undefined || this.#forbiddenTerm === this.#term) return false;
    return nowMs < this.#confirmed.sentMs + this.#options.leaseMs * (1 - this.#options.driftBound);
  }

  /** When the newest confirmed round was sent, and what had been committed by then. */
  freshPoint(): { timeMs: number; commit: number } | undefined {
    const round = this.#confirmed;
    if (round === undefined || !round.commitIsCurrent) return undefined;
    return { timeMs: round.sentMs, commit: round.commit };
  }

  /** What to tell a follower about its own timestamp: it is older than a round that a quorum has confirmed. */
  echoFor(member: NodeId): Round['echo'] {
    const round = this.#confirmed;
    const timeMs = round?.times.get(member);
    if (round === undefined || timeMs === undefined || !round.commitIsCurrent) return undefined;
    return { timeMs, commit: round.commit };
  }
}

/** The follower's side: who answered a round elects nobody else for a while. */
export class VoterPromise {
  readonly #promiseMs: number;
  #untilMs: number;

  /** A member that has just started does not know what it promised before, so it keeps still for as long. */
  constructor(options: { leaseMs: number; driftBound: number; nowMs: number }) {
    this.#promiseMs = options.leaseMs * (1 + options.driftBound);
    this.#untilMs = options.nowMs + this.#promiseMs;
  }

  renew(nowMs: number): void {
    this.#untilMs = nowMs + this.#promiseMs;
  }

  /** What is left of it, in ms; 0 once it has run out. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** While it holds: no vote, no pre-vote, no campaign of our own. */
  holds(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }
}
