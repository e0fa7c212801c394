import type { Cancel } from '../ports/clock.js';
import type { ConfChangeApplication } from '../ports/state-machine.js';
import type { Packet } from '../ports/transport.js';
import { NO_MESSAGES } from '../raft/messages.js';
import { NONE, type ConfState, type NodeId } from '../raft/types.js';
import { asError } from '../util/error.js';
import type { LearnerProgress } from './authority/learners.js';
import type { ReadLevel } from './authority/reads.js';
import { Retirement } from './authority/retirement.js';
import { successorOf } from './authority/succession.js';
import { Lifecycle } from './lifecycle.js';
import type { Ticket } from './loop/applied-waiters.js';
import { runApplyLoop } from './loop/apply-loop.js';
import { isMember, logConfChange, removes, type ConfChangeProposal } from './loop/conf-changes.js';
import type { Proposal } from './loop/proposals.js';
import { runReadyLoop } from './loop/ready-loop.js';
import { replayed } from './loop/replay.js';
import type { NodeOptions } from './options.js';
import { statusOf, type NodeFreshness, type NodeStatus } from './status.js';
import { settleCommit } from './storage/raft-storage.js';
import { wireNode, type NodeParts } from './wiring.js';

/** Election timeouts without a leader after which calls no longer wait for one. Split votes take less. */
const LOST_AFTER_ELECTIONS = 3;

/** One Raft node: the pure core, with its log, state machine, transport and clock (wiring.ts). */
export class RaftNode {
  readonly id: NodeId;
  /** Resolves once the entries are applied that its own log showed to be committed; pends if the node ends before. */
  readonly replayed: Promise<void>;
  readonly #options: NodeOptions;
  readonly #lifecycle: Lifecycle;
  readonly #parts: NodeParts;
  readonly #retirement: Retirement;
  readonly #committedAtStart: number;
  #cancelTick: Cancel | undefined;

