import type { Clock } from '../ports/clock.js';
import type { SnapshotDelivery, SnapshotTransfer } from '../ports/snapshot.js';
import type { Packet, PeerAddress, Transport, TransportListener } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import { assert } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import { Acceptor, type LinkCall } from './acceptor.js';
import { PeerErrorLog } from './error-log.js';
import { hex } from './hello.js';
import { DEFAULT_TRANSPORT_OPTIONS, type TransportOptions } from './options.js';
import { Peer } from './peer.js';
import { acceptSnapshot, type SnapshotCallIn } from './snapshot-acceptor.js';
import { SnapshotDeliveryRun } from './snapshot-delivery.js';
import { SnapshotCall } from './snapshot-stream.js';
import { NOBODY_LISTENS, type TrafficListener } from './traffic.js';

export interface GrpcTransportOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  /** Where this member is reached: told to peers that may not know it yet. Default none. */
  readonly ownUrls?: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** What differs from DEFAULT_TRANSPORT_OPTIONS. */
  readonly options?: Partial<TransportOptions>;
  /** Default: nobody listens. */
  readonly traffic?: TrafficListener;
}

/** Members that are answered though they are not known; of more, the oldest is forgotten, and calls again. */
const GUESTS_MAX = 32;

/**
 * Links to the other members over gRPC streams (proto/raftkv/peer.proto). Every member dials every other: what it has to
 * say leaves on the streams that it dialled, and what it hears comes in on those it accepted. So a link that works one
 * way only is seen as what it is, and there is no rule about who dials whom that a restart could get wrong.
 */
export class GrpcTransport implements Transport {
  readonly #options: GrpcTransportOptions;
  readonly #tunables: TransportOptions;
  readonly #traffic: TrafficListener;
  readonly #acceptor: Acceptor;
  readonly #peers = new Map<NodeId, Peer>();
  readonly #losses = new Set<NodeId>();
  #addresses: readonly PeerAddress[] = [];
  #removed: ReadonlySet<NodeId> = new Set();
  /** Members that have called before this one learned of them. */
  readonly #guests = new Map<NodeId, readonly string[]>();
  readonly #heard = new Set<NodeId>();
  /** Of snapshots that peers refuse, and of those that are refused here. */
  readonly #refusals = { out: new PeerErrorLog(), in: new PeerErrorLog() };
  #listener: TransportListener | undefined;
  #closed = false;

