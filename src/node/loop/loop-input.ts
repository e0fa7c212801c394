import type { Clock } from '../../ports/clock.js';
import type { Packet } from '../../ports/transport.js';
import type { RawNode } from '../../raft/raw-node.js';
import { NONE, type Message, type NodeId } from '../../raft/types.js';
import type { Random } from '../../util/random.js';
import type { Ticket } from './applied-waiters.js';
import type { Authority } from '../authority/authority.js';
import type { NodeConfig } from '../config.js';
import { ConfChangeQueue, isSimple, type ConfChangeProposal } from './conf-changes.js';
import { Inbox } from './inbox.js';
import type { LearnersView } from '../authority/learners.js';
import type { LogCutter } from '../storage/log-cutter.js';
import type { PeerSender } from './peer-sender.js';
import { ProposalQueue, type Proposal } from './proposals.js';
import { ReadQueue, type ReadLevel } from '../authority/reads.js';

export interface LoopInputOptions {
  readonly raw: RawNode;
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly authority: Authority;
  readonly peerSender: PeerSender;
  readonly cutter: Pick<LogCutter, 'distributed'>;
  readonly learners: LearnersView;
  /** What the core is to be told beside what comes from outside: answers of the storage, a snapshot that has arrived. */
  readonly fromWithin: () => readonly Message[];
  /** Something waits. */
  readonly onArrival: () => void;
  /** Role, term or leader may have changed. */
  readonly onStep: () => void;
}

/** Everything that waits for the loop, each kind bounded, and how it goes into the core: all in one go, in one order. */
export class LoopInput {
  readonly reads: ReadQueue;
  readonly #options: LoopInputOptions;
  readonly #inbox: Inbox;
  readonly #proposeC: ProposalQueue;
  readonly #confChanges = new ConfChangeQueue();
  readonly #unreachable = new Set<NodeId>();
  #snapshotOutcomes: { readonly to: NodeId; readonly result: 'delivered' | 'failed' }[] = [];
  /** A wish for another leader, and of whose leadership it speaks. */
  #transfer: { readonly to: NodeId; readonly leader: NodeId; readonly term: number } | undefined;
  #ticked = false;
  #lastContactMs: number | undefined;

  constructor(options: LoopInputOptions) {
    const { raw, config, random } = options;
    this.#options = options;
    this.#inbox = new Inbox({ packetsMax: config.inboxPacketsMax, bytesMax: config.inboxBytesMax });
    this.#proposeC = new ProposalQueue({
      countMax: config.proposalsMax,
      bytesMax: config.proposalBytesMax,
      messageBytesMax: config.messageBytesMax,
    });
    this.reads = new ReadQueue({
      self: raw.id,
      random,
      readsMax: config.readsMax,
      retryTicks: Math.max(2, Math.ceil(config.electionMs / config.heartbeatMs / 2)),
    });
  }

  /** Time since the leader was last heard, in ms; undefined before the first time. */
  get sinceContactMs(): number | undefined {
    return this.#lastContactMs === undefined ? undefined : this.#options.clock.now() - this.#lastContactMs;
  }

  packet(from: NodeId, packet: Packet): void {
    this.#inbox.add({ from, packet });
    this.#options.onArrival();
  }

  unreachable(peer: NodeId): void {
    this.#unreachable.add(peer);
    this.#options.onArrival();
  }

  snapshotOutcome(to: NodeId, result: 'delivered' | 'failed'): void {
    this.#snapshotOutcomes.push({ to, result });
    this.#options.onArrival();
  }

  transfer(to: NodeId): void {
    const { leader, term } = this.#options.raw;
    this.#transfer = { to, leader, term };
    this.#options.onArrival();
  }

  tick(): void {
    this.#ticked = true;
    this.#options.onArrival();
  }

  /** False: proposeC is full, or closed. */
  propose(proposal: Proposal): boolean {
    const taken = this.#proposeC.trySend(proposal);
    if (taken) this.#options.onArrival();
    return taken;
  }

  /** False: too many wait. */
  proposeConfChange(proposal: ConfChangeProposal): boolean {
    const taken = this.#confChanges.trySend(proposal);
    if (taken) this.#options.onArrival();
    return taken;
  }

  /** False: too many wait. */
  read(level: ReadLevel, ticket: Ticket): boolean {
    const taken = this.reads.add(level, ticket);
    if (taken) this.#options.onArrival();
    return taken;
  }

  /** Puts all that waits into the core. Messages before time: after a pause, a heartbeat that waits must not lose against the clock. */
  takeInto(raw: RawNode): void {
    const { fromWithin, onStep } = this.#options;
    for (const message of fromWithin()) raw.step(message);
    for (const { from, packet } of this.#inbox.take()) this.#stepPacket(from, packet);
    for (const peer of this.#unreachable) raw.reportUnreachable(peer);
    this.#unreachable.clear();
    for (const { to, result } of this.#snapshotOutcomes.splice(0)) raw.reportSnapshot(to, result);
    if (this.#ticked) this.#tick();
    if (this.#transfer !== undefined) this.#handOver(this.#transfer);
    // Without a leader proposals wait in proposeC: they have not been proposed, and can still say so.
    if (raw.leader !== NONE) {
      this.#proposeC.takeInto((data) => raw.propose(data));
      this.#confChanges.takeInto((change) => raw.proposeConfChange(change, { asV1: isSimple(change) }));
      if (this.reads.waiting) for (const context of this.reads.start()) raw.readIndex(context);
    }
    onStep();
  }

  close(): void {
    this.#proposeC.close();
  }

  #tick(): void {
    const { raw, authority } = this.#options;
    this.#ticked = false;
    if (authority.mayTick) raw.tick();
    this.reads.tick();
    this.#proposeC.discardAbandoned();
  }

  /** Whoever leads by now, and is not who was meant, has no reason to hand over. */
  #handOver({ to, leader, term }: { readonly to: NodeId; readonly leader: NodeId; readonly term: number }): void {
    const { raw } = this.#options;
    this.#transfer = undefined;
    if (leader !== NONE && raw.leader === leader && raw.term === term) raw.transferLeader(to);
  }

  #stepPacket(from: NodeId, { messages, round, ack }: Packet): void {
    const { raw, clock, authority, peerSender, cutter, learners, onStep } = this.#options;
    for (const incoming of messages) {
      if (!authority.admits(incoming)) continue;
      const answer = authority.correct(incoming) ?? authority.answerAlone(incoming);
      if (answer === undefined) raw.step(incoming);
      else peerSender.post([answer]);
      onStep();
    }
    if (raw.leader === from) this.#lastContactMs = clock.now();
    const answer = round === undefined ? undefined : authority.answer(from, round);
    if (round !== undefined && answer !== undefined) {
      peerSender.ack(from, answer);
      cutter.distributed(round.minMatch);
      learners.told(round);
    }
    if (ack !== undefined) authority.answered(from, ack);
  }
}
