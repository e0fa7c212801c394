import type { Clock } from '../../src/ports/clock.js';
import type { SnapshotDelivery, SnapshotIntake, SnapshotTransfer } from '../../src/ports/snapshot.js';
import type { Packet, PeerAddress, Transport, TransportListener } from '../../src/ports/transport.js';
import type { Entry, Message, NodeId } from '../../src/raft/types.js';
import { SnapshotDeliveryRun } from '../../src/transport/snapshot-delivery.js';
import type { Random } from '../../src/util/random.js';
import { MemorySnapshotStream, type MemoryWay } from './memory-snapshots.js';

/** The quality of the network; every value may change while it runs. */
export interface NetworkFaults {
  /** Shortest and longest delay of a packet, in ms. */
  delayMs: readonly [low: number, high: number];
  /** Share of lost packets, and of snapshot frames that break their stream; 0 to 1. */
  lossRate: number;
  /** Share of packets that arrive twice, 0 to 1, except those with a proposal, which a transport must not deliver twice. */
  duplicateRate: number;
  /** Packets may overtake each other; otherwise each pair of members is served in order. */
  reorder: boolean;
  /** Added delay between two members, in ms, for clogged links. */
  linkDelayMs: (from: NodeId, to: NodeId) => number;
  /** Messages for which this is true are removed from their packet. */
  drop: (message: Message) => boolean;
  /** Delay of a message after its packet, in ms; 0 keeps it in the packet. */
  holdBackMs: (message: Message) => number;
  /** Bytes a second of a snapshot. */
  snapshotBytesPerSecond: number;
}

/** The clock of a process, which may do nothing for a while. */
type ProcessClock = Clock & { readonly stopped?: boolean };

export interface MemoryNetworkOptions {
  readonly random: Random;
  readonly clock: Clock;
  readonly faults?: Partial<NetworkFaults>;
  /** Called with every packet. */
  readonly onPacket?: (event: PacketEvent) => void;
}

export interface PacketEvent {
  readonly kind: 'sent' | 'lost' | 'arrived';
  readonly from: NodeId;
  readonly to: NodeId;
  readonly packet: Packet;
}

/**
 * A network of transports in one process. Given its Random and its clock it is deterministic. Members share nothing:
 * each packet is copied when it is sent, so that later writes of the sender cannot reach it.
 */
export class MemoryNetwork {
  readonly faults: NetworkFaults;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #onPacket: ((event: PacketEvent) => void) | undefined;
  readonly #nodes = new Map<NodeId, MemoryTransport>();
  /** Directed pairs that are cut, as "from>to". */
  readonly #cuts = new Set<string>();
  /** When the newest packet of a directed pair arrives: the next must not be earlier. */
  readonly #lastArrivalMs = new Map<string, number>();
  readonly #epochs = new Map<NodeId, number>();

  constructor({ random, clock, faults, onPacket }: MemoryNetworkOptions) {
    this.#random = random;
    this.#clock = clock;
    this.#onPacket = onPacket;
    this.faults = {
      delayMs: [0, 0],
      lossRate: 0,
      duplicateRate: 0,
      reorder: false,
      linkDelayMs: () => 0,
      drop: () => false,
      holdBackMs: () => 0,
      snapshotBytesPerSecond: 1024 * 1024,
      ...faults,
    };
  }

  /**
   * Creates a transport for a member. A second call is a restart: the old transport receives nothing more.
   * @param clock the member's own, which may be stopped; default: the network's
   */
  transport(id: NodeId, clock: ProcessClock = this.#clock): Transport {
    this.#nodes.get(id)?.abandon();
    const transport = new MemoryTransport(id, this, clock);
    this.#nodes.set(id, transport);
    return transport;
  }

  /** Cuts one direction of a link. */
  cut(from: NodeId, to: NodeId): void {
    this.#cuts.add(pair(from, to));
    this.#update();
  }

  /** Removes one cut. */
  join(from: NodeId, to: NodeId): void {
    this.#cuts.delete(pair(from, to));
    this.#update();
  }

  /** Members of one group reach only each other; a member in no group is isolated. */
  partition(...groups: readonly (readonly NodeId[])[]): void {
    this.connect((from, to) => groups.some((group) => group.includes(from) && group.includes(to)));
  }

