import type { Packet } from '../ports/transport.js';
import type { Message } from '../raft/types.js';
import { messageBytes } from './codec.js';

export interface LaneQueueOptions {
  readonly maxBytes: number;
  readonly maxMessages: number;
  readonly maxFrameBytes: number;
  /**
   * What a full queue gives up. Appends depend on those before them, so the newest goes; of heartbeats and votes the
   * newest is worth the most, so the oldest goes.
   */
  readonly drop: 'newest' | 'oldest';
}

interface Piece {
  readonly packet: Packet;
  readonly bytes: number;
}

/** Packet overhead in a frame: a round and its answer at their largest. */
const PACKET_BYTES = 96;

/** What waits for one lane of one peer: bounded, and taken a frame at a time. */
export class LaneQueue {
  readonly #options: LaneQueueOptions;
  #pieces: Piece[] = [];
  #bytes = 0;
  #messages = 0;

  constructor(options: LaneQueueOptions) {
    this.#options = options;
  }

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Takes a packet in. False when the queue was full and something was dropped. */
  push(packet: Packet): boolean {
    const pieces = cut(packet, this.#options.maxFrameBytes);
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    let kept = true;
    // An empty queue takes whatever there is: a packet over the bound would never leave otherwise.
    while (!this.empty && !this.#fits(bytes, packet.messages.length)) {
      if (this.#options.drop === 'newest') return false;
      this.#shift();
      kept = false;
    }
    for (const piece of pieces) this.#pieces.push(piece);
    this.#bytes += bytes;
    this.#messages += packet.messages.length;
    return kept;
  }

  /**
   * The next frame: waiting packets of one group as one, up to the frame's bound. Its round and answer are the newest
   * among them, which replace the older; they come with or after the messages of their own packets, never before.
   */
  take(): Packet | undefined {
    const first = this.#shift();
    if (first === undefined) return undefined;
    let bytes = first.bytes;
    let { round, ack } = first.packet;
    let messages: Message[] | undefined;
    for (let next = this.#pieces[0]; next !== undefined; next = this.#pieces[0]) {
      bytes += next.bytes;
      if (bytes > this.#options.maxFrameBytes || next.packet.group !== first.packet.group) break;
      this.#shift();
      messages ??= [...first.packet.messages];
      for (const message of next.packet.messages) messages.push(message);
      round = next.packet.round ?? round;
      ack = next.packet.ack ?? ack;
    }
    return messages === undefined ? first.packet : { group: first.packet.group, messages, round, ack };
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#messages = 0;
  }

  #fits(bytes: number, messages: number): boolean {
    return this.#bytes + bytes <= this.#options.maxBytes && this.#messages + messages <= this.#options.maxMessages;
  }

  #shift(): Piece | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined) return undefined;
    this.#bytes -= piece.bytes;
    this.#messages -= piece.packet.messages.length;
    return piece;
  }
}

/** Cuts a packet that is larger than a frame between its messages; the round goes with the last piece. */
function cut(packet: Packet, maxFrameBytes: number): readonly Piece[] {
  const sizes = packet.messages.map(messageBytes);
  const total = sizes.reduce((sum, size) => sum + size, PACKET_BYTES);
  if (total <= maxFrameBytes || sizes.length < 2) return [{ packet, bytes: total }];
  const pieces: Piece[] = [];
  let start = 0;
  let bytes = PACKET_BYTES;
  for (const [i, size] of sizes.entries()) {
    if (i > start && bytes + size > maxFrameBytes) {
      const messages = packet.messages.slice(start, i);
      pieces.push({ packet: { group: packet.group, messages, round: undefined, ack: undefined }, bytes });
      start = i;
      bytes = PACKET_BYTES;
    }
    bytes += size;
  }
  pieces.push({ packet: { ...packet, messages: packet.messages.slice(start) }, bytes });
  return pieces;
}
