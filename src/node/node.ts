import type { Cancel, Clock } from '../ports/clock.js';
import type { LogStore } from '../ports/log.js';
import type { StateMachine } from '../ports/state-machine.js';
import type { Packet, Transport } from '../ports/transport.js';
import { dataBytes } from '../raft/entries.js';
import { isForcedVote, makeMessage } from '../raft/messages.js';
import { RawNode } from '../raft/raw-node.js';
import { NONE, type Message, type NodeId, type Ready, type Role } from '../raft/types.js';
import { assert } from '../util/assert.js';
import { Channel } from '../util/channel.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import { Signal } from '../util/signal.js';
import { runApplier, type CommitBatch } from './applier.js';
import { AppliedWaiters, type Ticket } from './applied-waiters.js';
import type { NodeConfig } from './config.js';
import { Freshness } from './freshness.js';
import { LeaderRounds, VoterPromise } from './lease.js';
import { LogCutter } from './log-cutter.js';
import { Outbox } from './outbox.js';
import { quorumOfConfiguration } from './quorum.js';
import { storageFor } from './raft-storage.js';
import { levelOfContext, ReadQueue, type ReadLevel } from './reads.js';

/** A command on its way into the log. */
export interface Proposal {
  readonly data: Uint8Array;
  /** Set by the owner when nobody waits any more: if it has not been proposed yet, it never is. */
  abandoned: boolean;
  /** Set by the node when it hands the proposal to the core: from then on its fate can be unknown. */
  proposed: boolean;
}

/** What a node shows about itself. */
export interface NodeStatus {
  readonly id: NodeId;
  readonly role: Role;
  readonly term: number;
  readonly leader: NodeId;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly firstIndex: number;
}

/** How fresh this member's state is (docs/ARCHITECTURE.md, "The way of one read"). */
export interface NodeFreshness {
  readonly appliedIndex: number;
  readonly knownLeader: boolean;
  /** Undefined before the first contact. */
  readonly lastContactMs: number | undefined;
  /** Undefined while it is unknown. */
  readonly stalenessMs: number | undefined;
}

export interface NodeOptions {
  readonly id: NodeId;
  readonly config: NodeConfig;
  readonly log: LogStore;
  readonly stateMachine: StateMachine;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Called when the role, the term or the known leader has changed. */
  readonly onLeadership?: (status: NodeStatus) => void;
}

type Phase = 'new' | 'running' | 'stopping';

/** Proposals of one message to the core. */
const PROPOSAL_BATCH = 512;

/**
 * One Raft node: feeds the pure core with ticks, messages and proposals, and carries out what its Readys ask, in this
 * order: send what may go at once, make entries and hard state durable, send what depended on that, hand committed
 * entries to the applier. While a write is under way, whatever arrives waits, and is taken in one go afterwards:
 * that is the group commit.
 */
export class RaftNode {
  readonly id: NodeId;
  /** Resolves after a clean stop; rejects with the error that stopped the node. */
  readonly closed: Promise<void>;
  readonly #options: NodeOptions;
  readonly #raw: RawNode;
  readonly #proposeC: Channel<Proposal>;
  readonly #commitC: Channel<CommitBatch>;
  readonly #rounds: LeaderRounds;
  readonly #promise: VoterPromise;
  readonly #freshness: Freshness;
  readonly #reads: ReadQueue;
  readonly #cutter: LogCutter;
  readonly #waiters = new AppliedWaiters();
  readonly #outbox = new Outbox();
  readonly #signal = new Signal();
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  #phase: Phase = 'new';
  #error: Error | undefined;
  #inbox: { from: NodeId; packet: Packet }[] = [];
  #inboxBytes = 0;
  #unreachable = new Set<NodeId>();
  #held: Proposal[] = [];
  #transferTo: NodeId | undefined;
  #ticked = false;
  #cancelTick: Cancel | undefined;
  #applied: number;
  #lastContactMs: number | undefined;
  #seen = { role: 'follower' as Role, term: 0, leader: NONE };

