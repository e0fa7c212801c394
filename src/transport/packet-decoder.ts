import type { LearnersProgress, Packet, Round, RoundAck } from '../ports/transport.js';
import { NO_MESSAGES } from '../raft/messages.js';
import { NONE, type Entry, type Message, type NodeId } from '../raft/types.js';
import { readEntries as readRecords } from '../record/entry-record.js';
import { readInteger } from '../record/record.js';
import { EMPTY } from '../util/bytes.js';
import { CodecError } from './codec-error.js';
import { FORWARDED, messageTypeOf } from './message-kinds.js';
import { CALL_HEAD_BYTES, LEARNER_BYTES, MESSAGE_HEAD_BYTES, PART } from './packet-codec.js';

const NO_ENTRIES: readonly Entry[] = [];
const PARTS_OF_ROUND = PART.echo | PART.learners;
const PARTS = PART.round | PARTS_OF_ROUND | PART.ack;

/** The bytes of a packet: [start, end) of a buffer that does not change later. */
export interface PacketBytes {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Decodes a packet from the member `from` to this member. Its entries may be views of `source`; then their records fill
 * at least half of it, so an entry that is kept does not keep much else in memory.
 * @throws CodecError on anything but a packet, and on other ids than those of the link
 */
export function decodePacket(bytes: PacketBytes, ids: { readonly from: NodeId; readonly to: NodeId }): Packet {
  const reader = new Reader(bytes);
  const group = reader.u32();
  const messageCount = reader.u32();
  const callCount = reader.u32();
  const parts = reader.u32();
  if ((parts & ~PARTS) !== 0) throw new CodecError(`a packet with the unknown parts ${parts}`);
  if ((parts & PARTS_OF_ROUND) !== 0 && (parts & PART.round) === 0) {
    throw new CodecError(`a packet with the parts ${parts}, which belong to a round`);
  }
  const round = (parts & PART.round) === 0 ? undefined : readRound(reader, parts);
  const ack = (parts & PART.ack) === 0 ? undefined : readAck(reader);
  reader.expect(messageCount, MESSAGE_HEAD_BYTES);
  const messages: Message[] = [];
  for (let at = 0; at < messageCount; at += 1) messages.push(readMessage(reader, ids));
  reader.expect(callCount, CALL_HEAD_BYTES);
  const calls: Uint8Array[] = [];
  for (let at = 0; at < callCount; at += 1) calls.push(reader.copy(reader.u32()));
  if (reader.left > 0) throw new CodecError(`a packet with ${reader.left} bytes after its end`);
  return { group, messages, round, ack, ...(callCount === 0 ? {} : { calls }) };
}

function readRound(reader: Reader, parts: number): Round {
  const term = reader.integer();
  const sequence = reader.integer();
  const minMatch = reader.integer();
  const echo = (parts & PART.echo) === 0 ? undefined : { timeMs: reader.time(), commit: reader.integer() };
  const round = { term, sequence, echo, minMatch };
  return (parts & PART.learners) === 0 ? round : { ...round, learners: readLearners(reader) };
}

function readLearners(reader: Reader): LearnersProgress {
  const leaderMatch = reader.integer();
  const count = reader.u32();
  reader.zero(reader.u32());
  reader.expect(count, LEARNER_BYTES);
  const learners = Array.from({ length: count }, () => ({ id: reader.integer(), match: reader.integer() }));
  return { leaderMatch, learners };
}

function readAck(reader: Reader): RoundAck {
  return { term: reader.integer(), sequence: reader.integer(), timeMs: reader.time() };
}

function readMessage(reader: Reader, ids: { readonly from: NodeId; readonly to: NodeId }): Message {
  const kind = reader.u32();
  const type = messageTypeOf(kind & 0xff);
  const reject = (kind >>> 8) & 0xff;
  if (reject > 1 || kind >>> 16 !== 0) throw new CodecError(`a ${type} with the unknown flags ${kind >>> 8}`);
  const contextBytes = reader.u32();
  const entryCount = reader.u32();
  const recordsBytes = reader.u32();
  const to = reader.integer();
  const from = reader.integer();
  if (to !== ids.to) throw new CodecError(`a ${type} for member ${to}`);
  if (from !== ids.from && !FORWARDED.has(type)) throw new CodecError(`a ${type} in the name of member ${from}`);
  // It has a stream of its own. The core would take this one for a snapshot whose state has arrived.
  if (type === 'MsgSnap') throw new CodecError('a MsgSnap in a packet');
  const term = reader.integer();
  const logTerm = reader.integer();
  const index = reader.integer();
  const commit = reader.integer();
  const rejectHint = reader.integer();
  const context = contextBytes === 0 ? EMPTY : reader.copy(contextBytes);
  const entries = readEntries(reader, entryCount, recordsBytes);
  // The order of makeMessage(): all messages have one shape.
  return {
    type,
    to,
    from,
    term,
    logTerm,
    index,
    entries,
    commit,
    reject: reject === 1,
    rejectHint,
    context,
    snapshot: undefined,
    // Only messages to storage threads have these.
    vote: NONE,
    responses: NO_MESSAGES,
  };
}

function readEntries(reader: Reader, count: number, bytes: number): readonly Entry[] {
  if (bytes === 0 && count === 0) return NO_ENTRIES;
  const { source, start, end } = reader.view(bytes);
  const entries = readRecords(source, { start, end });
  if (typeof entries === 'string') throw new CodecError(`an entry that cannot be read: ${entries}`);
  if (entries.length !== count) throw new CodecError(`${entries.length} entries in place of ${count}`);
  return entries;
}

/** Reads fields in order. Every method throws a CodecError at the end of the bytes. */
class Reader {
  readonly #source: Buffer;
  readonly #end: number;
  #at: number;