  constructor(options: GrpcTransportOptions) {
    this.#options = options;
    this.#tunables = { ...DEFAULT_TRANSPORT_OPTIONS, ...options.options };
    this.#traffic = options.traffic ?? NOBODY_LISTENS;
    this.#acceptor = new Acceptor({
      clusterId: options.clusterId,
      memberId: options.memberId,
      logger: options.logger,
      clock: options.clock,
      helloTimeoutMs: this.#tunables.dialTimeoutMs,
      listener: {
        isPeer: (id) => this.#peers.has(id),
        wasRemoved: (id) => this.#removed.has(id),
        onStranger: (id, urls) => this.#takeIn(id, urls),
        onHello: (from, lane) => {
          this.#heard.add(from);
          this.#peers.get(from)?.hurry(lane);
        },
        onPacket: (from, packet) => this.#listener?.onPacket(from, packet),
        onBytes: (from, bytes) => this.#traffic.received(from, bytes),
      },
    });
  }

  start(listener: TransportListener): void {
    assert(this.#listener === undefined, 'a transport is started once');
    this.#listener = listener;
    this.#connect();
  }

  /** The members that have called this one since it started. */
  get heard(): readonly NodeId[] {
    return [...this.#heard].sort((left, right) => left - right);
  }

  setPeers(peers: readonly PeerAddress[], removed: readonly NodeId[] = []): void {
    assert(!peers.some(({ id }) => id === this.#options.memberId), 'a member is no peer of itself');
    this.#addresses = peers;
    this.#removed = new Set(removed);
    for (const id of [...peers.map((peer) => peer.id), ...removed]) this.#guests.delete(id);
    this.#connect();
  }

  send(to: NodeId, packet: Packet): void {
    const peer = this.#peers.get(to);
    if (peer === undefined) this.#onLoss(to);
    else peer.send(packet);
  }

  sendSnapshot({ to, message, source }: SnapshotDelivery): SnapshotTransfer {
    const { clusterId, ownUrls = [], clock, random, logger } = this.#options;
    let tries = 0;
    return new SnapshotDeliveryRun({
      source,
      clock,
      random,
      tunables: this.#tunables,
      open: () => {
        const urls = this.#urlsOf(to);
        const url = urls[tries++ % urls.length] ?? '';
        const onSent = (bytes: number): void => this.#traffic.sent(to, bytes);
        return new SnapshotCall({ url, clusterId, ownUrls, message, tunables: this.#tunables, clock, onSent });
      },
      onOpened: () => this.#refusals.out.forget(to),
      onBroken: (reason, how) => {
        if (how === 'broke') logger.warn('the stream of a snapshot broke', { peer: hex(to), reason });
        else logger[this.#refusals.out.levelOf(to, reason)]('peer refuses a snapshot', { peer: hex(to), reason });
      },
    });
  }

  /** Takes over a snapshot that another member sends: what the server mounts at /raftkv.Peer/Snapshot. */
  acceptSnapshot(call: SnapshotCallIn): void {
    const { clusterId, memberId, logger, clock } = this.#options;
    acceptSnapshot(call, {
      clusterId,
      memberId,
      logger,
      clock,
      helloTimeoutMs: this.#tunables.dialTimeoutMs,
      refusals: this.#refusals.in,
      onBytes: (from, bytes) => this.#traffic.received(from, bytes),
      refusal: (from, urls) => {
        if (this.#removed.has(from)) return `member ${hex(from)} was removed from the cluster`;
        return this.#peers.has(from) || this.#takeIn(from, urls) ? undefined : `unknown member ${hex(from)}`;
      },
      open: async (from, incoming) => (await this.#listener?.onSnapshot(from, incoming)) ?? 'this member is starting',
    });
  }

  /** Takes over a link that another member has dialled: what the server mounts at /raftkv.Peer/Link. */
  acceptLink(call: LinkCall): void {
    this.#acceptor.accept(call);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#acceptor.close();
    const peers = [...this.#peers.values()];
    this.#peers.clear();
    await Promise.all(peers.map((peer) => peer.close()));
  }

  #urlsOf(id: NodeId): readonly string[] {
    return this.#addresses.find((address) => address.id === id)?.urls ?? this.#guests.get(id) ?? [];
  }

  /** Makes the links what the addresses ask for. */
  #connect(): void {
    if (this.#listener === undefined || this.#closed) return;
    const guests = [...this.#guests].map(([id, urls]) => ({ id, urls }));
    const wanted = new Map([...this.#addresses, ...guests].map((address) => [address.id, address]));
    for (const [id, peer] of this.#peers) {
      if (wanted.has(id)) continue;
      this.#peers.delete(id);
      void peer.close();
    }
    for (const [id, address] of wanted) {
      const peer = this.#peers.get(id);
      if (peer === undefined) this.#peers.set(id, this.#dial(address));
      else peer.setUrls(address.urls);
    }
    this.#acceptor.dropStrangers();
  }

  /** A member that was added by entries which this one does not have yet: the leader itself may be such a one. */
  #takeIn(id: NodeId, urls: readonly string[]): boolean {
    if (this.#listener === undefined || this.#closed || urls.length === 0 || id === this.#options.memberId)
      return false;
    const [oldest] = this.#guests.keys();
    if (this.#guests.size >= GUESTS_MAX && oldest !== undefined) this.#guests.delete(oldest);
    this.#guests.set(id, urls);
    this.#options.logger.info('took in a member that is not known here yet', { peer: hex(id), urls: urls.join(',') });
    this.#connect();
    return true;
  }

  #dial(address: PeerAddress): Peer {
    const { id } = address;
    return new Peer({
      ...this.#options,
      options: this.#tunables,
      traffic: this.#traffic,
      ownUrls: () => this.#options.ownUrls ?? [],
      address,
      listener: {
        onLink: (state) => {
          if (!this.#closed) this.#listener?.onLink(id, state);
        },
        onLoss: () => this.#onLoss(id),
        onRemoved: () => {
          if (!this.#closed) this.#listener?.onRemoved(id);
        },
      },
    });
  }

  /** Told in a later turn: `send` must not call back, and a peer is reported once however much was lost. */
  #onLoss(id: NodeId): void {
    const first = this.#losses.size === 0;
    this.#losses.add(id);
    if (!first) return;
    this.#options.clock.soon(() => {
      const lost = [...this.#losses].sort((a, b) => a - b);
      this.#losses.clear();
      if (this.#closed) return;
      for (const peer of lost) this.#listener?.onUnreachable(peer);
    });
  }
}
