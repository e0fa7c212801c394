import type { NodeId } from '../../raft/types.js';
import type { Round, RoundAck } from '../../ports/transport.js';

/**
 * The leader's lease. It is kept beside the core, on monotonic time: ticks are late after a pause of the process.
 *
 * Every packet from a leader to a follower carries a round: a sequence number, for which the leader remembers the send
 * time. A follower that still follows answers the round, and thereby promises not to elect another leader for `leaseMs
 * × (1 + drift)`. Once a quorum has answered, no other leader can be elected before `sent + leaseMs × (1 − drift)` on
 * the leader's clock, as long as the rates of the two clocks differ by less than the bound. (Thesis, section 6.4.1,
 * with the safe time stamp: at the send, not at the answer.)
 */
interface RoundRecord {
  readonly sequence: number;
  readonly sentMs: number;
  /** The commit index at the send. Not usable before the leader has committed an entry of its own term. */
  readonly commit: number;
  readonly commitIsCurrent: boolean;
  /** The newest timestamp of each follower that had arrived before the send, by its position among `#followers`. */
  readonly times: readonly number[];
}

/** Rounds without answers of a quorum. Beyond this the oldest is dropped, which can only shorten the lease. */
const OPEN_ROUNDS_MAX = 4096;

/** The newest sequence that a quorum has answered, given each member's newest answer. */
export type QuorumOf = (answered: (member: NodeId) => number) => number;

export interface LeaseOptions {
  readonly self: NodeId;
  readonly leaseMs: number;
  readonly driftBound: number;
}

/** The rounds of one leader, and the lease that results. */
export class LeaderRounds {
  readonly #options: LeaseOptions;
  #term = 0;
  /** Never reset: a sequence identifies one round of this process. */
  #sequence = 0;
  /** The lease is off in this term, because a transfer was begun in it. */
  #forbiddenTerm = -1;
  #open: RoundRecord[] = [];
  #confirmed: RoundRecord | undefined;
  readonly #answers = new Map<NodeId, number>();
  /** Those that have answered in this leadership. */
  #followers: NodeId[] = [];
  /** Their newest timestamps. */
  #times: number[] = [];
  /** A round refers to `#times`, so that they must not change. */
  #timesAreShared = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Starts a leadership. Answers to rounds of an earlier one are void. */
  lead(term: number): void {
    this.#term = term;
    this.#open = [];
    this.#confirmed = undefined;
    this.#answers.clear();
    this.#followers = [];
    this.#times = [];
    this.#timesAreShared = false;
  }

  /** Turns the lease off for the rest of this term: a TimeoutNow forces an election whenever it arrives. */
  forbid(): void {
    this.#forbiddenTerm = this.#term;
  }

  /** Opens a round that is sent now. @returns its sequence */
  send(round: { nowMs: number; commit: number; commitIsCurrent: boolean }): number {
    const sequence = ++this.#sequence;
    this.#open.push({
      sequence,
      sentMs: round.nowMs,
      commit: round.commit,
      commitIsCurrent: round.commitIsCurrent,
      times: this.#times,
    });
    this.#timesAreShared = true;
    if (this.#open.length > OPEN_ROUNDS_MAX) this.#open.shift();
    return sequence;
  }

  /** Takes a follower's answer. @returns whether a further round is confirmed */
  answer(from: NodeId, { term, sequence, timeMs }: RoundAck, quorumOf: QuorumOf): boolean {
    // A round that was not sent cannot be answered.
    if (term !== this.#term || sequence > this.#sequence) return false;
    if (sequence > (this.#answers.get(from) ?? 0)) this.#answers.set(from, sequence);
    this.#note(from, timeMs);
    return this.confirm(quorumOf);
  }

  #note(from: NodeId, timeMs: number): void {
    if (this.#timesAreShared) this.#times = this.#times.slice();
    this.#timesAreShared = false;
    const position = this.#followers.indexOf(from);
    if (position >= 0) this.#times[position] = timeMs;
    else {
      this.#followers.push(from);
      this.#times.push(timeMs);
    }
  }

  /** Finds the newest round that a quorum has answered. A leader counts as having answered its own. */
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

  /** Whether the leader may answer reads alone. Read the clock after the read arrived. */
  holds(nowMs: number): boolean {
    if (this.#confirmed === undefined || this.#forbiddenTerm === this.#term) return false;
    return nowMs < this.#confirmed.sentMs + this.#options.leaseMs * (1 - this.#options.driftBound);
  }

  /** Send time of the newest confirmed round, and the commit index at that time. */
  freshPoint(): { timeMs: number; commit: number } | undefined {
    const round = this.#confirmed;
    if (round === undefined || !round.commitIsCurrent) return undefined;
    return { timeMs: round.sentMs, commit: round.commit };
  }

  /** The follower's own timestamp that is older than a round confirmed by a quorum, to send back to it. */
  echoFor(member: NodeId): Round['echo'] {
    const round = this.#confirmed;
    const position = this.#followers.indexOf(member);
    const timeMs = position < 0 ? undefined : round?.times[position];
    if (round === undefined || timeMs === undefined || !round.commitIsCurrent) return undefined;
    return { timeMs, commit: round.commit };
  }
}

/** The follower's side: after answering a round it does not elect another leader for a while. */
export class VoterPromise {
  readonly #promiseMs: number;
  #untilMs: number;

  /** A member that has just started may have promised before, so it begins with a full promise. */
  constructor(options: { leaseMs: number; driftBound: number; nowMs: number }) {
    this.#promiseMs = options.leaseMs * (1 + options.driftBound);
    this.#untilMs = options.nowMs + this.#promiseMs;
  }

  renew(nowMs: number): void {
    this.#untilMs = nowMs + this.#promiseMs;
  }

  /** Rest of the promise, in ms; 0 once it has ended. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** While it holds: no vote, no pre-vote, no campaign. */
  holds(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }
}
