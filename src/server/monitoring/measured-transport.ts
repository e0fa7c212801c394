import type { SnapshotDelivery, SnapshotIntake, SnapshotPosition, SnapshotTransfer } from '../../ports/snapshot.js';
import type { Packet, PeerAddress, Transport, TransportListener } from '../../ports/transport.js';
import type { Message, NodeId } from '../../raft/types.js';
import type { PeerOutcomes } from './peer-outcomes.js';

export interface MeasuredTransportOptions {
  readonly transport: Transport;
  readonly outcomes: PeerOutcomes;
  /** Time between two heartbeats of a leader, in ms. */
  readonly heartbeatMs: number;
  /** Monotonic time, in ms. */
  readonly now: () => number;
}

/** Heartbeat intervals after which a heartbeat counts as late: etcd's. */
const LATE_INTERVALS = 2;

/** A transport that reports dropped messages, broken links, late heartbeats and transfers of snapshots. */
export class MeasuredTransport implements Transport {
  readonly #options: MeasuredTransportOptions;
  /** The term and time of the last heartbeat to each peer. */
  readonly #heartbeats = new Map<NodeId, { readonly term: number; readonly atMs: number }>();

  constructor(options: MeasuredTransportOptions) {
    this.#options = options;
  }

  start(listener: TransportListener): void {
    const { transport, outcomes, now } = this.#options;
    transport.start({
      onPacket: (from, packet) => listener.onPacket(from, packet),
      onUnreachable: (peer) => {
        outcomes.of(peer).sendFailures += 1;
        listener.onUnreachable(peer);
      },
      onLink: (peer, state) => {
        if (state === 'down') outcomes.of(peer).receiveFailures += 1;
        listener.onLink(peer, state);
      },
      onRemoved: (by) => listener.onRemoved(by),
      onSnapshot: async (from, message) => {
        const intake = await listener.onSnapshot(from, message);
        return typeof intake === 'string' ? intake : new MeasuredIntake(intake, outcomes.of(from).received.begin(now));
      },
    });
  }

  setPeers(peers: readonly PeerAddress[], removed?: readonly NodeId[]): void {
    this.#options.transport.setPeers(peers, removed);
  }

  send(to: NodeId, packet: Packet): void {
    const heartbeat = packet.messages.find(({ type }) => type === 'MsgHeartbeat');
    if (heartbeat !== undefined) this.#heartbeat(to, heartbeat);
    this.#options.transport.send(to, packet);
  }

  sendSnapshot(delivery: SnapshotDelivery): SnapshotTransfer {
    const { transport, outcomes, now } = this.#options;
    const end = outcomes.of(delivery.to).sent.begin(now);
    const transfer = transport.sendSnapshot(delivery);
    transfer.delivered.then(end, () => end(false));
    return transfer;
  }

  close(): Promise<void> {
    return this.#options.transport.close();
  }

  #heartbeat(to: NodeId, { term }: Message): void {
    const { outcomes, heartbeatMs, now } = this.#options;
    const last = this.#heartbeats.get(to);
    const atMs = now();
    this.#heartbeats.set(to, { term, atMs });
    if (last?.term === term && atMs - last.atMs > LATE_INTERVALS * heartbeatMs) outcomes.lateHeartbeats += 1;
  }
}

/** The receiving end of a snapshot, which reports how it ends. */
class MeasuredIntake implements SnapshotIntake {
  readonly #intake: SnapshotIntake;
  readonly #end: (ok: boolean) => void;

  constructor(intake: SnapshotIntake, end: (ok: boolean) => void) {
    this.#intake = intake;
    this.#end = end;
  }

  get position(): SnapshotPosition {
    return this.#intake.position;
  }

  onRetired(callback: (reason: string) => void): void {
    this.#intake.onRetired((reason) => {
      this.#end(false);
      callback(reason);
    });
  }

  take(frame: Uint8Array): Promise<void> {
    return this.#intake.take(frame);
  }

  finish(): void {
    this.#intake.finish();
    this.#end(true);
  }

  release(): void {
    this.#intake.release();
    this.#end(false);
  }
}
