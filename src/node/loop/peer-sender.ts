import type { Cancel, Clock } from '../../ports/clock.js';
import type { Packet, RoundAck, Transport } from '../../ports/transport.js';
import type { Message, NodeId, Ready } from '../../raft/types.js';
import type { Authority } from '../authority/authority.js';
import type { RoundPeers } from '../authority/round-peers.js';
import { PacketCollector } from './packet-collector.js';
import type { SnapshotSender } from '../snapshot/sender.js';

export interface PeerSenderOptions {
  readonly transport: Pick<Transport, 'send'>;
  readonly authority: Authority;
  readonly sender: SnapshotSender;
  readonly rounds: RoundPeers;
  readonly clock: Clock;
  /** Called when `flush` has more to send than at its last call. */
  readonly onDue: () => void;
}

/**
 * How long a commit index waits for the next append to carry it, and the question of a round for its confirmation by
 * others, in ms. A client that writes one value after the other sends the next within that time, and a commit index of
 * its own would be one more packet to each member.
 */
const DELAY_MS = 1;

/** Sends packets to the peers, with the leader's rounds in them, and starts snapshot transfers. */
export class PeerSender {
  readonly #options: PeerSenderOptions;
  readonly #packets: PacketCollector;
  readonly #send: (to: NodeId, packet: Packet) => void;
  /** Since when appends without entries or questions wait, by the clock. */
  #waitingSinceMs: number | undefined;
  #cancelDelay: Cancel | undefined;
  #isDue = false;
  /** Spare peers were asked to confirm the round. */
  #askedAll = false;

  constructor(options: PeerSenderOptions) {
    this.#options = options;
    this.#packets = new PacketCollector((peer) => options.rounds.isSpare(peer));
    this.#send = (to, packet) => options.transport.send(to, packet);
  }

  /**
   * Collects the messages of a Ready that need not wait for its append, before any other input to the core. Snapshots
   * start at once.
   */
  postReady({ messages, readStates }: Pick<Ready, 'messages' | 'readStates'>): void {
    const { sender } = this.#options;
    if (readStates.length > 0 || messages.some(({ type }) => type === 'MsgReadIndexResp')) {
      this.#packets.drop();
      this.#askedAll = false;
    }
    const snapshots = messages.filter(({ type }) => type === 'MsgSnap');
    this.post(snapshots.length === 0 ? messages : messages.filter(({ type }) => type !== 'MsgSnap'));
    for (const message of snapshots) sender.send(message);
    sender.settle();
  }

  /** Collects messages for the next `flush`. */
  post(messages: readonly Message[]): void {
    this.#packets.add(messages);
  }

  /**
   * Collects an answer to a leader's round, for the next packet to the leader.
   * @param options.urgent the next `flush` with bare acks sends it in any case
   */
  ack(to: NodeId, ack: RoundAck, options: { readonly urgent: boolean }): void {
    this.#packets.ack(to, ack, options);
  }

  /** A peer has forwarded a proposal: its clients wait for the commit. */
  forwarded(peer: NodeId): void {
    this.#packets.forwarded(peer);
  }

  /** A peer has answered a ReadIndex round. */
  confirmed(peer: NodeId): void {
    if (this.#askedAll) this.#options.rounds.answeredInstead(peer);
  }

  /** The next `flush` sends also answers that have waited for another packet. */
  tick(): void {
    this.#packets.tick();
  }

  /** The link to a peer broke or is new: what was sent may not have arrived. */
  forget(peer: NodeId): void {
    this.#packets.forget(peer);
  }

  /**
   * Sends what is collected, except what still waits.
   * @param options.bareAcks also send urgent answers to rounds that no message carries
   * @param options.all also send commit indexes and questions that wait
   */
  flush(options: { readonly bareAcks: boolean; readonly all: boolean }): void {
    const { authority } = this.#options;
    if ((options.all || this.#isDue) && this.#packets.release()) this.#askedAll = true;
    this.#isDue = false;
    if (!this.#packets.empty) {
      const sendsTimeoutNow = this.#packets.holds('MsgTimeoutNow');
      this.#packets.flush(authority.roundForTurn({ sendsTimeoutNow }), this.#send);
    }
    if (options.bareAcks) this.#packets.flushAcks(this.#send);
    this.#watchDelay();
  }

  /** Ends all waiting. */
  close(): void {
    this.#cancelDelay?.();
  }

  /** Notes since when something waits, and sees to it that it does not wait for long. */
  #watchDelay(): void {
    if (!this.#packets.waits) this.#waitingSinceMs = undefined;
    else if (this.#waitingSinceMs === undefined) {
      this.#waitingSinceMs = this.#options.clock.now();
      // A timer that runs was armed for earlier messages. It goes on for the rest of the time of these.
      if (this.#cancelDelay === undefined) this.#arm(DELAY_MS);
    }
  }

  #arm(delayMs: number): void {
    const { clock, onDue } = this.#options;
    this.#cancelDelay = clock.timeout(delayMs, () => {
      this.#cancelDelay = undefined;
      if (this.#waitingSinceMs === undefined) return;
      const leftMs = this.#waitingSinceMs + DELAY_MS - clock.now();
      if (leftMs > 0) this.#arm(leftMs);
      else {
        this.#isDue = true;
        onDue();
      }
    });
  }
}