  constructor(options: NodeOptions) {
    const { id, config, clock, logger, removed } = options;
    this.id = id;
    this.#options = options;
    this.#lifecycle = new Lifecycle({ logger });
    this.#parts = wireNode(options, this.#lifecycle);
    this.#committedAtStart = this.#parts.raw.commit;
    this.replayed = replayed(this.#parts);
    this.#retirement = new Retirement({
      raw: this.#parts.raw,
      clock,
      logger,
      electionMs: config.electionMs,
      handOver: () => this.handOver(),
      end: async () => {
        if (removed === undefined) await this.stop();
        else this.fail(removed);
      },
      onFatal: (error) => this.fail(asError(error)),
    });
  }

  /** Resolves after a clean stop; rejects with the error that stopped the node. */
  get closed(): Promise<void> {
    return this.#lifecycle.closed;
  }

  get running(): boolean {
    return this.#lifecycle.running;
  }

  get term(): number {
    return this.#parts.raw.term;
  }

  /** No leader has been known for several election timeouts: calls that need one should fail at once. */
  get leaderIsLost(): boolean {
    return this.#parts.leadership.leaderlessMs > LOST_AFTER_ELECTIONS * this.#options.config.electionMs;
  }

  /** The state machine cannot follow: proposals wait in proposeC. */
  get isBehind(): boolean {
    return this.#parts.commits.full;
  }

  /** Starts to take part in the cluster. Called once. */
  start(): void {
    this.#lifecycle.start();
    const { transport, log, logger } = this.#options;
    const { leadership, links, input, receiver, authority, raw, peerSender } = this.#parts;
    leadership.begin();
    transport.start({
      onPacket: (from, packet) => this.#onPacket(from, packet),
      onUnreachable: (peer) => input.unreachable(peer),
      onLink: (peer, state) => {
        logger.debug('peer link', { peer, state });
        peerSender.forget(peer);
        if (state === 'up') links.up(peer);
        else this.#onLinkDown(peer);
      },
      onSnapshot: (from, message) => receiver.open(from, message),
      onRemoved: (by) => {
        if (this.running) this.#retirement.noticeFrom(by);
      },
    });
    this.#armTick();
    // No other member could win an election, so there is nothing to wait for.
    if (authority.isOnlyVoter) raw.campaign();
    void log.failed.then((error) => this.fail(error));
    void this.#run();
    if (this.#options.removed !== undefined) this.#retirement.removed();
  }

  /** Room for the data of a proposal that becomes one entry. The log takes data that fill it without copying them. */
  room(bytes: number): Buffer {
    return this.#parts.recorder.room(bytes);
  }

  /** Puts a proposal on proposeC. Returns false if the channel is full or the node stops: the proposal was not taken. */
  propose(proposal: Proposal): boolean {
    if (!this.running || !this.#parts.input.propose(proposal)) return false;
    this.#parts.pace.hurry();
    return true;
  }

  /**
   * Proposes a configuration change. A leader drops it while another change is in progress, so propose it again until it
   * is applied. Returns false if the queue is full or the node stops: the change was not taken.
   */
  proposeConfChange(proposal: ConfChangeProposal): boolean {
    return this.running && this.#parts.input.proposeConfChange(proposal);
  }

  /** The active configuration on this member. */
  get confState(): ConfState {
    return this.#parts.raw.confState;
  }

  /** Whether the link to a peer is up. */
  isConnected(peer: NodeId): boolean {
    return this.#parts.links.isConnected(peer);
  }

  /** Progress of a learner as the present leader sees it; undefined if this member does not know it. */
  learnerProgress(id: NodeId): LearnerProgress | undefined {
    return this.#parts.learners.progress(id);
  }

  /**
   * Waits until this member's state is fresh enough for a read level. `now`: it is, in this turn. `waiting`: the ticket's
   * `ready` is called once it is, in a later turn. `full`: too many reads wait.
   */
  read(level: ReadLevel, ticket: Ticket): 'now' | 'waiting' | 'full' | 'stopped' {
    const { raw, authority, applied, input } = this.#parts;
    if (!this.running) return 'stopped';
    if (level === 'default' && authority.leadsForCertain) {
      const { commit } = raw;
      if (applied.value >= commit) return 'now';
      applied.when(commit, ticket);
      return 'waiting';
    }
    return input.read(level, ticket) ? 'waiting' : 'full';
  }

  freshness(): NodeFreshness {
    const { raw, applied, step, authority } = this.#parts;
    return {
      appliedIndex: applied.value,
      knownLeader: raw.leader !== NONE,
      lastContactMs: raw.role === 'leader' ? 0 : step.sinceContactMs,
      stalenessMs: authority.ageMs(applied.value),
    };
  }

  /** Sends a message outside of Raft to another member. It is lost if the link is down or breaks. */
  call(to: NodeId, call: Uint8Array): void {
    if (!this.running) return;
    const packet = { group: 0, messages: NO_MESSAGES, round: undefined, ack: undefined, calls: [call] };
    this.#options.transport.send(to, packet);
  }

  /** Asks the known leader to transfer its leadership to a voter. The leader's lease ends for this term. */
  transferLeader(to: NodeId): void {
    const { raw, input } = this.#parts;
    input.transfer({ to, leader: raw.leader, term: raw.term });
  }

  /**
   * If this member leads, transfers the leadership to the most up-to-date voter. Resolves once another member leads, or
   * after an election timeout.
   */
  async handOver(): Promise<void> {
    const successor = successorOf(this.#parts.raw.status(), (peer) => this.isConnected(peer));
    if (successor === undefined || !this.running) return;
    this.transferLeader(successor);
    const { clock, config } = this.#options;
    await this.leaderIs((leader) => leader !== NONE && leader !== this.id, clock.now() + config.electionMs);
  }

  /** Resolves with true once `wanted` holds for the known leader; with false at the deadline or when the node stops. */
  leaderIs(wanted: (leader: NodeId) => boolean, deadlineMs: number): Promise<boolean> {
    return this.#parts.leadership.leaderIs(wanted, deadlineMs);
  }

  /** A client of this member begins to wait for something that is to be applied. */
  hurry(): void {
    this.#parts.pace.hurry();
  }

  status(): NodeStatus {
    return statusOf({ ...this.#parts, log: this.#options.log });
  }

  /** Finishes the current Ready, applies what was sent to the applier, and closes log and transport. */
  async stop(): Promise<void> {
    if (!this.#lifecycle.stop()) await this.#close();
    await this.closed;
  }

  /** Stops the node because of an error that it must not outlive; `closed` rejects with it. The first error counts. */
  fail(error: Error): void {
    this.#lifecycle.fail(error);
  }

  async #run(): Promise<void> {
    const { stateMachine, log, clock } = this.#options;
    const { applied, commits, pace, raw, receiver, roleChanges } = this.#parts;
    const lifecycle = this.#lifecycle;
    const applying = runApplyLoop({
      commits,
      stateMachine,
      raw,
      due: () => {
        const mustApply = raw.role === 'leader' || receiver.arrived !== undefined || !lifecycle.running;
        return pace.due(mustApply || applied.isAwaited || commits.isLong);
      },
      settle: (index) => settleCommit({ log, raw }, index),
      onApplied: (index) => this.#onApplied(index),
      onConfChange: (application) => this.#onConfChange(application),
    }).catch((error: unknown) => this.fail(asError(error)));
    const onStep = (): void => roleChanges.observe();
    await runReadyLoop({ ...this.#parts, lifecycle, clock, onStep }).catch((error: unknown) =>
      this.fail(asError(error)),
    );
    commits.close();
    pace.hurry();
    await applying;
    await this.#close();
  }

  async #close(): Promise<void> {
    const { failover, leadership, input, cutter, sender, receiver, peerSender } = this.#parts;
    const { transport, log } = this.#options;
    this.#cancelTick?.();
    peerSender.close();
    failover.stop();
    leadership.end();
    input.close();
    // They use log and state machine, which must stay open until they are done.
    await Promise.all([cutter.close(), sender.close(), receiver.close()]);
    let failure: Error | undefined;
    for (const resource of [transport, log]) {
      try {
        await resource.close();
      } catch (error) {
        failure ??= asError(error);
      }
    }
    this.#lifecycle.end(failure);
  }

  /** Calls do not wait for the Ready loop, which may wait for its disk. */
  #onPacket(from: NodeId, packet: Packet): void {
    const { messages, round, ack, calls = [] } = packet;
    if (messages.length > 0 || round !== undefined || ack !== undefined) this.#parts.input.packet(from, packet);
    if (this.running) for (const call of calls) this.#options.onCall?.(from, call);
  }

  #onLinkDown(peer: NodeId): void {
    const { links, input, failover } = this.#parts;
    links.down(peer);
    input.unreachable(peer);
    if (this.running) failover.onLinkDown(peer);
  }

  #onConfChange(application: ConfChangeApplication): void {
    logConfChange(this.#options.logger, application, this.#committedAtStart);
    if (application.admitted) this.#parts.sender.cancelExcept((to) => isMember(application.confState, to));
    if (removes(application, this.id)) this.#retirement.removed();
  }

  #onApplied(index: number): void {
    const { executor, applied, authority, raw, cutter, receiver } = this.#parts;
    executor.applied(index);
    authority.applied(index);
    applied.reached(index);
    // Not only in answer to a leader's round: a cluster of one has no rounds, and cuts its log too.
    if (raw.role === 'leader') cutter.distributed(raw.minMatch);
    receiver.passed(index);
    cutter.applied(index).catch((error: unknown) => this.fail(asError(error)));
    this.#lifecycle.signal.set();
  }

  /** Each tick is armed when the one before has run, so a process that was paused does not catch up on ticks. */
  #armTick(): void {
    const { clock, config } = this.#options;
    this.#cancelTick = clock.timeout(config.heartbeatMs, () => {
      if (!this.running) return;
      this.#parts.input.tick();
      this.#armTick();
    });
  }
}
