import type { Message, NodeId } from '../../raft/types.js';
import type { Packet, Round, RoundAck } from '../../ports/transport.js';

/** Collects the messages of one turn, so that each peer gets one packet per turn. */
export class PacketCollector {
  readonly #messages = new Map<NodeId, Message[]>();
  readonly #acks = new Map<NodeId, RoundAck>();

  /** Whether no messages are collected. Answers to rounds may be. */
  get empty(): boolean {
    return this.#messages.size === 0;
  }

  add(messages: readonly Message[]): void {
    for (const message of messages) {
      const waiting = this.#messages.get(message.to);
      if (waiting === undefined) this.#messages.set(message.to, [message]);
      else waiting.push(message);
    }
  }

  /** Collects the answer to a peer's newest round, which covers the older ones. */
  ack(to: NodeId, ack: RoundAck): void {
    this.#acks.set(to, ack);
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
      send(to, { group: 0, messages, round: roundFor(to), ack: this.#acks.get(to) });
      this.#acks.delete(to);
    }
    this.#messages.clear();
  }

  /** Sends the answers that no message carries. */
  flushAcks(send: (to: NodeId, packet: Packet) => void): void {
    for (const [to, ack] of this.#acks) send(to, { group: 0, messages: [], round: undefined, ack });
    this.#acks.clear();
  }
}