  constructor({ source, start, end }: PacketBytes) {
    this.#source = source;
    this.#end = end;
    this.#at = start;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  u32(): number {
    return this.#source.readUInt32LE(this.#skip(4));
  }

  /** @throws CodecError on an integer beyond 2^53−1: rounded, it would be another term or index */
  integer(): number {
    const value = readInteger(this.#source, this.#skip(8));
    if (!Number.isSafeInteger(value)) throw new CodecError(`the integer ${value} is beyond 2^53−1`);
    return value;
  }

  /** @throws CodecError on a time that is not finite: NaN would make every later comparison false */
  time(): number {
    const timeMs = this.#source.readDoubleLE(this.#skip(8));
    if (!Number.isFinite(timeMs)) throw new CodecError(`the time ${timeMs}`);
    return timeMs;
  }

  /** @throws CodecError unless the value, which has no meaning yet, is 0 */
  zero(value: number): void {
    if (value !== 0) throw new CodecError(`the value ${value} in place of 0`);
  }

  /** Checks that so many items can follow, before memory is taken for them. */
  expect(count: number, bytesEach: number): void {
    if (count * bytesEach > this.left) throw new CodecError('a packet that ends too early');
  }

  /** Bytes of their own, so that they do not keep the received buffer in memory. */
  copy(bytes: number): Uint8Array {
    const at = this.#skip(bytes);
    const copy = new Uint8Array(bytes);
    copy.set(this.#source.subarray(at, at + bytes));
    return copy;
  }

  /** The next bytes where they lie, if they fill at least half of the buffer; otherwise a copy. */
  view(bytes: number): PacketBytes {
    const start = this.#skip(bytes);
    const end = start + bytes;
    if (bytes * 2 >= this.#source.buffer.byteLength) return { source: this.#source, start, end };
    const source = Buffer.allocUnsafeSlow(bytes);
    this.#source.copy(source, 0, start, end);
    return { source, start: 0, end: bytes };
  }

  #skip(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) throw new CodecError('a packet that ends too early');
    this.#at = at + bytes;
    return at;
  }
}
