import type { Packet } from '../../ports/transport.js';
import { dataBytes } from '../../raft/entries.js';
import type { NodeId } from '../../raft/types.js';

export interface Arrival {
  readonly from: NodeId;
  readonly packet: Packet;
}

/**
 * Packets that wait for the Ready loop, bounded in number and bytes. Further ones are dropped, which Raft tolerates.
 */
export class Inbox {
  readonly #packetsMax: number;
  readonly #bytesMax: number;
  #arrivals: Arrival[] = [];
  #bytes = 0;

  constructor(options: { packetsMax: number; bytesMax: number }) {
    this.#packetsMax = options.packetsMax;
    this.#bytesMax = options.bytesMax;
  }

  add(arrival: Arrival): void {
    if (this.#arrivals.length >= this.#packetsMax || this.#bytes >= this.#bytesMax) return;
    this.#arrivals.push(arrival);
    for (const { entries, context } of arrival.packet.messages) this.#bytes += dataBytes(entries) + context.length;
  }

  /** Takes all packets, oldest first. */
  take(): readonly Arrival[] {
    const taken = this.#arrivals;
    this.#arrivals = [];
    this.#bytes = 0;
    return taken;
  }
}
