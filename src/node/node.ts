import type { Cancel, Clock } from '../ports/clock.js';
import type { LogStore } from '../ports/log.js';
import type { ConfChangeApplication, StateMachine } from '../ports/state-machine.js';
import type { Packet, Transport } from '../ports/transport.js';
import { RawNode } from '../raft/raw-node.js';
import { NONE, type ConfState, type Message, type NodeId } from '../raft/types.js';
import { assert } from '../util/assert.js';
import { Channel } from '../util/channel.js';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import { Signal } from '../util/signal.js';
import { runApplier, type CommitBatch } from './applier.js';
import { AppliedWaiters, type Ticket } from './applied-waiters.js';
import { Authority } from './authority.js';
import { coreConfig, type NodeConfig } from './config.js';
import { ConfChangeQueue, isMember, logConfChange, removes, type ConfChangeProposal } from './conf-changes.js';
import { Failover } from './failover.js';
import { Inbox } from './inbox.js';
import { Leadership } from './leadership.js';
import { LearnersView, type LearnerProgress } from './learners.js';
import { LogCutter, neededFrom } from './log-cutter.js';
import { Outbox } from './outbox.js';
import { ProposalQueue, type Proposal } from './proposals.js';
import { storageFor } from './raft-storage.js';
import { ReadyCarrier } from './ready-carrier.js';
import { ReadQueue, type ReadLevel } from './reads.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import { SnapshotSender } from './snapshot-sender.js';
import type { NodeFreshness, NodeStatus } from './status.js';
import { successorOf } from './succession.js';

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

/** Election timeouts without a leader after which nobody should wait for one. A split vote or two are no such case. */
const LOST_AFTER_ELECTIONS = 3;

/**
 * One Raft node: feeds the pure core with ticks, messages and proposals, and has what its Readys ask carried out. While a
 * write is under way, whatever arrives waits, and is taken in one go afterwards: that is the group commit.
 */
export class RaftNode {
  readonly id: NodeId;
  /** Resolves after a clean stop; rejects with the error that stopped the node. */
  readonly closed: Promise<void>;
  readonly #options: NodeOptions;
  readonly #raw: RawNode;
  readonly #proposeC: ProposalQueue;
  readonly #confChanges = new ConfChangeQueue();
  readonly #commitC: Channel<CommitBatch>;
  readonly #authority: Authority;
  readonly #inbox: Inbox;
  readonly #reads: ReadQueue;
  readonly #cutter: LogCutter;
  readonly #sender: SnapshotSender;
  readonly #receiver: SnapshotReceiver;
  readonly #carrier: ReadyCarrier;
  readonly #failover: Failover;
  readonly #leadership: Leadership;
  readonly #learners: LearnersView;
  readonly #connected = new Set<NodeId>();
  readonly #waiters = new AppliedWaiters();
  readonly #outbox = new Outbox();
  readonly #signal = new Signal();
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  #phase: Phase = 'new';
  #error: Error | undefined;
  #unreachable = new Set<NodeId>();
  #snapshotOutcomes: { readonly to: NodeId; readonly result: 'delivered' | 'failed' }[] = [];
  #transferTo: NodeId | undefined;
  #retiring = false;
  #ticked = false;
  #cancelTick: Cancel | undefined;
  #applied: number;
  /** The last entry that was put on commitC. */
  #handedOver: number;
  #lastContactMs: number | undefined;

