import type { Packet } from '../ports/transport.js';
import type { Message } from '../raft/types.js';
import { CALL_HEAD_BYTES, messageBytes } from './packet-codec.js';

export interface LaneQueueOptions {
  readonly maxBytes: number;
  readonly maxMessages: number;
  readonly maxFrameBytes: number;
  /**
   * What a full queue drops. An append depends on those before it, so the newest is dropped; among heartbeats and votes
   * the newest counts most, so the oldest is dropped.
   */
  readonly drop: 'newest' | 'oldest';
}

interface Piece {
  readonly packet: Packet;
  readonly bytes: number;
  /** Messages and calls. */
  readonly count: number;
}

/** Overhead of a packet in a frame: the largest round and answer. */
const PACKET_BYTES = 128;

/** The bounded queue of one lane to one peer, read one frame at a time. */
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

  /** Adds a packet. @returns false if the queue was full and something was dropped */
  push(packet: Packet): boolean {
    const pieces = cut(packet, this.#options.maxFrameBytes);
    let bytes = 0;
    for (const piece of pieces) bytes += piece.bytes;
    let kept = true;
    // An empty queue takes any packet: one larger than the bound could not be sent otherwise.
    const count = countOf(packet);
    while (!this.empty && !this.#fits(bytes, count)) {
      if (this.#options.drop === 'newest') return false;
      this.#shift();
      kept = false;
    }
    for (const piece of pieces) this.#pieces.push(piece);
    this.#bytes += bytes;
    this.#messages += count;
    return kept;
  }

  /**
   * Removes the next frame: queued packets of one group, joined up to the frame's bound. Of their rounds and answers it
   * keeps the newest. These travel with or after the messages of their own packets, never before.
   */
  take(): Packet | undefined {
    const first = this.#shift();
    if (first === undefined) return undefined;
    let bytes = first.bytes;
    let { round, ack } = first.packet;
    let messages: Message[] | undefined;
    let calls: Uint8Array[] | undefined;
    for (let next = this.#pieces[0]; next !== undefined; next = this.#pieces[0]) {
      bytes += next.bytes;
      if (bytes > this.#options.maxFrameBytes || next.packet.group !== first.packet.group) break;
      this.#shift();
      calls ??= [...(first.packet.calls ?? [])];
      messages ??= [...first.packet.messages];
      for (const message of next.packet.messages) messages.push(message);
      round = next.packet.round ?? round;
      ack = next.packet.ack ?? ack;
      if (next.packet.calls !== undefined) calls.push(...next.packet.calls);
    }
    if (messages === undefined || calls === undefined) return first.packet;
    return { group: first.packet.group, messages, round, ack, ...(calls.length === 0 ? {} : { calls }) };
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
    this.#messages -= piece.count;
    return piece;
  }
}

function countOf({ messages, calls }: Packet): number {
  return messages.length + (calls?.length ?? 0);
}

/** Splits a packet that is larger than a frame between its messages. The last piece has the round and the calls. */
function cut(packet: Packet, maxFrameBytes: number): readonly Piece[] {
  const { messages: all, calls } = packet;
  let callBytes = 0;
  if (calls !== undefined) for (const call of calls) callBytes += CALL_HEAD_BYTES + call.length;
  let total = PACKET_BYTES + callBytes;
  for (const message of all) total += messageBytes(message);
  if (total <= maxFrameBytes || all.length < 2) return [{ packet, bytes: total, count: countOf(packet) }];
  const pieces: Piece[] = [];
  let start = 0;
  let bytes = PACKET_BYTES;
  for (const [i, message] of all.entries()) {
    const size = messageBytes(message);
    if (i > start && bytes + size > maxFrameBytes) {
      const messages = all.slice(start, i);
      const piece: Packet = { group: packet.group, messages, round: undefined, ack: undefined };
      pieces.push({ packet: piece, bytes, count: messages.length });
      start = i;
      bytes = PACKET_BYTES;
    }
    bytes += size;
  }
  const last: Packet = { ...packet, messages: all.slice(start) };
  pieces.push({ packet: last, bytes: bytes + callBytes, count: countOf(last) });
  return pieces;
}
