import type { Message, NodeId } from '../../raft/types.js';
import type { Packet, Round, RoundAck } from '../../ports/transport.js';
import { Acknowledged } from './acknowledged.js';

/**
 * Collects the messages of one turn, so that each peer gets one packet per turn.
 *
 * An answer that tells the leader nothing new can wait: it travels with the next packet to that peer, or alone
 * at the next tick. The leader sends each new commit index at once, and its followers'
 * answers to that would be as many packets again as their answers to appends.
 *
 * An append without entries states a commit index, and can wait for a moment too: `flush` sends it with other messages
 * to its peer, an append with entries replaces it, and `release` ends the wait. It does not wait for a peer that forwards
 * proposals, since clients of that peer wait for the commit.
 */
export class PacketCollector {
  readonly #acknowledged = new Acknowledged();
  readonly #messages = new Map<NodeId, Message[]>();
  readonly #acks = new Map<NodeId, RoundAck>();
  /** Peers whose ack must not wait for a message. */
  readonly #urgentAcks = new Set<NodeId>();
  /** The newest repeated acknowledgement to each peer. */
  readonly #repeated = new Map<NodeId, Message>();
  /** The newest append without entries to each peer: it states a commit index, or probes. */
  readonly #emptyAppends = new Map<NodeId, Message>();
  /** Peers that have forwarded proposals since the last tick, and in the time between the two before. */
  #forwarders = { now: new Set<NodeId>(), before: new Set<NodeId>() };

  /** Whether appends without entries wait. */
  get holdsAppends(): boolean {
    return this.#emptyAppends.size > 0;
  }

  /** Whether no messages are collected that `flush` sends. Answers to rounds may be. */
  get empty(): boolean {
    return this.#messages.size === 0;
  }

  add(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#acknowledged.covers(message)) this.#repeated.set(message.to, message);
      else if (isEmptyAppend(message) && !this.#forwards(message.to)) this.#emptyAppends.set(message.to, message);
      else this.#append(message);
    }
  }

  /** The next `flush` sends the appends without entries. */
  release(): void {
    for (const message of this.#emptyAppends.values()) this.#append(message);
    this.#emptyAppends.clear();
  }

  /** Collects the answer to a peer's newest round, which covers the older ones. */
  ack(to: NodeId, ack: RoundAck, { urgent }: { readonly urgent: boolean }): void {
    this.#acks.set(to, ack);
    if (urgent) this.#urgentAcks.add(to);
  }

  /** A peer has forwarded a proposal. */
  forwarded(peer: NodeId): void {
    this.#forwarders.now.add(peer);
  }

  /** Answers that wait for another packet wait no longer. */
  tick(): void {
    this.#forwarders = { now: new Set(), before: this.#forwarders.now };
    for (const message of this.#repeated.values()) this.#append(message);
    this.#repeated.clear();
    for (const to of this.#acks.keys()) this.#urgentAcks.add(to);
  }

  /** The link to a peer broke or is new, so the next acknowledgement is sent even if it repeats an earlier one. */
  forget(peer: NodeId): void {
    this.#acknowledged.forget(peer);
  }

  /** Whether a message of this type is collected. */
  holds(type: Message['type']): boolean {
    for (const messages of this.#messages.values()) {
      if (messages.some((message) => message.type === type)) return true;
    }
    return false;
  }

  /**
   * Sends all messages, one packet per peer, with the answers for these peers. `roundFor` is called once per packet.
   */
  flush(roundFor: (peer: NodeId) => Round | undefined, send: (to: NodeId, packet: Packet) => void): void {
    for (const [to, messages] of this.#messages) {
      for (const waiting of [this.#repeated, this.#emptyAppends]) {
        const message = waiting.get(to);
        if (message !== undefined) messages.unshift(message);
        waiting.delete(to);
      }
      send(to, { group: 0, messages, round: roundFor(to), ack: this.#takeAck(to) });
    }
    this.#messages.clear();
  }

  /** Sends the urgent answers that no message carries. */
  flushAcks(send: (to: NodeId, packet: Packet) => void): void {
    for (const to of this.#urgentAcks) {
      const ack = this.#takeAck(to);
      if (ack !== undefined) send(to, { group: 0, messages: [], round: undefined, ack });
    }
  }

  #forwards(peer: NodeId): boolean {
    return this.#forwarders.now.has(peer) || this.#forwarders.before.has(peer);
  }

  #append(message: Message): void {
    this.#acknowledged.record(message);
    // It states a commit index too, at least as high, and finds the same if it does not match.
    if (message.type === 'MsgApp') this.#emptyAppends.delete(message.to);
    const waiting = this.#messages.get(message.to);
    if (waiting === undefined) this.#messages.set(message.to, [message]);
    else waiting.push(message);
  }

  #takeAck(to: NodeId): RoundAck | undefined {
    const ack = this.#acks.get(to);
    this.#acks.delete(to);
    this.#urgentAcks.delete(to);
    return ack;
  }
}

/** Whether a leader sends no more than its commit index, or asks what the follower has. */
export function isEmptyAppend({ type, entries }: Message): boolean {
  return type === 'MsgApp' && entries.length === 0;
}
