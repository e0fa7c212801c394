import type { Packet, Round, RoundAck } from '../ports/transport.js';
import type { Message } from '../raft/types.js';
import { entryRecordBytes, recordPieces } from '../record/entry-record.js';
import { writeInteger } from '../record/record.js';
import { CodecError } from './codec-error.js';
import { FRAME_HEADER_BYTES, writeFrameHeader } from './frame.js';
import { numberOf } from './message-kinds.js';

/**
 * Layout of a packet, in bytes, little-endian:
 *
 *      0  u32  Raft group
 *      4  u32  number of messages
 *      8  u32  number of calls
 *     12  u32  parts that follow: sum of PART
 *     16       round: u64 term, sequence, minMatch
 *              echo: f64 time in ms, u64 commit
 *              learners: u64 leaderMatch, u32 number, u32 zero; each u64 id, match
 *              ack: u64 term, sequence, f64 time in ms
 *              messages
 *              calls: u32 length, bytes
 *
 * Layout of a message:
 *
 *      0  u8   kind, see message-kinds.ts
 *      1  u8   reject: 0 or 1
 *      2  u16  zero
 *      4  u32  length of the context
 *      8  u32  number of entries
 *     12  u32  length of their records
 *     16  u64  to, from, term, logTerm, index, commit, rejectHint
 *     72       context
 *              records of the entries: the same bytes as in the log, see src/record/
 */
export const PACKET_HEAD_BYTES = 16;
export const MESSAGE_HEAD_BYTES = 72;
export const CALL_HEAD_BYTES = 4;
export const PART = { round: 1, echo: 2, learners: 4, ack: 8 } as const;
export const ROUND_BYTES = 24;
export const ECHO_BYTES = 16;
export const LEARNERS_HEAD_BYTES = 16;
export const LEARNER_BYTES = 16;
export const ACK_BYTES = 24;

/** Records up to this length are copied into the frame, in bytes: a piece of its own in a write costs more. */
const COPIED_BYTES_MAX = 4096;

/** Bytes that a message takes in a packet. */
export function messageBytes({ context, entries }: Message): number {
  let bytes = MESSAGE_HEAD_BYTES + context.length;
  for (const entry of entries) bytes += entryRecordBytes(entry);
  return bytes;
}

/** An encoded frame: pieces to be written in order. They may be views of buffers that others share. */
export interface Encoded {
  readonly pieces: readonly Buffer[];
  /** The sum of their lengths. */
  readonly bytes: number;
}

/**
 * The frame of a packet. The records of entries are not encoded again if they exist, and large ones are not copied.
 * @throws CodecError on a kind of message that stays inside its node, and on a snapshot
 */
export function encodePacket(packet: Packet): Encoded {
  const { messages, calls = [] } = packet;
  const records = messages.map(({ entries }) => (entries.length === 0 ? NO_PIECES : recordPieces(entries)));
  let ownBytes = FRAME_HEADER_BYTES + headBytes(packet);
  let sharedBytes = 0;
  for (const [at, message] of messages.entries()) {
    ownBytes += MESSAGE_HEAD_BYTES + message.context.length;
    for (const piece of records[at] ?? NO_PIECES) {
      if (piece.length > COPIED_BYTES_MAX) sharedBytes += piece.length;
      else ownBytes += piece.length;
    }
  }
  for (const call of calls) ownBytes += CALL_HEAD_BYTES + call.length;

  const writer = new Writer(Buffer.allocUnsafe(ownBytes));
  writeFrameHeader(writer.own, 0, 'packet', ownBytes + sharedBytes - FRAME_HEADER_BYTES);
  writer.at = FRAME_HEADER_BYTES;
  writeHead(writer, packet);
  for (const [at, message] of messages.entries()) writeMessage(writer, message, records[at] ?? NO_PIECES);
  for (const call of calls) {
    writer.u32(call.length);
    writer.copy(call);
  }
  return { pieces: writer.finish(), bytes: ownBytes + sharedBytes };
}

