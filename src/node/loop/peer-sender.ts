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

/** Sends packets to the peers, with the leader's rounds in them, and starts snapshot transfers. */
export class PeerSender {
  readonly #options: PeerSenderOptions;
  readonly #packets = new PacketCollector();

  constructor(options: PeerSenderOptions) {
    this.#options = options;
  }

  /**
   * Collects the messages of a Ready that need not wait for its append, before any other input to the core. Snapshots
   * start at once.
   */
  postReady(messages: readonly Message[]): void {
    const { sender } = this.#options;
    const snapshots = messages.filter(({ type }) => type === 'MsgSnap');
    this.post(snapshots.length === 0 ? messages : messages.filter(({ type }) => type !== 'MsgSnap'));
    for (const message of snapshots) sender.send(message);
    sender.settle();
  }

  /** Collects messages for the next `flush`. */
  post(messages: readonly Message[]): void {
    this.#packets.add(messages);
  }

  /** Collects an answer to a leader's round, for the next packet to the leader. */
  ack(to: NodeId, ack: RoundAck): void {
    this.#packets.ack(to, ack);
  }

  /** Sends everything collected. @param options.bareAcks also send answers to rounds that no message carries */
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
