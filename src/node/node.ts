import type { Cancel } from '../ports/clock.js';
import type { ConfChangeApplication } from '../ports/state-machine.js';
import type { Packet } from '../ports/transport.js';
import { NO_MESSAGES } from '../raft/messages.js';
import { RawNode } from '../raft/raw-node.js';
import { NONE, type ConfState, type Message, type NodeId } from '../raft/types.js';
import { assert } from '../util/assert.js';
import { Channel } from '../util/channel.js';
import { asError } from '../util/error.js';
import { Signal } from '../util/signal.js';
import { runApplyLoop, type CommitBatch } from './loop/apply-loop.js';
import { AppliedIndex } from './loop/applied-index.js';
import type { Ticket } from './loop/applied-waiters.js';
import { Authority } from './authority/authority.js';
import type { ReadyExecutor } from './storage/ready-executor.js';
import { coreConfig } from './config.js';
import { isMember, logConfChange, removes, type ConfChangeProposal } from './loop/conf-changes.js';
import { Failover } from './authority/failover.js';
import { Leadership } from './authority/leadership.js';
import { LearnersView, type LearnerProgress } from './authority/learners.js';
import { LoopInput } from './loop/loop-input.js';
import { LogCutter, neededFrom } from './storage/log-cutter.js';
import { makeExecutor } from './storage/make-executor.js';
import type { NodeOptions } from './options.js';
import { PeerSender } from './loop/peer-sender.js';
import type { Proposal } from './loop/proposals.js';
import { settleCommit, storageFor } from './storage/raft-storage.js';
import type { ReadLevel } from './authority/reads.js';
import { Retirement } from './authority/retirement.js';
import { SnapshotInstaller } from './snapshot/installer.js';
import { SnapshotReceiver } from './snapshot/receiver.js';
import { SnapshotSender } from './snapshot/sender.js';
import type { NodeFreshness, NodeStatus } from './status.js';
import { successorOf } from './authority/succession.js';

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
  readonly #commitC: Channel<CommitBatch>;
  readonly #authority: Authority;
  readonly #input: LoopInput;
  readonly #cutter: LogCutter;
  readonly #sender: SnapshotSender;
  readonly #receiver: SnapshotReceiver;
  readonly #peerSender: PeerSender;
  readonly #executor: ReadyExecutor;
  readonly #failover: Failover;
  readonly #retirement: Retirement;
  readonly #leadership: Leadership;
  readonly #learners: LearnersView;
  readonly #connected = new Set<NodeId>();
  readonly #applied: AppliedIndex;
  readonly #signal = new Signal();
  #settle: (error: Error | undefined) => void = () => undefined;
  #phase: Phase = 'new';
  #error: Error | undefined;
  #cancelTick: Cancel | undefined;

  constructor(options: NodeOptions) {
    const { id, config, log, stateMachine, clock, random, logger } = options;
    this.id = id;
    this.#options = options;
    const applied = stateMachine.appliedIndex();
    this.#applied = new AppliedIndex(applied);
    if (log.firstIndex() > applied + 1) {
      throw new Error(
        `the log begins at ${log.firstIndex()}, but the state ends at ${applied}: entries between are lost, and ` +
          'this member must be rebuilt from its peers',
      );
    }
    this.#sender = new SnapshotSender({
      stateMachine,
      transport: options.transport,
      logger,
      clock,
      random,
      confState: () => this.confState,
      transfersMax: config.snapshotTransfersMax,
      onFatal: (error) => this.fail(error),
      onOutcome: (to, result) => this.#input.snapshotOutcome(to, result),
    });
    this.#raw = new RawNode({
      id,
      storage: storageFor({ log, stateMachine, snapshot: (logStart) => this.#sender.offer(logStart) }),
      applied,
      ...coreConfig(config),
      random,
      applyOnAdvance: false,
      logger,
    });
    this.#leadership = new Leadership({ raw: this.#raw, clock });
    this.#learners = new LearnersView({ raw: this.#raw, clock, freshMs: config.electionMs });
    this.#commitC = new Channel(config.commitBatchesMax);
    this.#authority = new Authority({
      raw: this.#raw,
      clock,
      random,
      leaseMs: config.leaseMs,
      driftBound: config.clockDriftBound,
      coreCorrects: config.preVote || config.checkQuorum,
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
    this.#retirement = new Retirement({
      raw: this.#raw,
      clock,
      logger,
      electionMs: config.electionMs,
      handOver: () => this.handOver(),
      end: async () => {
        if (options.removed === undefined) await this.stop();
        else this.fail(options.removed);
      },
      onFatal: (error) => this.fail(asError(error)),
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
    this.#peerSender = new PeerSender({
      transport: options.transport,
      authority: this.#authority,
      sender: this.#sender,
    });
    this.#executor = makeExecutor({
      asyncStorage: config.asyncStorage,
      raw: this.#raw,
      log,
      peerSender: this.#peerSender,
      installer: new SnapshotInstaller({
        log,
        stateMachine,
        receiver: this.#receiver,
        onRestored: (index) => this.#applied.restored(index),
      }),
      handOver: (committed) => this.#handOver(committed),
      onAnswers: () => this.#signal.set(),
      onFatal: (error) => this.fail(error),
    });
    this.#input = new LoopInput({
      raw: this.#raw,
      config,
      clock,
      random,
      authority: this.#authority,
      peerSender: this.#peerSender,
      cutter: this.#cutter,
      learners: this.#learners,
      fromWithin: () => this.#fromWithin(),
      onArrival: () => this.#signal.set(),
      onStep: () => this.#observe(),
    });
    this.closed = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
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
      onPacket: (from, packet) => this.#onPacket(from, packet),
      onUnreachable: (peer) => this.#input.unreachable(peer),
      onLink: (peer, state) => {
        this.#options.logger.debug('peer link', { peer, state });
        if (state === 'up') this.#connected.add(peer);
        else this.#onLinkDown(peer);
      },
      onSnapshot: (from, message) => this.#receiver.open(from, message),
      onRemoved: (by) => {
        if (this.#phase === 'running') this.#retirement.toldBy(by);
      },
    });
    this.#armTick();
    // Nobody else could be elected, so there is nothing to wait for.
    if (this.#authority.isOnlyVoter) this.#raw.campaign();
    void log.failed.then((error) => this.fail(error));
    void this.#live();
    if (this.#options.removed !== undefined) this.#retirement.removed();
  }

  /** Puts a proposal on proposeC. False: the channel is full (or the node stops), and the proposal was not taken. */
  propose(proposal: Proposal): boolean {
    return this.#phase === 'running' && this.#input.propose(proposal);
  }

  /**
   * Passes a change of the configuration to the leader, or appends it there. Another change may be under way, which
   * turns this one into nothing: propose it again until it is applied. False: too many wait, and it was not taken.
   */
  proposeConfChange(proposal: ConfChangeProposal): boolean {
    return this.#phase === 'running' && this.#input.proposeConfChange(proposal);
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
      if (this.#applied.value >= commit) return 'now';
      this.#applied.when(commit, ticket);
      return 'waiting';
    }
    return this.#input.read(level, ticket) ? 'waiting' : 'full';
  }

  freshness(): NodeFreshness {
    return {
      appliedIndex: this.#applied.value,
      knownLeader: this.#raw.leader !== NONE,
      lastContactMs: this.#raw.role === 'leader' ? 0 : this.#input.sinceContactMs,
      stalenessMs: this.#authority.ageMs(this.#applied.value),
    };
  }

  /** Sends another member a question outside of Raft, or an answer to one, if there is a link; it may get lost. */
  call(to: NodeId, call: Uint8Array): void {
    if (this.#phase !== 'running') return;
    this.#options.transport.send(to, {
      group: 0,
      messages: NO_MESSAGES,
      round: undefined,
      ack: undefined,
      calls: [call],
    });
  }

  /** Asks the leader, if one is known here, to hand over to a voter. The lease of this term ends with it. */
  transferLeader(to: NodeId): void {
    this.#input.transfer(to);
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
    return { id: this.id, role, term, leader, commit, applied: this.#applied.value, lastIndex, firstIndex };
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
    const applier = runApplyLoop({
      commitC: this.#commitC,
      stateMachine: this.#options.stateMachine,
      raw: this.#raw,
      settle: (index) => settleCommit({ log: this.#options.log, raw: this.#raw }, index),
      onApplied: (index) => this.#onApplied(index),
      onConfChange: (application) => this.#onConfChange(application),
    }).catch((error: unknown) => this.fail(asError(error)));
    try {
      await this.#loop();
    } catch (error) {
      this.fail(asError(error));
    }
    await Promise.allSettled([this.#executor.idle()]);
    this.#commitC.close();
    await applier;
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#cancelTick?.();
    this.#failover.stop();
    this.#leadership.end();
    this.#input.close();
    // Neither log nor state machine must be closed under those who still use them.
    await Promise.all([this.#cutter.close(), this.#sender.close(), this.#receiver.close()]);
    for (const closing of [() => this.#options.transport.close(), () => this.#options.log.close()]) {
      try {
        await closing();
      } catch (error) {
        this.#error ??= asError(error);
      }
    }
    this.#settle(this.#error);
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options;
    while (this.#phase === 'running') {
      this.#input.takeInto(this.#raw);
      // Before a snapshot takes the state's place, the applier has to come to rest.
      const committed = !this.#commitC.full && this.#receiver.arrived === undefined;
      if (this.#raw.hasReady({ committed })) {
        const ready = this.#raw.ready({ committed });
        for (const { index, context } of ready.readStates) {
          for (const ticket of this.#input.reads.answered(context)) this.#applied.when(index, ticket);
        }
        await this.#executor.execute(ready);
        this.#receiver.discardUnwanted();
        this.#observe();
        continue;
      }
      this.#receiver.discardUnwanted();
      this.#peerSender.flush({ bareAcks: true });
      if (this.#commitC.full) this.#commitC.onRoom(() => this.#signal.set());
      await this.#signal.wait();
      // What arrived in the same turn of the event loop is taken together.
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  }

  /** Before a snapshot is told of, the applier has come to rest: what it does must not undo what the core then knows. */
  #fromWithin(): readonly Message[] {
    const answers = this.#executor.answers();
    const mayTell = this.#receiver.arrived !== undefined && this.#applied.isSettled;
    return mayTell ? [...answers, this.#receiver.tell()] : answers;
  }

  #handOver(committed: CommitBatch): void {
    const last = committed.at(-1);
    if (last === undefined) return;
    const taken = this.#commitC.trySend(committed);
    assert(taken || this.#phase !== 'running', 'commitC had room when the Ready was made');
    this.#applied.handedOver(last.index);
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
    this.#input.reads.restart();
    if (change.leaderChanged) this.#options.logger.info('leader', { leader, term, role });
    this.#leadership.tellWaiters();
    this.#options.onLeadership?.(this.status());
  }

  /** Calls do not wait for the loop, which may wait for its disk. */
  #onPacket(from: NodeId, packet: Packet): void {
    const { messages, round, ack, calls = [] } = packet;
    if (messages.length > 0 || round !== undefined || ack !== undefined) this.#input.packet(from, packet);
    if (this.#phase === 'running') for (const call of calls) this.#options.onCall?.(from, call);
  }

  #onLinkDown(peer: NodeId): void {
    this.#connected.delete(peer);
    this.#input.unreachable(peer);
    if (this.#phase === 'running') this.#failover.onLinkDown(peer);
  }

  #onConfChange(application: ConfChangeApplication): void {
    logConfChange(this.#options.logger, application);
    if (application.admitted) this.#sender.cancelExcept((to) => isMember(application.confState, to));
    if (removes(application, this.id)) this.#retirement.removed();
  }

  #onApplied(index: number): void {
    this.#executor.applied(index);
    this.#applied.reached(index);
    // Not only when something is sent: the only member of its cluster never sends anything, and cuts its log too.
    if (this.#raw.role === 'leader') this.#cutter.distributed(this.#raw.minMatch);
    this.#receiver.passed(index);
    this.#cutter.applied(index).catch((error: unknown) => this.fail(asError(error)));
    this.#signal.set();
  }

  /** Armed again from now, not from when it was due: a process that was paused does not catch up on ticks. */
  #armTick(): void {
    this.#cancelTick = this.#options.clock.timeout(this.#options.config.heartbeatMs, () => {
      if (this.#phase !== 'running') return;
      this.#input.tick();
      this.#armTick();
    });
  }
}