const NO_PIECES: readonly Buffer[] = [];

function headBytes({ round, ack }: Packet): number {
  let bytes = PACKET_HEAD_BYTES;
  if (round !== undefined) {
    bytes += ROUND_BYTES;
    if (round.echo !== undefined) bytes += ECHO_BYTES;
    if (round.learners !== undefined) {
      bytes += LEARNERS_HEAD_BYTES + round.learners.learners.length * LEARNER_BYTES;
    }
  }
  if (ack !== undefined) bytes += ACK_BYTES;
  return bytes;
}

function writeHead(writer: Writer, { group, messages, calls, round, ack }: Packet): void {
  writer.u32(group);
  writer.u32(messages.length);
  writer.u32(calls?.length ?? 0);
  writer.u32(
    (round === undefined ? 0 : PART.round) |
      (round?.echo === undefined ? 0 : PART.echo) |
      (round?.learners === undefined ? 0 : PART.learners) |
      (ack === undefined ? 0 : PART.ack),
  );
  if (round !== undefined) writeRound(writer, round);
  if (ack !== undefined) writeAck(writer, ack);
}

function writeRound(writer: Writer, { term, sequence, minMatch, echo, learners }: Round): void {
  writer.integer(term);
  writer.integer(sequence);
  writer.integer(minMatch);
  if (echo !== undefined) {
    writer.double(echo.timeMs);
    writer.integer(echo.commit);
  }
  if (learners === undefined) return;
  writer.integer(learners.leaderMatch);
  writer.u32(learners.learners.length);
  writer.u32(0);
  for (const { id, match } of learners.learners) {
    writer.integer(id);
    writer.integer(match);
  }
}

function writeAck(writer: Writer, { term, sequence, timeMs }: RoundAck): void {
  writer.integer(term);
  writer.integer(sequence);
  writer.double(timeMs);
}

function writeMessage(writer: Writer, message: Message, records: readonly Buffer[]): void {
  const { type, context, entries, reject, snapshot } = message;
  // It has a stream of its own.
  if (snapshot !== undefined) throw new CodecError(`a ${type} with a snapshot in a packet`);
  writer.u32(numberOf(type) | (reject ? 1 << 8 : 0));
  writer.u32(context.length);
  writer.u32(entries.length);
  let recordsBytes = 0;
  for (const piece of records) recordsBytes += piece.length;
  writer.u32(recordsBytes);
  writer.integer(message.to);
  writer.integer(message.from);
  writer.integer(message.term);
  writer.integer(message.logTerm);
  writer.integer(message.index);
  writer.integer(message.commit);
  writer.integer(message.rejectHint);
  writer.copy(context);
  for (const piece of records) {
    if (piece.length > COPIED_BYTES_MAX) writer.share(piece);
    else writer.copy(piece);
  }
}

/** Fills one buffer, and interleaves its parts with shared buffers. */
class Writer {
  readonly own: Buffer;
  at = 0;
  readonly #pieces: Buffer[] = [];
  /** Where the part of `own` begins that is in no piece yet. */
  #pieceStart = 0;

  constructor(own: Buffer) {
    this.own = own;
  }

  u32(value: number): void {
    this.at = this.own.writeUInt32LE(value, this.at);
  }

  integer(value: number): void {
    writeInteger(this.own, value, this.at);
    this.at += 8;
  }

  double(value: number): void {
    this.at = this.own.writeDoubleLE(value, this.at);
  }

  copy(bytes: Uint8Array): void {
    this.own.set(bytes, this.at);
    this.at += bytes.length;
  }

  share(piece: Buffer): void {
    this.#cut();
    this.#pieces.push(piece);
  }

  finish(): readonly Buffer[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    if (this.at > this.#pieceStart) this.#pieces.push(this.own.subarray(this.#pieceStart, this.at));
    this.#pieceStart = this.at;
  }
}
