import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../ports/clock.js';
import type { SnapshotDelivery, SnapshotTransfer } from '../ports/snapshot.js';
import type { Packet, PeerAddress, Transport, TransportListener } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import { assert } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { Acceptor } from './acceptor.js';
import type { IncomingOptions } from './acceptor-options.js';
import { connectPlain, type Connect } from './connect.js';
import { PeerErrorLog } from './error-log.js';
import type { Hello } from './hello.js';
import { Introductions, type LookUp } from './introductions.js';
import { DEFAULT_TRANSPORT_OPTIONS, type TransportOptions } from './options.js';
import { refuseOldLink, type OldLinkCall } from './old-link.js';
import { Peer } from './peer.js';
import { Proofs } from './proofs.js';
import { RefusalLog } from './refusals.js';
import { acceptSnapshot, StrangerError, type SnapshotCallIn } from './snapshot-acceptor.js';
import { SnapshotDeliveryRun } from './snapshot-delivery.js';
import { SnapshotCall } from './snapshot-stream.js';
import { IGNORE_TRAFFIC, type TrafficListener } from './traffic.js';

const NOTHING = (): void => undefined;

export interface PeerTransportOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: without TLS. */
  readonly connect?: Connect;
  /** Default: a caller that `setPeers` does not name is refused. */
  readonly lookUp?: LookUp;
  /** Overrides of DEFAULT_TRANSPORT_OPTIONS. */
  readonly options?: Partial<TransportOptions>;
  /** Default: not observed. */
  readonly traffic?: TrafficListener;
}

/**
 * Links to the other members: frames on sockets (see frame.ts). Every member dials every other: it sends on the links that
 * it dialled and receives on those that it accepted. So there is no rule for which side dials, which a restart could
 * break. A link counts only once its dialler has proved its identity: see Proofs. Snapshots travel on gRPC streams of
 * their own.
 */
export class PeerTransport implements Transport {
  readonly #options: PeerTransportOptions;
  readonly #tunables: TransportOptions;
  readonly #connectTo: Connect;
  readonly #traffic: TrafficListener;
  readonly #refusals: RefusalLog;
  readonly #acceptor: Acceptor;
  readonly #proofs = new Proofs();
  readonly #introductions: Introductions;
  readonly #peers = new Map<NodeId, Peer>();
  readonly #losses = new Set<NodeId>();
  /** Peers that were sent proofs a moment ago, and whether to send them again. */
  readonly #returning = new Map<NodeId, { again: boolean; readonly cancel: Cancel }>();
  #addresses: readonly PeerAddress[] = [];
  #removed: ReadonlySet<NodeId> = new Set();
  readonly #heard = new Set<NodeId>();
  readonly #incarnation = randomInt(1, 2 ** 48 - 1);
  #hellos = 0;
  /** Of snapshots that peers refuse, and of snapshots that are refused here. */
  readonly #snapshotErrors = { out: new PeerErrorLog(), in: new PeerErrorLog() };
  #listener: TransportListener | undefined;
  #closed = false;

