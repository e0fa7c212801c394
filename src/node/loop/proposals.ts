import type { Outcome } from '../../raft/outcome.js';
import { Channel } from '../../util/channel.js';

/** A command on its way into the log. */
export interface Proposal {
  readonly data: Uint8Array;
  /** Set by the owner when nobody waits any more: if it has not been proposed yet, it never is. */
  abandoned: boolean;
  /** Set by the node when it hands the proposal to the core: from then on its fate can be unknown. */
  proposed: boolean;
}

export interface ProposalQueueOptions {
  /** Proposals that wait; one more is refused. */
  readonly countMax: number;
  /** Bytes that wait; once so many do, the next one is refused. */
  readonly bytesMax: number;
  /** Bytes of one message to the core. A follower sends it to the leader as it is. */
  readonly messageBytesMax: number;
}

/** Proposals of one message to the core. */
const MESSAGE_PROPOSALS = 512;

/** proposeC: the bounded channel from the services to the core. */
export class ProposalQueue {
  readonly #options: ProposalQueueOptions;
  readonly #channel: Channel<Proposal>;
  /** What the core would not take, in order: tried before the channel, which stays the one that is bounded. */
  #deferred: Proposal[] = [];
  #bytes = 0;

  constructor(options: ProposalQueueOptions) {
    this.#options = options;
    this.#channel = new Channel(options.countMax);
  }

  /** False: it is full, or closed, and the proposal was not taken. */
  trySend(proposal: Proposal): boolean {
    if (this.#bytes >= this.#options.bytesMax || !this.#channel.trySend(proposal)) return false;
    this.#bytes += proposal.data.length;
    return true;
  }

  /** Hands over what waits, in messages of bounded size, until the core drops one. */
  takeInto(propose: (data: readonly Uint8Array[]) => Outcome): void {
    if (this.#deferred.length > 0) this.#deferred = this.#handOver(this.#deferred, propose);
    if (this.#deferred.length === 0) this.#deferred = this.#handOver(this.#channel.drain(), propose);
  }

  /** Those whose callers are gone must not keep new ones out while there is no leader to take them. */
  discardAbandoned(): void {
    this.#channel.discard(({ abandoned, data }) => {
      if (abandoned) this.#bytes -= data.length;
      return abandoned;
    });
  }

  close(): void {
    this.#channel.close();
  }

  /** @returns what the core would not take, in order */
  #handOver(proposals: readonly Proposal[], propose: (data: readonly Uint8Array[]) => Outcome): Proposal[] {
    const waiting = proposals.filter(({ abandoned, data }) => {
      if (abandoned) this.#bytes -= data.length;
      return !abandoned;
    });
    let from = 0;
    while (from < waiting.length) {
      const batch = this.#nextMessage(waiting, from);
      if (propose(batch.map(({ data }) => data)).kind === 'dropped') return waiting.slice(from);
      for (const proposal of batch) {
        proposal.proposed = true;
        this.#bytes -= proposal.data.length;
      }
      from += batch.length;
    }
    return [];
  }

  /** One at least, and no more than fit. */
  #nextMessage(waiting: readonly Proposal[], from: number): readonly Proposal[] {
    let bytes = 0;
    let end = from;
    for (const { data } of waiting.slice(from, from + MESSAGE_PROPOSALS)) {
      bytes += data.length;
      if (bytes > this.#options.messageBytesMax && end > from) break;
      end++;
    }
    return waiting.slice(from, end);
  }
}
