import type { Outcome } from '../../raft/outcome.js';
import { defined } from '../../util/assert.js';
import { Channel } from '../../util/channel.js';

/** A proposed command. */
export interface Proposal {
  readonly data: Uint8Array;
  /** Set by the caller when it stops waiting: a command that was not proposed yet never is. */
  abandoned: boolean;
  /** Set by the node when it passes the command to the core: from then on its outcome can be unknown. */
  proposed: boolean;
}

export interface ProposalQueueOptions {
  /** Proposals in the queue; further ones are refused. */
  readonly countMax: number;
  /** Bytes in the queue; once exceeded, further proposals are refused. */
  readonly bytesMax: number;
  /** Bytes of one message to the core. A follower forwards it to the leader as it is. */
  readonly messageBytesMax: number;
}

/** Proposals in one message to the core. */
const MESSAGE_PROPOSALS = 512;

/** proposeC: the bounded channel from the services to the core. */
export class ProposalQueue {
  readonly #options: ProposalQueueOptions;
  readonly #channel: Channel<Proposal>;
  /** Proposals that the core dropped, in order. They go before those in the channel, which alone is bounded. */
  #deferred: Proposal[] = [];
  #bytes = 0;

  constructor(options: ProposalQueueOptions) {
    this.#options = options;
    this.#channel = new Channel(options.countMax);
  }

  /** Returns false if the channel is full or closed: the proposal was not taken. */
  trySend(proposal: Proposal): boolean {
    if (this.#bytes >= this.#options.bytesMax || !this.#channel.trySend(proposal)) return false;
    this.#bytes += proposal.data.length;
    return true;
  }

  /** Passes queued proposals to the core, in messages of bounded size, until it drops one. */
  takeInto(propose: (data: readonly Uint8Array[]) => Outcome): void {
    if (this.#deferred.length > 0) this.#deferred = this.#handOver(this.#deferred, propose);
    if (this.#deferred.length === 0) this.#deferred = this.#handOver(this.#channel.drain(), propose);
  }

  /** Removes abandoned proposals: without a leader they would keep new ones out. */
  discardAbandoned(): void {
    this.#channel.discard(({ abandoned, data }) => {
      if (abandoned) this.#bytes -= data.length;
      return abandoned;
    });
  }

  close(): void {
    this.#channel.close();
  }

  /** @returns the proposals that the core dropped, in order */
  #handOver(proposals: readonly Proposal[], propose: (data: readonly Uint8Array[]) => Outcome): Proposal[] {
    const waiting = proposals.some(({ abandoned }) => abandoned) ? this.#wanted(proposals) : proposals;
    let from = 0;
    while (from < waiting.length) {
      const batch = this.#nextMessage(waiting, from);
      if (propose(batch).kind === 'dropped') return waiting.slice(from);
      const end = from + batch.length;
      for (; from < end; from += 1) {
        const proposal = defined(waiting[from], 'a proposal of the message');
        proposal.proposed = true;
        this.#bytes -= proposal.data.length;
      }
    }
    return [];
  }

  #wanted(proposals: readonly Proposal[]): readonly Proposal[] {
    return proposals.filter(({ abandoned, data }) => {
      if (abandoned) this.#bytes -= data.length;
      return !abandoned;
    });
  }

  /** The data of as many as fit into one message, at least one. */
  #nextMessage(waiting: readonly Proposal[], from: number): readonly Uint8Array[] {
    const message: Uint8Array[] = [];
    let bytes = 0;
    for (let at = from; at < waiting.length && message.length < MESSAGE_PROPOSALS; at += 1) {
      const { data } = defined(waiting[at], 'a waiting proposal');
      bytes += data.length;
      if (bytes > this.#options.messageBytesMax && message.length > 0) break;
      message.push(data);
    }
    return message;
  }
}