  constructor(options: PeerTransportOptions) {
    const { clusterId, memberId, logger, clock, lookUp } = options;
    this.#options = options;
    this.#tunables = { ...DEFAULT_TRANSPORT_OPTIONS, ...options.options };
    this.#connectTo = options.connect ?? connectPlain;
    this.#traffic = options.traffic ?? IGNORE_TRAFFIC;
    this.#refusals = new RefusalLog({ clock, logger, traffic: this.#traffic });
    const { lookUpIntervalMs: intervalMs, proofTimeoutMs, unprovenLinksMax, closeGraceMs } = this.#tunables;
    const { appendFrameBytesMax, controlFrameBytesMax } = this.#tunables;
    this.#introductions = new Introductions({ lookUp, intervalMs, clock, logger, onFound: () => this.#connect() });
    this.#acceptor = new Acceptor({
      clusterId,
      memberId,
      clock,
      refusals: this.#refusals,
      proofTimeoutMs,
      unprovenLinksMax,
      closeGraceMs,
      bodyBytesMax: (lane) => (lane === 'append' ? appendFrameBytesMax : controlFrameBytesMax),
      listener: {
        isPeer: (id) => this.#peers.has(id),
        wasRemoved: (id) => this.#removed.has(id),
        onUnknown: (id) => this.#introductions.calledBy(id),
        onClaim: (hello, source) => this.#onClaim(hello, source),
        isProof: (from, proofs) => this.#proofs.accepts(from, proofs),
        onProven: ({ from, challenge }) => {
          this.#heard.add(from);
          this.#proofs.proved(from, challenge);
          this.#returnProofs(from);
        },
        // It may have moved, by entries that this member does not have yet.
        onUnproven: () => this.#introductions.request(),
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

  /** The members that have opened a link to this one since it started, ascending. */
  get heard(): readonly NodeId[] {
    return [...this.#heard].sort((left, right) => left - right);
  }

  setPeers(peers: readonly PeerAddress[], removed: readonly NodeId[] = []): void {
    assert(!peers.some(({ id }) => id === this.#options.memberId), 'a member is not its own peer');
    this.#addresses = peers;
    this.#removed = new Set(removed);
    this.#connect();
  }

  send(to: NodeId, packet: Packet): void {
    const peer = this.#peers.get(to);
    if (peer === undefined) this.#onLoss(to);
    else peer.send(packet);
  }

  sendSnapshot({ to, message, source }: SnapshotDelivery): SnapshotTransfer {
    const { clusterId, clock, random, logger } = this.#options;
    let tries = 0;
    return new SnapshotDeliveryRun({
      source,
      clock,
      random,
      tunables: this.#tunables,
      open: () => {
        const urls = this.#wanted().get(to) ?? [];
        const url = urls[tries++ % urls.length] ?? '';
        const onSent = (bytes: number): void => this.#traffic.sent(to, bytes);
        const proofs = this.#proofs.proofsFor(to);
        return new SnapshotCall({
          url,
          connect: this.#connectTo,
          clusterId,
          proofs,
          message,
          tunables: this.#tunables,
          clock,
          onSent,
        });
      },
      onOpened: () => this.#snapshotErrors.out.forget(to),
      onBroken: (reason, how) => {
        if (how === 'broke') logger.warn('the stream of a snapshot broke', { peer: hex(to), reason });
        else logger[this.#snapshotErrors.out.levelOf(to, reason)]('peer refuses a snapshot', { peer: hex(to), reason });
      },
    });
  }

  /**
   * Receives a snapshot that another member sends. The server mounts this at /raftkv.Peer/Snapshot.
   * @param onProven called once the call is proven to come from a member
   */
  acceptSnapshot(call: SnapshotCallIn, onProven: () => void = NOTHING): void {
    const { clusterId, memberId, logger, clock } = this.#options;
    acceptSnapshot(call, {
      clusterId,
      memberId,
      logger,
      clock,
      helloTimeoutMs: this.#tunables.proofTimeoutMs,
      refusals: this.#refusals,
      errors: this.#snapshotErrors.in,
      onBytes: (from, bytes) => this.#traffic.received(from, bytes),
      identify: (hello) => {
        this.#identify(hello);
        onProven();
      },
      open: async (from, incoming) => (await this.#listener?.onSnapshot(from, incoming)) ?? 'this member is starting',
    });
  }

  /**
   * Accepts a link that another member has dialled.
   * @param socket a connection that begins with LINK_PREFACE, from which nothing was read
   */
  acceptLink(socket: Duplex, options: IncomingOptions = {}): void {
    this.#acceptor.accept(socket, options);
  }

  /** Refuses the link of a member of an older version. The server mounts this at /raftkv.Peer/Link. */
  refuseOldLink(call: OldLinkCall): void {
    const { memberId, clock } = this.#options;
    const { proofTimeoutMs: timeoutMs } = this.#tunables;
    refuseOldLink(call, { memberId, clock, timeoutMs, refusals: this.#refusals });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const accepted = this.#acceptor.close();
    for (const { cancel } of this.#returning.values()) cancel();
    const peers = [...this.#peers.values()];
    this.#peers.clear();
    await Promise.all([accepted, ...peers.map((peer) => peer.close())]);
  }

  /** @throws StrangerError unless the sender of a snapshot is a proven member */
  #identify({ from, proofs }: Hello): void {
    if (this.#removed.has(from)) {
      const reason = `member ${hex(from)} was removed from the cluster`;
      throw new StrangerError(reason, { what: 'unknown-member', final: true });
    }
    if (!this.#peers.has(from)) {
      this.#introductions.request();
      throw new StrangerError(`unknown member ${hex(from)}`, { what: 'unknown-member', final: true });
    }
    if (this.#proofs.accepts(from, proofs)) return;
    // Its link to here may not be proven yet; then the next stream is.
    this.#peers.get(from)?.hurry();
    const reason = `no proof that the caller is member ${hex(from)}`;
    throw new StrangerError(reason, { what: 'unproven-member', final: false });
  }

  /** Returns the caller's challenge, and sends it this member's own, both on the links to the member that it names. */
  #onClaim({ from, challenge }: Hello, source: string): void {
    this.#proofs.challengedBy(from, challenge, source);
    this.#returnProofs(from);
  }

  /**
   * On attempts that are under way, or on one that begins now: its hello has the proofs. Again only after a while,
   * whatever strangers claim: the peer accepts few frames without a proof, and may be down.
   */
  #returnProofs(to: NodeId): void {
    const { clock } = this.#options;
    const waiting = this.#returning.get(to);
    if (waiting !== undefined) {
      waiting.again = true;
      return;
    }
    const cancel = clock.timeout(this.#tunables.proofIntervalMs, () => {
      const again = this.#returning.get(to)?.again === true;
      this.#returning.delete(to);
      if (again) this.#returnProofs(to);
    });
    this.#returning.set(to, { again: false, cancel });
    const peer = this.#peers.get(to);
    peer?.sendProofs();
    peer?.hurry();
  }

  /** The URLs of every member that this one has links to: those in its own state first, then those it heard of. */
  #wanted(): ReadonlyMap<NodeId, readonly string[]> {
    const wanted = new Map(this.#addresses.map(({ id, urls }) => [id, urls]));
    for (const { id, urls } of this.#introductions.addresses) {
      if (id === this.#options.memberId || this.#removed.has(id)) continue;
      wanted.set(id, [...new Set([...(wanted.get(id) ?? []), ...urls])]);
    }
    return wanted;
  }

  /** Opens and closes links until they match the addresses. */
  #connect(): void {
    if (this.#listener === undefined || this.#closed) return;
    const wanted = this.#wanted();
    for (const [id, peer] of this.#peers) {
      if (wanted.has(id)) continue;
      this.#peers.delete(id);
      void peer.close();
    }
    this.#proofs.retain(new Set(wanted.keys()));
    for (const [id, urls] of wanted) {
      const peer = this.#peers.get(id);
      if (peer === undefined) this.#peers.set(id, this.#dial({ id, urls }));
      else peer.setUrls(urls);
    }
    this.#acceptor.dropStrangers();
  }

  #dial(address: PeerAddress): Peer {
    const { id } = address;
    return new Peer({
      ...this.#options,
      options: this.#tunables,
      connect: this.#connectTo,
      traffic: this.#traffic,
      proofs: this.#proofs,
      nextHello: () => ({ incarnation: this.#incarnation, number: (this.#hellos += 1) }),
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

  /** Reports in a later turn, since `send` must not call back, and once per peer however many packets were lost. */
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
