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
 * proposals, since clients of that peer wait for the commit. In the same way a question of a ReadIndex round waits that
 * may get its quorum without this peer; `drop` removes it once the round is confirmed.
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
  /** The newest question of a ReadIndex round to each peer that may not be needed. */
  readonly #questions = new Map<NodeId, Message>();
  /** Heartbeats are due: they go to all peers, with the question of a round in them or without. */
  #beats = false;
  readonly #isSpare: (peer: NodeId) => boolean;
  /** Peers that have forwarded proposals since the last tick, and in the time between the two before. */
  #forwarders = { now: new Set<NodeId>(), before: new Set<NodeId>() };

  /** @param isSpare see RoundPeers.isSpare */
  constructor(isSpare: (peer: NodeId) => boolean) {
    this.#isSpare = isSpare;
  }

  /** Whether something waits for `release`. */
  get waits(): boolean {
    return this.#emptyAppends.size > 0 || this.#questions.size > 0;
  }

  /** Whether no messages are collected that `flush` sends. Answers to rounds may be. */
  get empty(): boolean {
    return this.#messages.size === 0;
  }

  add(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#acknowledged.covers(message)) this.#repeated.set(message.to, message);
      else if (isEmptyAppend(message) && !this.#forwards(message.to)) this.#emptyAppends.set(message.to, message);
      else if (isQuestion(message) && !this.#beats && this.#isSpare(message.to))
        this.#questions.set(message.to, message);
      else this.#append(message);
    }
  }

  /** The next `flush` sends the appends without entries, and the questions. @returns whether there were questions */
  release(): boolean {
    const asks = this.#questions.size > 0;
    for (const waiting of [this.#emptyAppends, this.#questions]) {
      for (const message of waiting.values()) this.#append(message);
      waiting.clear();
    }
    return asks;
  }

  /** A ReadIndex round was confirmed without the questions that wait. */
  drop(): void {
    this.#questions.clear();
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

  /** Answers that wait for another packet wait no longer, and the heartbeats of this turn go to all. */
  tick(): void {
    this.#beats = true;
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
      for (const waiting of [this.#repeated, this.#emptyAppends, this.#questions]) {
        const message = waiting.get(to);
        if (message !== undefined) messages.unshift(message);
        waiting.delete(to);
      }
      send(to, { group: 0, messages, round: roundFor(to), ack: this.#takeAck(to) });
    }
    this.#messages.clear();
    this.#beats = false;
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

/** Whether a heartbeat asks for the confirmation of a ReadIndex round. */
function isQuestion({ type, context }: Message): boolean {
  return type === 'MsgHeartbeat' && context.length > 0;
}
