import type { Packet, RoundAck, Transport } from '../../ports/transport.js';
import type { Message, NodeId } from '../../raft/types.js';
import type { Authority } from '../authority/authority.js';
import { PacketCollector } from './packet-collector.js';
import type { SnapshotSender } from '../snapshot/sender.js';

export interface PeerSenderOptions {
  readonly transport: Pick<Transport, 'send'>;
  readonly authority: Authority;
  readonly sender: SnapshotSender;
}

/** What this member says to its peers: packets, with a leader's rounds in them, and snapshots beside them. */
export class PeerSender {
  readonly #options: PeerSenderOptions;
  readonly #packets = new PacketCollector();

  constructor(options: PeerSenderOptions) {
    this.#options = options;
  }

  /** What a Ready says without waiting for its append, before the core is told anything else; snapshots go at once. */
  postReady(messages: readonly Message[]): void {
    const { sender } = this.#options;
    const snapshots = messages.filter(({ type }) => type === 'MsgSnap');
    this.post(snapshots.length === 0 ? messages : messages.filter(({ type }) => type !== 'MsgSnap'));
    for (const message of snapshots) sender.send(message);
    sender.settle();
  }

  /** Messages for the next `flush`. */
  post(messages: readonly Message[]): void {
    this.#packets.add(messages);
  }

  /** An answer to a leader's round, for the next packet to it. */
  ack(to: NodeId, ack: RoundAck): void {
    this.#packets.ack(to, ack);
  }

  /** Hands over what waits. @param options.bareAcks also answers to rounds for which no packet is due */
  flush(options: { bareAcks: boolean }): void {
    const { transport, authority } = this.#options;
    const send = (to: NodeId, packet: Packet): void => transport.send(to, packet);
    if (!this.#packets.empty) {
      const sendsTimeoutNow = this.#packets.holds('MsgTimeoutNow');
      this.#packets.flush(authority.roundForTurn({ sendsTimeoutNow }), send);
    }
    if (options.bareAcks) this.#packets.flushAcks(send);
  }
}
