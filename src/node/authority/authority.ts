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
  /** As a fraction: see NodeConfig.clockDriftBound. */
  readonly driftBound: number;
  /** The core lets a leader of an earlier term know of the later one by itself: with PreVote, and with CheckQuorum. */
  readonly coreCorrects: boolean;
}

/** Makes the round that travels to a peer. */
export type RoundFor = (peer: NodeId) => Round | undefined;

const NO_ROUND: RoundFor = () => undefined;

/**
 * What this member may say by itself, on the strength of clocks: as a leader, through the lease that a quorum's answers
 * give it; as a voter, by the promise that stands behind another's lease; and as either, how old its state can be.
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

  /** Nobody else votes: there is nobody to ask, and nobody else could be elected. */
  get isOnlyVoter(): boolean {
    const { voters, votersOutgoing } = this.#raw.confState;
    return voters.length === 1 && votersOutgoing.length === 0 && voters[0] === this.#raw.id;
  }

  /** A leadership begins in this term. */
  lead(term: number): void {
    this.#rounds.lead(term);
  }

  /** Who has promised to elect nobody else does not campaign either, and so must not count towards an election. */
  get mayTick(): boolean {
    return this.#raw.role === 'leader' || !this.#promise.holds(this.#clock.now());
  }

  /** What is left of the promise to elect nobody else, in ms. */
  get promiseLeftMs(): number {
    return this.#promise.leftMs(this.#clock.now());
  }

  /** A promise outweighs a request for a vote, unless a transfer forces it: then the leader has given up its lease. */
  admits(incoming: Message): boolean {
    if (incoming.type !== 'MsgVote' && incoming.type !== 'MsgPreVote') return true;
    if (isForcedVote(incoming)) return true;
    const nowMs = this.#clock.now();
    return this.#raw.role === 'leader' ? !this.#rounds.holds(nowMs) : !this.#promise.holds(nowMs);
  }

  /** Whether this member leads for certain, at this moment, and knows what is committed. */
  get leadsForCertain(): boolean {
    if (this.#raw.role !== 'leader' || !this.#raw.hasCommittedInTerm) return false;
    const nowMs = this.#clock.now();
    this.#roundOfOne(nowMs);
    return this.#rounds.holds(nowMs);
  }

  /**
   * The answer to a leader of an earlier term. Those who hear it keep their promise and elect nobody else, so a member
   * whose term ran ahead would call for votes in vain for ever, and its leader would never learn why it is not heard.
   */
  correct({ type, from: to, term }: Message): Message | undefined {
    if (this.#coreCorrects || term === 0 || term >= this.#raw.term) return undefined;
    if (type !== 'MsgApp' && type !== 'MsgHeartbeat') return undefined;
    return makeMessage({ type: 'MsgAppResp', to, from: this.#raw.id, term: this.#raw.term });
  }

  /** The answer to a follower's question at level `default`, which needs no round while the lease holds. */
  answerAlone(incoming: Message): Message | undefined {
    if (incoming.type !== 'MsgReadIndex' || levelOfContext(incoming.context) !== 'default') return undefined;
    if (!this.leadsForCertain) return undefined;
    const { id: from, term, commit: index } = this.#raw;
    const { from: to, context } = incoming;
    return makeMessage({ type: 'MsgReadIndexResp', to, from, term, index, context });
  }

  /** Opens a round, if this member leads, for all that is sent in this turn. */
  roundForTurn(options: { sendsTimeoutNow: boolean }): RoundFor {
    // However late a TimeoutNow arrives, it forces an election: no lease from before it is sent.
    if (options.sendsTimeoutNow) this.#rounds.forbid();
    if (this.#raw.role !== 'leader') return NO_ROUND;
    const { term, minMatch } = this.#raw;
    const learners = learnersOf(this.#raw);
    const sequence = this.#openRound(this.#clock.now());
    return (peer) => ({ term, sequence, echo: this.#rounds.echoFor(peer), minMatch, learners });
  }

  /** A leader's round has come. The answer, which is a promise, if that leader is still the one that is followed. */
  answer(from: NodeId, round: Round): RoundAck | undefined {
    if (round.term !== this.#raw.term || this.#raw.leader !== from) return undefined;
    const nowMs = this.#clock.now();
    this.#promise.renew(nowMs);
    if (round.echo !== undefined) this.#freshness.echo(round.echo, nowMs);
    return { term: round.term, sequence: round.sequence, timeMs: this.#freshness.stamp(nowMs) };
  }

  /** A follower has answered a round. */
  answered(from: NodeId, ack: RoundAck): void {
    if (this.#raw.role !== 'leader') return;
    if (this.#rounds.answer({ from, ...ack }, quorumOfConfiguration(this.#raw))) this.#takeFreshPoint();
  }

  /** How old this member's state can be, in ms; undefined while it is unknown. */
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