  /** Cuts every directed pair for which it is false, and joins all others. */
  connect(connected: (from: NodeId, to: NodeId) => boolean): void {
    this.#cuts.clear();
    for (const from of this.#ids()) {
      for (const to of this.#ids()) if (from !== to && !connected(from, to)) this.#cuts.add(pair(from, to));
    }
    this.#update();
  }

  /** Two halves that share one member, which reaches both. */
  bridge(left: readonly NodeId[], middle: NodeId, right: readonly NodeId[]): void {
    this.partition([...left, middle], [middle, ...right]);
  }

  isolate(id: NodeId): void {
    for (const other of this.#ids()) {
      if (other === id) continue;
      this.#cuts.add(pair(id, other));
      this.#cuts.add(pair(other, id));
    }
    this.#update();
  }

  /**
   * Resets every connection of a member: packets in flight are lost, both ends notice, and the connections return at
   * once.
   */
  reset(id: NodeId): void {
    const healed = new Set(this.#cuts);
    this.isolate(id);
    this.#cuts.clear();
    for (const cut of healed) this.#cuts.add(cut);
    this.#epochs.set(id, this.#epochOf(id) + 1);
    this.#update();
  }

  /** A member's process is gone: it sends and receives nothing until it has a new transport. */
  kill(id: NodeId): void {
    this.#nodes.get(id)?.abandon();
    this.#nodes.delete(id);
    this.#update();
  }

  /** Removes all cuts. Other faults remain. */
  heal(): void {
    this.#cuts.clear();
    this.#update();
  }

  /** Whether a member can send to another: that one runs, and the link is not cut. */
  reaches(from: NodeId, to: NodeId): boolean {
    return this.#nodes.get(to)?.running === true && !this.#cuts.has(pair(from, to));
  }

  later(callback: () => void): void {
    this.#clock.soon(callback);
  }

  carry(from: NodeId, to: NodeId, original: Packet): void {
    const { duplicateRate, lossRate, drop, holdBackMs } = this.faults;
    this.#onPacket?.({ kind: 'sent', from, to, packet: original });
    const messages = original.messages.filter((message) => !drop(message));
    const { round, ack, calls } = original;
    if (messages.length === 0 && original.messages.length > 0 && !round && !ack && !calls) return;
    const held = messages.filter((message) => holdBackMs(message) > 0);
    for (const message of held) {
      const late = copyOf({ group: original.group, messages: [message], round: undefined, ack: undefined });
      this.#clock.timeout(holdBackMs(message), () => this.#deliver(from, to, late));
    }
    const prompt = held.length === 0 ? messages : messages.filter((message) => !held.includes(message));
    const twice = this.#random.next() < duplicateRate && !prompt.some(({ type }) => type === 'MsgProp');
    const copies = this.#random.next() < lossRate ? 0 : twice ? 2 : 1;
    if (copies === 0) this.#onPacket?.({ kind: 'lost', from, to, packet: original });
    for (let i = 0; i < copies; i++) this.#deliver(from, to, copyOf({ ...original, messages: prompt }));
  }

  sendSnapshot(from: MemoryTransport, { to, message, source }: SnapshotDelivery): SnapshotTransfer {
    return new SnapshotDeliveryRun({
      source,
      clock: from.clock,
      random: this.#random,
      tunables: {
        dialTimeoutMs: 2_000,
        backoffBaseMs: 50,
        backoffCapMs: 500,
        snapshotBytesPerSecond: this.faults.snapshotBytesPerSecond,
        snapshotStallMs: 3_000,
        snapshotTries: 4,
      },
      open: () => new MemorySnapshotStream(this.#way(from, to), message),
      onOpened: () => undefined,
      onBroken: () => undefined,
    });
  }

  /** One connection, which ends with a restart of either end, a cut or a reset. */
  #way(from: MemoryTransport, to: NodeId): MemoryWay {
    const receiver = this.#nodes.get(to);
    const epoch = this.#epochOf(from.id) + this.#epochOf(to);
    const lasts = (): boolean =>
      this.#nodes.get(from.id) === from &&
      this.#nodes.get(to) === receiver &&
      this.#epochOf(from.id) + this.#epochOf(to) === epoch &&
      this.reaches(from.id, to) &&
      this.reaches(to, from.id);
    const pass = (clock: Clock | undefined): Promise<void> =>
      new Promise((resolve, reject) => {
        const arrive = (): void => (lasts() ? resolve() : reject(new Error('the connection broke')));
        const [low, high] = this.faults.delayMs;
        // A stopped process reads it from its socket once it continues.
        this.#clock.timeout(low + this.#random.next() * (high - low), () => (clock ?? this.#clock).soon(arrive));
      });
    return {
      there: () => pass(receiver?.clock),
      back: () => pass(from.clock),
      offer: async (message) => (await receiver?.offered(from.id, message)) ?? 'it does not run',
      breaks: () => this.#random.next() < this.faults.lossRate,
    };
  }

  /**
   * Opens a link, so that the other end learns of the caller. False if that end refuses it because the caller was
   * removed.
   */
  greet(from: NodeId, to: NodeId): boolean {
    return this.#nodes.get(to)?.greeted(from) !== false;
  }

  /** A member has learned that another was removed: it ends the link with that reason. */
  dismiss(by: NodeId, removed: NodeId): void {
    if (this.reaches(removed, by)) this.#nodes.get(removed)?.dismissed(by);
  }

  changed(): void {
    this.#update();
  }

  removed(transport: MemoryTransport): void {
    if (this.#nodes.get(transport.id) === transport) this.#nodes.delete(transport.id);
    this.#update();
  }

  #deliver(from: NodeId, to: NodeId, packet: Packet): void {
    const { delayMs: bounds, linkDelayMs } = this.faults;
    const [low, high] = bounds;
    const key = pair(from, to);
    let atMs = this.#clock.now() + low + this.#random.next() * (high - low) + linkDelayMs(from, to);
    if (!this.faults.reorder) {
      atMs = Math.max(atMs, this.#lastArrivalMs.get(key) ?? 0);
      this.#lastArrivalMs.set(key, atMs);
    }
    const receiver = this.#nodes.get(to);
    const epoch = this.#epochOf(from) + this.#epochOf(to);
    const arrive = (): void => {
      // A restart of a member, a cut and a broken connection each lose packets in flight.
      if (this.#nodes.get(to) !== receiver || this.#epochOf(from) + this.#epochOf(to) !== epoch) return;
      if (!this.reaches(from, to)) return;
      this.#onPacket?.({ kind: 'arrived', from, to, packet });
      receiver?.receive(from, packet);
    };
    const delayMs = atMs - this.#clock.now();
    if (delayMs <= 0) this.#clock.soon(arrive);
    else this.#clock.timeout(delayMs, arrive);
  }

  /** Number of resets of a member's connections. */
  #epochOf(id: NodeId): number {
    return this.#epochs.get(id) ?? 0;
  }

  #ids(): NodeId[] {
    return [...this.#nodes.keys()].sort((a, b) => a - b);
  }

  #update(): void {
    for (const id of this.#ids()) this.#nodes.get(id)?.updateLinks();
  }
}

/** Copied field by field: a general clone would cost more than everything else about a packet. */
function copyOf({ group, messages, round, ack, calls }: Packet): Packet {
  return {
    group,
    messages: messages.map(copyOfMessage),
    round: round && { ...round },
    ack: ack && { ...ack },
    ...(calls === undefined ? {} : { calls: calls.map(copyOfBytes) }),
  };
}

function copyOfMessage(message: Message): Message {
  const { entries, context, snapshot } = message;
  return {
    ...message,
    entries: entries.map(copyOfEntry),
    context: copyOfBytes(context),
    snapshot: snapshot && structuredClone(snapshot),
  };
}

function copyOfEntry({ term, index, type, data }: Entry): Entry {
  return { term, index, type, data: copyOfBytes(data) };
}

function copyOfBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? bytes : new Uint8Array(bytes);
}

function pair(from: NodeId, to: NodeId): string {
  return `${from}>${to}`;
}

class MemoryTransport implements Transport {
  readonly id: NodeId;
  readonly clock: ProcessClock;
  readonly #network: MemoryNetwork;
  readonly #sending = new Set<SnapshotTransfer>();
  readonly #up = new Map<NodeId, boolean>();
  readonly #losses = new Set<NodeId>();
  /** Members that called before this one knew them. */
  readonly #guests = new Set<NodeId>();
  #removed: ReadonlySet<NodeId> = new Set();
  #listener: TransportListener | undefined;

  constructor(id: NodeId, network: MemoryNetwork, clock: ProcessClock) {
    this.id = id;
    this.clock = clock;
    this.#network = network;
  }

  get running(): boolean {
    return this.#listener !== undefined;
  }

  start(listener: TransportListener): void {
    this.#listener = listener;
    this.#network.changed();
  }

  setPeers(peers: readonly PeerAddress[], removed: readonly NodeId[] = []): void {
    for (const { id } of peers) this.#guests.delete(id);
    for (const id of removed) this.#guests.delete(id);
    const wanted = [...peers.map(({ id }) => id), ...this.#guests].sort((a, b) => a - b);
    const dismissed = removed.filter((id) => !this.#removed.has(id));
    this.#removed = new Set(removed);
    for (const [id, isUp] of [...this.#up]) {
      if (wanted.includes(id)) continue;
      this.#up.delete(id);
      if (isUp) this.#listener?.onLink(id, 'down');
    }
    for (const id of wanted) if (!this.#up.has(id)) this.#up.set(id, false);
    this.updateLinks();
    if (this.running) for (const id of dismissed) this.#network.dismiss(this.id, id);
  }

  send(to: NodeId, packet: Packet): void {
    if (!this.running) return;
    // In the middle of a turn that waits for a system call: the packet leaves when that returns.
    if (this.clock.stopped === true) this.clock.soon(() => this.#send(to, packet));
    else this.#send(to, packet);
  }

  #send(to: NodeId, packet: Packet): void {
    if (!this.running) return;
    if (this.#up.get(to) === true && this.#network.reaches(this.id, to)) this.#network.carry(this.id, to, packet);
    else this.#onLoss(to);
  }

  sendSnapshot(delivery: SnapshotDelivery): SnapshotTransfer {
    const transfer = this.#network.sendSnapshot(this, delivery);
    this.#sending.add(transfer);
    const forget = (): void => void this.#sending.delete(transfer);
    transfer.delivered.then(forget, forget);
    return transfer;
  }

  async close(): Promise<void> {
    this.abandon();
    this.#network.removed(this);
  }

  abandon(): void {
    this.#listener = undefined;
    this.#up.clear();
    for (const transfer of this.#sending) transfer.cancel();
  }

  async offered(from: NodeId, message: Message): Promise<SnapshotIntake | undefined | string> {
    return this.greeted(from) ? this.#listener?.onSnapshot(from, message) : 'it was removed';
  }

  receive(from: NodeId, packet: Packet): void {
    if (this.#up.has(from)) this.#listener?.onPacket(from, packet);
  }

  /** Reports, in a later turn, the links that came up or broke. */
  updateLinks(): void {
    if (!this.running) return;
    for (const [peer, was] of this.#up) {
      const is = this.#network.reaches(this.id, peer);
      if (is === was) continue;
      if (is && !this.#network.greet(this.id, peer)) {
        this.dismissed(peer);
        continue;
      }
      this.#up.set(peer, is);
      this.#network.later(() => this.#listener?.onLink(peer, is ? 'up' : 'down'));
    }
  }

  greeted(from: NodeId): boolean {
    if (this.#removed.has(from)) return false;
    if (!this.#up.has(from)) {
      this.#guests.add(from);
      this.#up.set(from, false);
      this.#network.later(() => this.updateLinks());
    }
    return true;
  }

  dismissed(by: NodeId): void {
    this.#network.later(() => this.#listener?.onRemoved(by));
  }

  #onLoss(peer: NodeId): void {
    const first = this.#losses.size === 0;
    this.#losses.add(peer);
    if (!first) return;
    this.#network.later(() => {
      const lost = [...this.#losses].sort((a, b) => a - b);
      this.#losses.clear();
      for (const id of lost) this.#listener?.onUnreachable(id);
    });
  }
}
