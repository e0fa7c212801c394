import type { Clock } from '../../ports/clock.js';
import type { Round, RoundAck } from '../../ports/transport.js';
import { isForcedVote, makeMessage } from '../../raft/messages.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { Message, NodeId } from '../../raft/types.js';
import type { Random } from '../../util/random.js';
import { Freshness } from './freshness.js';
import { LeaderRounds, VoterPromise } from './lease.js';
import { learnersOf } from './learners.js';
import { quorumOfConfiguration } from './quorum.js';
import { levelOfContext } from './reads.js';

export interface AuthorityOptions {
  readonly raw: RawNode;
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  /** Fraction: see NodeConfig.clockDriftBound. */
  readonly driftBound: number;
  /** With PreVote or CheckQuorum, the core itself informs a leader of an earlier term about the later one. */
  readonly coreCorrects: boolean;
}

/** Makes the round to send to a peer. */
export type RoundFor = (peer: NodeId) => Round | undefined;

const NO_ROUND: RoundFor = () => undefined;

/**
 * Decisions that a member makes by its clock, without asking others: a leader by the lease that a quorum's answers give it,
 * a voter by its promise behind another member's lease, and both by a bound on the age of their state.
 */
export class Authority {
  readonly #raw: RawNode;
  readonly #clock: Clock;
  readonly #rounds: LeaderRounds;
  readonly #promise: VoterPromise;
  readonly #freshness: Freshness;
  readonly #coreCorrects: boolean;

  constructor({ raw, clock, random, leaseMs, driftBound, coreCorrects }: AuthorityOptions) {
    const nowMs = clock.now();
    this.#raw = raw;
    this.#clock = clock;
    this.#rounds = new LeaderRounds({ self: raw.id, leaseMs, driftBound });
    this.#promise = new VoterPromise({ leaseMs, driftBound, nowMs });
    this.#freshness = new Freshness({ random, nowMs });
    this.#coreCorrects = coreCorrects;
  }

  /** Whether this member is the only voter, so that no other can be elected. */
  get isOnlyVoter(): boolean {
    const { voters, votersOutgoing } = this.#raw.confState;
    return voters.length === 1 && votersOutgoing.length === 0 && voters[0] === this.#raw.id;
  }

  /** Called when this member has become leader in a term. */
  lead(term: number): void {
    this.#rounds.lead(term);
  }

  /** Whether the election timer runs. A member that promised not to elect another leader does not campaign either. */
  get mayTick(): boolean {
    return this.#raw.role === 'leader' || !this.#promise.holds(this.#clock.now());
  }

  /** Rest of the promise not to elect another leader, in ms. */
  get promiseLeftMs(): number {
    return this.#promise.leftMs(this.#clock.now());
  }

  /**
   * Whether to process a message. A promise outweighs a vote request, unless a transfer forces it: then the leader has
   * given up its lease.
   */
  admits(incoming: Message): boolean {
    if (incoming.type !== 'MsgVote' && incoming.type !== 'MsgPreVote') return true;
    if (isForcedVote(incoming)) return true;
    const nowMs = this.#clock.now();
    return this.#raw.role === 'leader' ? !this.#rounds.holds(nowMs) : !this.#promise.holds(nowMs);
  }

  /** Whether this member is certainly the leader at this moment, and knows the commit index. */
  get leadsForCertain(): boolean {
    if (this.#raw.role !== 'leader' || !this.#raw.hasCommittedInTerm) return false;
    const nowMs = this.#clock.now();
    this.#roundOfOne(nowMs);
    return this.#rounds.holds(nowMs);
  }

  /**
   * The answer to a leader of an earlier term. Its followers keep their promise to it, so a member with a later term
   * cannot win their votes, and without this answer the leader would never learn of that term.
   */
  correct({ type, from: to, term }: Message): Message | undefined {
    if (this.#coreCorrects || term === 0 || term >= this.#raw.term) return undefined;
    if (type !== 'MsgApp' && type !== 'MsgHeartbeat') return undefined;
    return makeMessage({ type: 'MsgAppResp', to, from: this.#raw.id, term: this.#raw.term });
  }

  /** The answer to a follower's ReadIndex at level `default`, which needs no round while the lease holds. */
  answerAlone(incoming: Message): Message | undefined {
    if (incoming.type !== 'MsgReadIndex' || levelOfContext(incoming.context) !== 'default') return undefined;
    if (!this.leadsForCertain) return undefined;
    const { id: from, term, commit: index } = this.#raw;
    const { from: to, context } = incoming;
    return makeMessage({ type: 'MsgReadIndexResp', to, from, term, index, context });
  }

  /** Opens a round, if this member leads, for everything that is sent in this turn. */
  roundForTurn(options: { sendsTimeoutNow: boolean }): RoundFor {
    // A TimeoutNow forces an election whenever it arrives, so the lease must be off before it is sent.
    if (options.sendsTimeoutNow) this.#rounds.forbid();
    if (this.#raw.role !== 'leader') return NO_ROUND;
    const { term, minMatch } = this.#raw;
    const learners = learnersOf(this.#raw);
    const sequence = this.#openRound(this.#clock.now());
    return (peer) => ({ term, sequence, echo: this.#rounds.echoFor(peer), minMatch, learners });
  }

  /** Answers a leader's round with a promise, if this member still follows that leader. */
  answer(from: NodeId, round: Round): RoundAck | undefined {
    if (round.term !== this.#raw.term || this.#raw.leader !== from) return undefined;
    const nowMs = this.#clock.now();
    this.#promise.renew(nowMs);
    if (round.echo !== undefined) this.#freshness.echo(round.echo, nowMs);
    return { term: round.term, sequence: round.sequence, timeMs: this.#freshness.stamp(nowMs) };
  }

  /** Counts a follower's answer to a round. */
  answered(from: NodeId, ack: RoundAck): void {
    if (this.#raw.role !== 'leader') return;
    if (this.#rounds.answer(from, ack, quorumOfConfiguration(this.#raw))) this.#takeFreshPoint();
  }

  /** The state machine has applied all entries up to this index. */
  applied(index: number): void {
    this.#freshness.applied(index);
  }

  /** Upper bound on the age of this member's state, in ms; undefined while unknown. */
  ageMs(applied: number): number | undefined {
    const nowMs = this.#clock.now();
    if (this.#raw.role === 'leader') {
      this.#roundOfOne(nowMs);
      this.#takeFreshPoint();
    }
    return this.#freshness.ageMs(nowMs, applied);
  }

  #takeFreshPoint(): void {
    const point = this.#rounds.freshPoint();
    if (point !== undefined) this.#freshness.add(point);
  }

  #roundOfOne(nowMs: number): void {
    if (!this.isOnlyVoter) return;
    this.#openRound(nowMs);
    this.#rounds.confirm(quorumOfConfiguration(this.#raw));
  }

  #openRound(nowMs: number): number {
    const { commit, hasCommittedInTerm } = this.#raw;
    return this.#rounds.send({ nowMs, commit, commitIsCurrent: hasCommittedInTerm });
  }
}
