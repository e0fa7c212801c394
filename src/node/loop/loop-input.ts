import type { Packet } from '../../ports/transport.js';
import type { NodeId } from '../../raft/types.js';
import type { Random } from '../../util/random.js';
import { ReadQueue, type ReadLevel } from '../authority/reads.js';
import type { NodeConfig } from '../config.js';
import type { Ticket } from './applied-waiters.js';
import { ConfChangeQueue, type ConfChangeProposal } from './conf-changes.js';
import { Inbox, type Arrival } from './inbox.js';
import { ProposalQueue, type Proposal } from './proposals.js';

export interface LoopInputOptions {
  readonly self: NodeId;
  readonly config: NodeConfig;
  readonly random: Random;
  /** Called when something was queued. */
  readonly onArrival: () => void;
}

/** A request to transfer the leadership. */
export interface TransferRequest {
  readonly to: NodeId;
  /** The request is void under another leader or in another term. */
  readonly leader: NodeId;
  readonly term: number;
}

export interface SnapshotOutcome {
  readonly to: NodeId;
  readonly result: 'delivered' | 'failed';
}

const NO_PEERS: readonly NodeId[] = [];
const NO_OUTCOMES: readonly SnapshotOutcome[] = [];

/** Everything that waits for the Ready loop, each kind in a bounded queue. `InputStep` moves it into the core. */
export class LoopInput {
  readonly reads: ReadQueue;
  readonly proposals: ProposalQueue;
  readonly confChanges = new ConfChangeQueue();
  readonly #onArrival: () => void;
  readonly #inbox: Inbox;
  readonly #unreachable = new Set<NodeId>();
  #snapshotOutcomes: SnapshotOutcome[] = [];
  #transfer: TransferRequest | undefined;
  #ticked = false;

  constructor({ self, config, random, onArrival }: LoopInputOptions) {
    this.#onArrival = onArrival;
    this.#inbox = new Inbox({ packetsMax: config.inboxPacketsMax, bytesMax: config.inboxBytesMax });
    this.proposals = new ProposalQueue({
      countMax: config.proposalsMax,
      bytesMax: config.proposalBytesMax,
      messageBytesMax: config.messageBytesMax,
    });
    this.reads = new ReadQueue({
      self,
      random,
      readsMax: config.readsMax,
      retryTicks: Math.max(2, Math.ceil(config.electionMs / config.heartbeatMs / 2)),
    });
  }

  packet(from: NodeId, packet: Packet): void {
    this.#inbox.add({ from, packet });
    this.#onArrival();
  }

  unreachable(peer: NodeId): void {
    this.#unreachable.add(peer);
    this.#onArrival();
  }

  snapshotOutcome(outcome: SnapshotOutcome): void {
    this.#snapshotOutcomes.push(outcome);
    this.#onArrival();
  }

  transfer(request: TransferRequest): void {
    this.#transfer = request;
    this.#onArrival();
  }

  tick(): void {
    this.#ticked = true;
    this.#onArrival();
  }

  /** Returns false if proposeC is full or closed. */
  propose(proposal: Proposal): boolean {
    return this.#arrived(this.proposals.trySend(proposal));
  }

  /** Returns false if the queue is full. */
  proposeConfChange(proposal: ConfChangeProposal): boolean {
    return this.#arrived(this.confChanges.trySend(proposal));
  }

  /** Returns false if the queue is full. */
  read(level: ReadLevel, ticket: Ticket): boolean {
    return this.#arrived(this.reads.add(level, ticket));
  }

  takePackets(): readonly Arrival[] {
    return this.#inbox.take();
  }

  takeUnreachable(): readonly NodeId[] {
    if (this.#unreachable.size === 0) return NO_PEERS;
    const taken = [...this.#unreachable];
    this.#unreachable.clear();
    return taken;
  }

  takeSnapshotOutcomes(): readonly SnapshotOutcome[] {
    return this.#snapshotOutcomes.length === 0 ? NO_OUTCOMES : this.#snapshotOutcomes.splice(0);
  }

  takeTick(): boolean {
    const taken = this.#ticked;
    this.#ticked = false;
    return taken;
  }

  takeTransfer(): TransferRequest | undefined {
    const taken = this.#transfer;
    this.#transfer = undefined;
    return taken;
  }

  close(): void {
    this.proposals.close();
  }

  #arrived(taken: boolean): boolean {
    if (taken) this.#onArrival();
    return taken;
  }
}
