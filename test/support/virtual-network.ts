import type { Packet, PeerAddress, Transport, TransportListener } from '../../src/ports/transport.js';
import type { Message, MessageType } from '../../src/raft/types.js';
import type { Random } from '../../src/util/random.js';
import type { VirtualTime } from './virtual-time.js';

/** How a network treats packets; each by chance, independently. */
export interface NetworkFaults {
  /** One way, in virtual ms. A wide range reorders. */
  readonly delayMs: { readonly min: number; readonly max: number };
  /** Share of packets that are lost, 0 to 1. */
  readonly loss: number;
  /** Share of packets that arrive twice. */
  readonly duplicate: number;
}

export const GOOD_NETWORK: NetworkFaults = { delayMs: { min: 0.2, max: 2 }, loss: 0, duplicate: 0 };

/** A network in memory: links that can be cut one way, packets that are lost, late, doubled and out of order. */
export class VirtualNetwork {
  faults: NetworkFaults = GOOD_NETWORK;
  /** Extra delay of single messages, in virtual ms, by kind: they are taken out of their packet and follow it. */
  readonly heldBackMs = new Map<MessageType, number>();
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #listeners = new Map<number, TransportListener>();
  readonly #cut = new Set<string>();

  constructor(options: { time: VirtualTime; random: Random }) {
    this.#time = options.time;
    this.#random = options.random;
  }

  /** The transport of one life of a member; a later one takes its place. */
  transport(id: number): Transport {
    let listener: TransportListener | undefined;
    return {
      start: (given) => {
        listener = given;
        this.#listeners.set(id, given);
      },
      setPeers: (_peers: readonly PeerAddress[]) => undefined,
      // A process that was killed says nothing more.
      send: (to, packet) => {
        if (listener !== undefined && this.#listeners.get(id) === listener) this.#send(id, to, packet);
      },
      close: async () => {
        if (this.#listeners.get(id) === listener) this.#listeners.delete(id);
      },
    };
  }

  /** The process of this member is gone. */
  forget(id: number): void {
    this.#listeners.delete(id);
  }

  /** Nothing gets from one to the other any more; the other way is untouched. */
  cut(from: number, to: number): void {
    this.#cut.add(`${from}>${to}`);
    this.#listeners.get(from)?.onLink(to, 'down');
  }

  /** Members of different groups do not hear each other; those in no group hear everybody. */
  partition(...groups: readonly (readonly number[])[]): void {
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue;
        for (const from of group) for (const to of other) this.cut(from, to);
      }
    }
  }

  /** Breaks every connection of a member for a moment: what was on its way is lost, and both ends notice. */
  reset(id: number): void {
    for (const [peer, listener] of this.#listeners) {
      if (peer === id) continue;
      listener.onLink(id, 'down');
      this.#listeners.get(id)?.onLink(peer, 'down');
      listener.onLink(id, 'up');
      this.#listeners.get(id)?.onLink(peer, 'up');
    }
  }

  heal(): void {
    this.#cut.clear();
    this.faults = GOOD_NETWORK;
    this.heldBackMs.clear();
  }

  #send(from: number, to: number, packet: Packet): void {
    const held = packet.messages.filter(({ type }) => this.heldBackMs.has(type));
    if (held.length === 0) return this.#deliver(from, to, packet, 0);
    const rest = packet.messages.filter((message) => !held.includes(message));
    this.#deliver(from, to, { ...packet, messages: rest }, 0);
    for (const message of held) {
      const late: Packet = { group: 0, messages: [message], round: undefined, ack: undefined };
      this.#deliver(from, to, late, this.heldBackMs.get(message.type) ?? 0);
    }
  }

  #deliver(from: number, to: number, packet: Packet, extraMs: number): void {
    const { loss, duplicate, delayMs } = this.faults;
    const copies = this.#random.next() < loss ? 0 : this.#random.next() < duplicate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delay = delayMs.min + this.#random.next() * (delayMs.max - delayMs.min) + extraMs;
      this.#time.schedule(delay, () => {
        if (this.#cut.has(`${from}>${to}`)) return;
        this.#listeners.get(to)?.onPacket(from, { ...packet, messages: packet.messages.map(copyOf) });
      });
    }
  }
}

/** Members share no memory: what one of them does to a message, the other must not see. */
function copyOf(message: Message): Message {
  return {
    ...message,
    entries: message.entries.map((entry) => ({ ...entry, data: entry.data.slice() })),
    context: message.context.slice(),
  };
}