  constructor(options: NodeOptions) {
    const { id, config, log, stateMachine, clock, random, logger } = options;
    this.id = id;
    this.#options = options;
    this.#applied = stateMachine.appliedIndex();
    if (log.firstIndex() > this.#applied + 1) {
      throw new Error(
        `the log begins at ${log.firstIndex()}, but the state ends at ${this.#applied}: entries between are lost, and ` +
          'this member must be rebuilt from its peers',
      );
    }
    this.#raw = new RawNode({
      id,
      storage: storageFor({ log, stateMachine }),
      applied: this.#applied,
      electionTicks: Math.max(2, Math.round(config.electionMs / config.heartbeatMs)),
      heartbeatTicks: 1,
      random,
      preVote: config.preVote,
      checkQuorum: config.checkQuorum,
      maxMessageBytes: config.messageBytesMax,
      maxInflightMessages: config.inflightMessagesMax,
      maxInflightBytes: config.inflightBytesMax,
      maxUncommittedBytes: config.uncommittedBytesMax,
      maxCommittedBytesPerReady: config.commitBatchBytesMax,
      applyOnAdvance: false,
      logger,
    });
    this.#proposeC = new Channel(config.proposalsMax);
    this.#commitC = new Channel(config.commitBatchesMax);
    const nowMs = clock.now();
    const lease = { leaseMs: config.leaseMs, driftBound: config.clockDriftBound };
    this.#rounds = new LeaderRounds({ self: id, ...lease });
    this.#promise = new VoterPromise({ ...lease, nowMs });
    this.#freshness = new Freshness({ random, nowMs });
    this.#reads = new ReadQueue({
      self: id,
      random,
      readsMax: config.readsMax,
      retryTicks: Math.max(2, Math.ceil(config.electionMs / config.heartbeatMs / 2)),
    });
    this.#cutter = new LogCutter({
      log,
      stateMachine,
      logger,
      snapshotCount: config.snapshotCount,
      tailEntries: config.logTailEntries,
    });
    let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
    this.closed = new Promise((resolve, reject) => (settle = { resolve, reject }));
    assert(settle !== undefined, 'a promise runs its executor at once');
    this.#settle = settle;
    // Whoever cares awaits `closed`; a node that nobody watches must not bring its process down.
    this.closed.catch(() => undefined);
  }

  get running(): boolean {
    return this.#phase === 'running';
  }

  /** Begins to take part. Called once. */
  start(): void {
    assert(this.#phase === 'new', 'a node starts once');
    this.#phase = 'running';
    const { transport, log } = this.#options;
    transport.start({
      onPacket: (from, packet) => this.#receive(from, packet),
      onUnreachable: (peer) => {
        this.#unreachable.add(peer);
        this.#signal.set();
      },
      onLink: (peer, state) => {
        this.#options.logger.debug('peer link', { peer, state });
        if (state === 'down') this.#unreachable.add(peer);
      },
    });
    this.#armTick();
    // Nobody else could be elected, so there is nothing to wait for.
    if (this.#isOnlyVoter()) this.#raw.campaign();
    void log.failed.then((error) => this.fail(error));
    void this.#live();
  }

  /** Puts a proposal on proposeC. False: the channel is full (or the node stops), and the proposal was not taken. */
  propose(proposal: Proposal): boolean {
    if (this.#phase !== 'running' || !this.#proposeC.trySend(proposal)) return false;
    this.#signal.set();
    return true;
  }

  /**
   * Asks whether this member's state is fresh enough for a level. `now`: it is, in this very turn. `waiting`: the
   * ticket's `ready` is called once it is. `full`: too many reads wait.
   */
  read(level: ReadLevel, ticket: Ticket): 'now' | 'waiting' | 'full' | 'stopped' {
    if (this.#phase !== 'running') return 'stopped';
    if (level === 'default' && this.#leaseAnswers()) {
      const { commit } = this.#raw;
      if (this.#applied >= commit) return 'now';
      this.#waiters.add(commit, ticket);
      return 'waiting';
    }
    if (!this.#reads.add(level, ticket)) return 'full';
    this.#signal.set();
    return 'waiting';
  }

  freshness(): NodeFreshness {
    const nowMs = this.#options.clock.now();
    if (this.#raw.role === 'leader') {
      this.#roundOfOne(nowMs);
      const point = this.#rounds.freshPoint();
      if (point !== undefined) this.#freshness.add(point);
    }
    return {
      appliedIndex: this.#applied,
      knownLeader: this.#raw.leader !== NONE,
      lastContactMs:
        this.#raw.role === 'leader' ? 0 : this.#lastContactMs === undefined ? undefined : nowMs - this.#lastContactMs,
      stalenessMs: this.#freshness.ageMs(nowMs, this.#applied),
    };
  }

  /** Asks the leader, through whichever member, to hand over to a voter. The lease of this term ends with it. */
  transferLeader(to: NodeId): void {
    this.#transferTo = to;
    this.#signal.set();
  }

  status(): NodeStatus {
    const { role, term, leader, commit, lastIndex } = this.#raw;
    const firstIndex = this.#options.log.firstIndex();
    return { id: this.id, role, term, leader, commit, applied: this.#applied, lastIndex, firstIndex };
  }

  /** Finishes what is under way, applies what is committed and handed over, and closes log and transport. */
  async stop(): Promise<void> {
    if (this.#phase === 'new') {
      this.#phase = 'stopping';
      await this.#close();
      return;
    }
    this.#phase = 'stopping';
    this.#signal.set();
    await this.closed;
  }

  /** Stops the node because of something that must not happen; `closed` rejects with it. The first error counts. */
  fail(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#phase = 'stopping';
    this.#options.logger.error('the node stops', { error: error.message });
    this.#commitC.close();
    this.#signal.set();
  }

  async #live(): Promise<void> {
    const applier = runApplier({
      commitC: this.#commitC,
      stateMachine: this.#options.stateMachine,
      onApplied: (index) => this.#onApplied(index),
    }).catch((error: unknown) => this.fail(asError(error)));
    try {
      await this.#loop();
    } catch (error) {
      this.fail(asError(error));
    }
    this.#commitC.close();
    await applier;
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#cancelTick?.();
    this.#proposeC.close();
    // The log must not be closed under whoever cuts it.
    await this.#cutter.close();
    for (const closing of [() => this.#options.transport.close(), () => this.#options.log.close()]) {
      try {
        await closing();
      } catch (error) {
        this.#error ??= asError(error);
      }
    }
    if (this.#error === undefined) this.#settle.resolve();
    else this.#settle.reject(this.#error);
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options;
    while (this.#phase === 'running') {
      this.#takeInput();
      const committed = !this.#commitC.full;
      if (this.#raw.hasReady({ committed })) {
        await this.#carryOut(this.#raw.ready({ committed }));
        continue;
      }
      this.#flush({ bareAcks: true });
      if (!committed) this.#commitC.onRoom(() => this.#signal.set());
      await this.#signal.wait();
      // What arrived in the same turn of the event loop is taken together.
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  }

  /** Messages before time: after a pause, a heartbeat that waits must not lose against the clock. */
  #takeInput(): void {
    const inbox = this.#inbox;
    this.#inbox = [];
    this.#inboxBytes = 0;
    for (const { from, packet } of inbox) this.#stepPacket(from, packet);
    for (const peer of this.#unreachable) this.#raw.reportUnreachable(peer);
    this.#unreachable.clear();
    if (this.#ticked) this.#tick();
    if (this.#transferTo !== undefined && this.#raw.leader !== NONE) {
      this.#raw.transferLeader(this.#transferTo);
      this.#transferTo = undefined;
    }
    this.#takeProposals();
    if (this.#reads.waiting && this.#raw.leader !== NONE) {
      for (const context of this.#reads.start()) this.#raw.readIndex(context);
    }
    this.#observe();
  }

  #tick(): void {
    this.#ticked = false;
    // Who has promised to elect nobody else does not campaign either (docs/ARCHITECTURE.md, the lease).
    if (this.#raw.role === 'leader' || !this.#promise.holds(this.#options.clock.now())) this.#raw.tick();
    this.#reads.tick();
    // Without a leader nothing is taken out, and those whose callers are gone must not keep new ones out.
    this.#proposeC.discard((proposal) => proposal.abandoned);
  }

  /**
   * Without a leader proposals wait in the channel: they have not been proposed, and can still say so. What the core
   * would not take is tried first, and the channel is left alone meanwhile: it is the one that is bounded.
   */
  #takeProposals(): void {
    if (this.#raw.leader === NONE) return;
    if (this.#held.length > 0) this.#held = this.#proposeAll(this.#held);
    if (this.#held.length === 0) this.#held = this.#proposeAll(this.#proposeC.drain());
  }

  /** @returns what the core would not take, in order */
  #proposeAll(proposals: readonly Proposal[]): Proposal[] {
    const waiting = proposals.filter((proposal) => !proposal.abandoned);
    let from = 0;
    while (from < waiting.length) {
      const batch = nextBatch(waiting, from, this.#options.config.messageBytesMax);
      const outcome = this.#raw.propose(batch.map((proposal) => proposal.data));
      if (outcome.kind === 'dropped') return waiting.slice(from);
      for (const proposal of batch) proposal.proposed = true;
      from += batch.length;
    }
    return [];
  }

  #stepPacket(from: NodeId, packet: Packet): void {
    const nowMs = this.#options.clock.now();
    for (const incoming of packet.messages) {
      if (!this.#admits(incoming, nowMs) || this.#answersFromLease(incoming)) continue;
      this.#raw.step(incoming);
      this.#observe();
    }
    const { round, ack } = packet;
    if (this.#raw.leader === from) this.#lastContactMs = nowMs;
    if (round !== undefined && round.term === this.#raw.term && this.#raw.leader === from) {
      this.#promise.renew(nowMs);
      this.#outbox.ack(from, { term: round.term, sequence: round.sequence, timeMs: this.#freshness.stamp(nowMs) });
      if (round.echo !== undefined) this.#freshness.echo(round.echo, nowMs);
      this.#cutter.distributed(round.minMatch);
    }
    if (ack !== undefined && this.#raw.role === 'leader') {
      const confirmed = this.#rounds.answer({ from, ...ack }, quorumOfConfiguration(this.#raw));
      const point = confirmed ? this.#rounds.freshPoint() : undefined;
      if (point !== undefined) this.#freshness.add(point);
    }
  }

  /** A promise outweighs a request for a vote, unless a transfer forces it: then the leader has given up its lease. */
  #admits(incoming: Message, nowMs: number): boolean {
    if (incoming.type !== 'MsgVote' && incoming.type !== 'MsgPreVote') return true;
    if (isForcedVote(incoming)) return true;
    return this.#raw.role === 'leader' ? !this.#rounds.holds(nowMs) : !this.#promise.holds(nowMs);
  }

  /** A follower's question at level `default`, answered without a round while the lease holds. */
  #answersFromLease(incoming: Message): boolean {
    if (incoming.type !== 'MsgReadIndex' || levelOfContext(incoming.context) !== 'default') return false;
    if (!this.#leaseAnswers()) return false;
    this.#outbox.add([
      makeMessage({
        type: 'MsgReadIndexResp',
        to: incoming.from,
        from: this.id,
        term: this.#raw.term,
        index: this.#raw.commit,
        context: incoming.context,
      }),
    ]);
    return true;
  }

  #leaseAnswers(): boolean {
    if (this.#raw.role !== 'leader' || !this.#raw.hasCommittedInTerm) return false;
    const nowMs = this.#options.clock.now();
    this.#roundOfOne(nowMs);
    return this.#rounds.holds(nowMs);
  }

  /** The only voter needs nobody's answer. */
  #roundOfOne(nowMs: number): void {
    if (!this.#isOnlyVoter()) return;
    this.#openRound(nowMs);
    this.#rounds.confirm(quorumOfConfiguration(this.#raw));
  }

  #isOnlyVoter(): boolean {
    const { voters, votersOutgoing } = this.#raw.confState;
    return voters.length === 1 && votersOutgoing.length === 0 && voters[0] === this.id;
  }

  #openRound(nowMs: number): number {
    const { commit, hasCommittedInTerm } = this.#raw;
    return this.#rounds.send({ nowMs, commit, commitIsCurrent: hasCommittedInTerm });
  }

  async #carryOut(ready: Ready): Promise<void> {
    for (const { index, context } of ready.readStates) {
      const tickets = this.#reads.answered(context);
      for (const ticket of tickets) this.#whenApplied(index, ticket);
    }
    this.#outbox.add(ready.messages);
    // An answer to a round rides with the answer to the append that came with it, if there is one.
    this.#flush({ bareAcks: ready.messagesAfterAppend.length === 0 });
    assert(ready.snapshot === undefined, 'no member sends snapshots yet');
    if (ready.entries.length > 0 || ready.hardState !== undefined) {
      await this.#options.log.append({ entries: ready.entries, hardState: ready.hardState, mustSync: ready.mustSync });
    }
    this.#outbox.add(ready.messagesAfterAppend);
    this.#flush({ bareAcks: true });
    if (ready.committedEntries.length > 0) {
      const taken = this.#commitC.trySend(ready.committedEntries);
      assert(taken || this.#phase !== 'running', 'commitC had room when the Ready was made');
    }
    this.#raw.advance();
    this.#observe();
  }

  #flush(options: { bareAcks: boolean }): void {
    const { transport } = this.#options;
    const send = (to: NodeId, packet: Packet): void => transport.send(to, packet);
    if (!this.#outbox.empty) this.#flushMessages(send);
    if (options.bareAcks) this.#outbox.flushAcks(send);
  }

  #flushMessages(send: (to: NodeId, packet: Packet) => void): void {
    // However late a TimeoutNow arrives, it forces an election: no lease from before it is sent.
    if (this.#outbox.holds('MsgTimeoutNow')) this.#rounds.forbid();
    const leads = this.#raw.role === 'leader';
    const { term, minMatch } = this.#raw;
    const sequence = leads ? this.#openRound(this.#options.clock.now()) : 0;
    this.#outbox.flush(
      (peer) => (leads ? { term, sequence, echo: this.#rounds.echoFor(peer), minMatch } : undefined),
      send,
    );
  }

  /** Notices a change of role, term or leader, wherever in a turn it happened. */
  #observe(): void {
    const { role, term, leader } = this.#raw;
    const seen = this.#seen;
    if (seen.role === role && seen.term === term && seen.leader === leader) return;
    if (role === 'leader' && (seen.role !== 'leader' || seen.term !== term)) this.#rounds.lead(term);
    this.#seen = { role, term, leader };
    this.#reads.restart();
    if (seen.leader !== leader) this.#options.logger.info('leader', { leader, term, role });
    this.#options.onLeadership?.(this.status());
  }

  #whenApplied(index: number, ticket: Ticket): void {
    if (this.#applied < index) this.#waiters.add(index, ticket);
    else if (!ticket.abandoned) ticket.ready();
  }

  #onApplied(index: number): void {
    this.#applied = index;
    this.#raw.appliedTo(index);
    this.#waiters.reached(index);
    // Not only when something is sent: the only member of its cluster never sends anything, and cuts its log too.
    if (this.#raw.role === 'leader') this.#cutter.distributed(this.#raw.minMatch);
    this.#cutter.applied(index).catch((error: unknown) => this.fail(asError(error)));
    this.#signal.set();
  }

  #receive(from: NodeId, packet: Packet): void {
    const { inboxPacketsMax, inboxBytesMax } = this.#options.config;
    if (this.#inbox.length >= inboxPacketsMax || this.#inboxBytes >= inboxBytesMax) return;
    this.#inbox.push({ from, packet });
    for (const { entries } of packet.messages) this.#inboxBytes += dataBytes(entries);
    this.#signal.set();
  }

  /** Armed again from now, not from when it was due: a process that was paused does not catch up on ticks. */
  #armTick(): void {
    this.#cancelTick = this.#options.clock.timeout(this.#options.config.heartbeatMs, () => {
      if (this.#phase !== 'running') return;
      this.#ticked = true;
      this.#signal.set();
      this.#armTick();
    });
  }
}

/**
 * The proposals of one message to the core: one at least, and no more than fit `maxBytes`. A follower sends them to the
 * leader as they are, and no peer takes a message of any length.
 */
function nextBatch(waiting: readonly Proposal[], from: number, maxBytes: number): readonly Proposal[] {
  let bytes = 0;
  let end = from;
  for (const { data } of waiting.slice(from, from + PROPOSAL_BATCH)) {
    bytes += data.length;
    if (bytes > maxBytes && end > from) break;
    end++;
  }
  return waiting.slice(from, end);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
