import type { Message, NodeId } from '../../raft/types.js';
import type { Packet, Round, RoundAck } from '../../ports/transport.js';

/** Collects what one turn has to say to each peer, so that a peer gets one packet a turn. */
export class PacketCollector {
  readonly #messages = new Map<NodeId, Message[]>();
  readonly #acks = new Map<NodeId, RoundAck>();

  /** No message waits; answers may. */
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

  /** The newest answer to a peer's rounds; it answers the older ones too. */
  ack(to: NodeId, ack: RoundAck): void {
    this.#acks.set(to, ack);
  }

  /** Whether a message of some kind is on its way out. */
  holds(type: Message['type']): boolean {
    for (const messages of this.#messages.values()) {
      if (messages.some((message) => message.type === type)) return true;
    }
    return false;
  }

  /**
   * Hands messages over, one packet a peer, with the answers for those peers. `roundFor` is asked once for each peer that
   * is written to.
   */
  flush(roundFor: (peer: NodeId) => Round | undefined, send: (to: NodeId, packet: Packet) => void): void {
    for (const [to, messages] of this.#messages) {
      send(to, { group: 0, messages, round: roundFor(to), ack: this.#acks.get(to) });
      this.#acks.delete(to);
    }
    this.#messages.clear();
  }

  /** Hands over the answers that found no message to travel with. */
  flushAcks(send: (to: NodeId, packet: Packet) => void): void {
    for (const [to, ack] of this.#acks) send(to, { group: 0, messages: [], round: undefined, ack });
    this.#acks.clear();
  }
}