  constructor(options: NodeOptions) {
    const { id, config, log, stateMachine, clock, random, logger } = options;
    this.id = id;
    this.#options = options;
    this.#applied = stateMachine.appliedIndex();
    this.#handedOver = this.#applied;
    if (log.firstIndex() > this.#applied + 1) {
      throw new Error(
        `the log begins at ${log.firstIndex()}, but the state ends at ${this.#applied}: entries between are lost, and ` +
          'this member must be rebuilt from its peers',
      );
    }
    this.#sender = new SnapshotSender({
      stateMachine,
      transport: options.transport,
      logger,
      transfersMax: config.snapshotTransfersMax,
      onFatal: (error) => this.fail(error),
      onOutcome: (to, result) => {
        this.#snapshotOutcomes.push({ to, result });
        this.#signal.set();
      },
    });
    this.#raw = new RawNode({
      id,
      storage: storageFor({ log, stateMachine, snapshot: (logStart) => this.#sender.offer(logStart) }),
      applied: this.#applied,
      ...coreConfig(config),
      random,
      applyOnAdvance: false,
      logger,
    });
    this.#leadership = new Leadership({ raw: this.#raw, clock });
    this.#learners = new LearnersView({ raw: this.#raw, clock, freshMs: config.electionMs });
    this.#proposeC = new ProposalQueue({
      countMax: config.proposalsMax,
      bytesMax: config.proposalBytesMax,
      messageBytesMax: config.messageBytesMax,
    });
    this.#commitC = new Channel(config.commitBatchesMax);
    this.#inbox = new Inbox({ packetsMax: config.inboxPacketsMax, bytesMax: config.inboxBytesMax });
    this.#authority = new Authority({
      raw: this.#raw,
      clock,
      random,
      leaseMs: config.leaseMs,
      driftBound: config.clockDriftBound,
    });
    this.#failover = new Failover({
      raw: this.#raw,
      clock,
      random,
      preVote: config.preVote,
      isConnected: (peer) => this.isConnected(peer),
      promiseLeftMs: () => this.#authority.promiseLeftMs,
      onActed: () => {
        this.#observe();
        this.#signal.set();
      },
    });
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
      neededFrom: () => neededFrom(this.#raw.status(), this.#sender.oldestIndex),
    });
    this.#receiver = new SnapshotReceiver({
      stateMachine,
      logger,
      refusal: (message) => this.#snapshotRefusal(message),
      onArrived: () => this.#signal.set(),
      onFatal: (error) => this.fail(error),
    });
    this.#carrier = new ReadyCarrier({
      raw: this.#raw,
      log,
      stateMachine,
      transport: options.transport,
      authority: this.#authority,
      outbox: this.#outbox,
      sender: this.#sender,
      receiver: this.#receiver,
      handOver: (committed) => this.#handOver(committed),
      onRestored: (index) => this.#onRestored(index),
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

  /**
   * No leader has been known for several election timeouts: a majority is gone, or out of reach. A call that would wait
   * for a leader is better told at once.
   */
  get leaderIsLost(): boolean {
    return this.#leadership.leaderlessMs > LOST_AFTER_ELECTIONS * this.#options.config.electionMs;
  }

  /** Begins to take part. Called once. */
  start(): void {
    assert(this.#phase === 'new', 'a node starts once');
    this.#phase = 'running';
    const { transport, log } = this.#options;
    this.#leadership.begin();
    transport.start({
      onPacket: (from, packet) => {
        this.#inbox.add({ from, packet });
        this.#signal.set();
      },
      onUnreachable: (peer) => {
        this.#unreachable.add(peer);
        this.#signal.set();
      },
      onLink: (peer, state) => {
        this.#options.logger.debug('peer link', { peer, state });
        if (state === 'up') this.#connected.add(peer);
        else this.#onLinkDown(peer);
      },
      onSnapshot: (from, message) => this.#receiver.open(from, message),
      onRemoved: (by) => this.#retire(`member ${by.toString(16)} says that this member was removed from the cluster`),
    });
    this.#armTick();
    // Nobody else could be elected, so there is nothing to wait for.
    if (this.#authority.isOnlyVoter) this.#raw.campaign();
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
   * Passes a change of the configuration to the leader, or appends it there. Another change may be under way, which
   * turns this one into nothing: propose it again until it is applied. False: too many wait, and it was not taken.
   */
  proposeConfChange(proposal: ConfChangeProposal): boolean {
    if (this.#phase !== 'running' || !this.#confChanges.trySend(proposal)) return false;
    this.#signal.set();
    return true;
  }

  /** The configuration in force on this member. */
  get confState(): ConfState {
    return this.#raw.confState;
  }

  /** Whether the link to a peer is up. */
  isConnected(peer: NodeId): boolean {
    return this.#connected.has(peer);
  }

  /** How far a learner is, in the eyes of the present leader; undefined while this member has not heard of it. */
  learnerProgress(id: NodeId): LearnerProgress | undefined {
    return this.#learners.progress(id);
  }

  /**
   * Asks whether this member's state is fresh enough for a level. `now`: it is, in this very turn. `waiting`: the
   * ticket's `ready` is called once it is. `full`: too many reads wait.
   */
  read(level: ReadLevel, ticket: Ticket): 'now' | 'waiting' | 'full' | 'stopped' {
    if (this.#phase !== 'running') return 'stopped';
    if (level === 'default' && this.#authority.leadsForCertain) {
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
    const { clock } = this.#options;
    const sinceContactMs = this.#lastContactMs === undefined ? undefined : clock.now() - this.#lastContactMs;
    return {
      appliedIndex: this.#applied,
      knownLeader: this.#raw.leader !== NONE,
      lastContactMs: this.#raw.role === 'leader' ? 0 : sinceContactMs,
      stalenessMs: this.#authority.ageMs(this.#applied),
    };
  }

  /** Asks the leader, through whichever member, to hand over to a voter. The lease of this term ends with it. */
  transferLeader(to: NodeId): void {
    this.#transferTo = to;
    this.#signal.set();
  }

  /**
   * If this member leads, hands over to the voter that is the most caught up. Resolves once another one leads, or after
   * an election timeout, whatever came of it.
   */
  async handOver(): Promise<void> {
    const successor = successorOf(this.#raw.status(), (peer) => this.isConnected(peer));
    if (successor === undefined || this.#phase !== 'running') return;
    this.transferLeader(successor);
    const { clock, config } = this.#options;
    await this.leaderIs((leader) => leader !== NONE && leader !== this.id, clock.now() + config.electionMs);
  }

  /** Resolves with true once the known leader is as wanted, with false when it is not by then or the node stops. */
  leaderIs(wanted: (leader: NodeId) => boolean, deadlineMs: number): Promise<boolean> {
    return this.#leadership.leaderIs(wanted, deadlineMs);
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
      raw: this.#raw,
      onApplied: (index) => this.#onApplied(index),
      onConfChange: (application) => this.#onConfChange(application),
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
    this.#failover.stop();
    this.#leadership.end();
    this.#proposeC.close();
    // Neither log nor state machine must be closed under those who still use them.
    await Promise.all([this.#cutter.close(), this.#sender.close(), this.#receiver.close()]);
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
      // Before a snapshot takes the state's place, the applier has to come to rest.
      const committed = !this.#commitC.full && this.#receiver.arrived === undefined;
      if (this.#raw.hasReady({ committed })) {
        const ready = this.#raw.ready({ committed });
        for (const { index, context } of ready.readStates) {
          for (const ticket of this.#reads.answered(context)) this.#whenApplied(index, ticket);
        }
        await this.#carrier.carryOut(ready);
        this.#observe();
        continue;
      }
      // What the core was told of and did not take on, it has no use for.
      await this.#receiver.done('ignored');
      this.#carrier.flush({ bareAcks: true });
      if (this.#commitC.full) this.#commitC.onRoom(() => this.#signal.set());
      await this.#signal.wait();
      // What arrived in the same turn of the event loop is taken together.
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  }

  /** Messages before time: after a pause, a heartbeat that waits must not lose against the clock. */
  #takeInput(): void {
    for (const { from, packet } of this.#inbox.take()) this.#stepPacket(from, packet);
    for (const peer of this.#unreachable) this.#raw.reportUnreachable(peer);
    this.#unreachable.clear();
    for (const { to, result } of this.#snapshotOutcomes.splice(0)) this.#raw.reportSnapshot(to, result);
    if (this.#receiver.arrived !== undefined && this.#applied === this.#handedOver) {
      this.#raw.step(this.#receiver.tell());
    }
    if (this.#ticked) this.#tick();
    if (this.#transferTo !== undefined && this.#raw.leader !== NONE) {
      this.#raw.transferLeader(this.#transferTo);
      this.#transferTo = undefined;
    }
    // Without a leader proposals wait in proposeC: they have not been proposed, and can still say so.
    if (this.#raw.leader !== NONE) {
      this.#proposeC.takeInto((data) => this.#raw.propose(data));
      this.#confChanges.takeInto((change) => this.#raw.proposeConfChange(change, { asV1: true }));
      if (this.#reads.waiting) for (const context of this.#reads.start()) this.#raw.readIndex(context);
    }
    this.#observe();
  }

  #tick(): void {
    this.#ticked = false;
    if (this.#authority.mayTick) this.#raw.tick();
    this.#reads.tick();
    this.#proposeC.discardAbandoned();
  }

  #stepPacket(from: NodeId, { messages, round, ack }: Packet): void {
    for (const incoming of messages) {
      if (!this.#authority.admits(incoming)) continue;
      const answer = this.#authority.answerAlone(incoming);
      if (answer === undefined) this.#raw.step(incoming);
      else this.#outbox.add([answer]);
      this.#observe();
    }
    if (this.#raw.leader === from) this.#lastContactMs = this.#options.clock.now();
    const answer = round === undefined ? undefined : this.#authority.answer(from, round);
    if (round !== undefined && answer !== undefined) {
      this.#outbox.ack(from, answer);
      this.#cutter.distributed(round.minMatch);
      this.#learners.told(round);
    }
    if (ack !== undefined) this.#authority.answered(from, ack);
  }

  #handOver(committed: CommitBatch): void {
    if (committed.length === 0) return;
    const taken = this.#commitC.trySend(committed);
    assert(taken || this.#phase !== 'running', 'commitC had room when the Ready was made');
    this.#handedOver = committed.at(-1)?.index ?? this.#handedOver;
  }

  #snapshotRefusal({ term, snapshot }: Message): string | undefined {
    if (this.#phase !== 'running') return 'this member is stopping';
    if (term < this.#raw.term) return `term ${term} is over`;
    if ((snapshot?.metadata.index ?? 0) <= this.#raw.commit) return 'this member knows as much already';
    return undefined;
  }

  /** Notices a change of role, term or leader, wherever in a turn it happened. */
  #observe(): void {
    const change = this.#leadership.look();
    if (change === undefined) return;
    const { role, term, leader } = this.#raw;
    if (change.begins) this.#authority.lead(term);
    if (role !== 'leader') this.#sender.cancelExcept(() => false);
    this.#reads.restart();
    if (change.leaderChanged) this.#options.logger.info('leader', { leader, term, role });
    this.#leadership.tellWaiters();
    this.#options.onLeadership?.(this.status());
  }

  #onLinkDown(peer: NodeId): void {
    this.#connected.delete(peer);
    this.#unreachable.add(peer);
    if (this.#phase === 'running') this.#failover.onLinkDown(peer);
  }

  #onConfChange(application: ConfChangeApplication): void {
    logConfChange(this.#options.logger, application);
    if (application.admitted) this.#sender.cancelExcept((to) => isMember(application.confState, to));
    if (removes(application, this.id)) this.#retire('this member was removed from the cluster');
  }

  /** The commit that removed a leader is out already: the Ready that handed it to the applier sent it first. */
  #retire(why: string): void {
    if (this.#retiring || this.#phase !== 'running') return;
    this.#retiring = true;
    this.#options.logger.warn(`${why}: it stops, and its data directory is of no further use`);
    this.handOver()
      .then(() => this.stop())
      .catch((error: unknown) => this.fail(asError(error)));
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
    this.#receiver.passed(index);
    this.#cutter.applied(index).catch((error: unknown) => this.fail(asError(error)));
    this.#signal.set();
  }

  #onRestored(index: number): void {
    this.#applied = index;
    this.#handedOver = index;
    this.#waiters.reached(index);
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
