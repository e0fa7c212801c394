import { raftkvpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { tagOf, WIRE_LENGTH } from '../../util/protobuf-wire.js';

/** What makes a write one of a session, in which every sequence number is applied once. */
export interface SessionCall {
  /** From 1 on. */
  readonly session: number;
  /** From 1 on. */
  readonly sequence: number;
  /** The lowest number whose answer the client still waits for: at most `sequence`. */
  readonly acknowledged: number;
}

/** A write request of a client, and the session that it is of. */
export interface ReceivedWrite {
  /** Without the session: the log holds that beside it. */
  readonly request: Uint8Array;
  /** Undefined if the request has none. */
  readonly session: SessionCall | undefined;
}

/** The field of all requests that take a session. */
const SESSION_FIELD = tagOf(1003, WIRE_LENGTH);

/**
 * Takes the session out of a request, without decoding the rest. Bytes that are no message are left to the codec.
 * @throws the codec's errors on a session that cannot be decoded, RangeError on a second session
 */
export function splitSession(bytes: Uint8Array): ReceivedWrite {
  const field = walk.findSession(bytes, 0);
  if (field === undefined) return { request: bytes, session: undefined };
  const { start, message, end } = field;
  // Protobuf lets the last of repeated fields count. To take out any number of them would cost time without bound.
  if (walk.findSession(bytes, end) !== undefined) throw new RangeError('a request has at most one session');
  const session = toCall(raftkvpb.SessionCall.decode(bytes.subarray(message, end)));
  const before = bytes.subarray(0, start);
  return { request: end === bytes.length ? before : Buffer.concat([before, bytes.subarray(end)]), session };
}

function toCall({ session, sequence, acknowledged }: raftkvpb.SessionCall): SessionCall {
  return {
    session: clampInteger(session),
    sequence: clampInteger(sequence),
    acknowledged: clampInteger(acknowledged),
  };
}

/** Why a session call is refused before it reaches the log; undefined if it is well-formed. */
export function sessionProblem({ session, sequence, acknowledged }: SessionCall): string | undefined {
  if (session < 1) return 'a session has an id of at least 1';
  if (sequence < 1 || sequence >= Number.MAX_SAFE_INTEGER) return 'sequence numbers begin at 1';
  if (acknowledged > sequence) return 'a write acknowledges no sequence number above its own';
  return undefined;
}

interface Place {
  readonly start: number;
  /** Where the encoded message begins. */
  readonly message: number;
  readonly end: number;
}

/** Walks the top level of a request, not its values. One for all requests: each write is walked before it is decoded. */
class FieldWalk {
  #at = 0;

  /** The first session from a field on. */
  findSession(bytes: Uint8Array, from: number): Place | undefined {
    this.#at = from;
    let groups = 0;
    while (this.#at < bytes.length) {
      const start = this.#at;
      const tag = this.#varint(bytes);
      if (tag < 0) return undefined;
      switch (tag & 7) {
        case WIRE_LENGTH: {
          const length = this.#varint(bytes);
          const message = this.#at;
          if (length < 0 || message + length > bytes.length) return undefined;
          this.#at = message + length;
          if (tag === SESSION_FIELD && groups === 0) return { start, message, end: this.#at };
          break;
        }
        case 0:
          while ((bytes[this.#at++] ?? 0) >= 128);
          break;
        case 1:
          this.#at += 8;
          break;
        case 3:
          groups += 1;
          break;
        case 4:
          groups -= 1;
          break;
        case 5:
          this.#at += 4;
          break;
        default:
          return undefined;
      }
    }
    return undefined;
  }

  /** @returns −1 if it does not end */
  #varint(bytes: Uint8Array): number {
    let at = this.#at;
    let byte = bytes[at++] ?? -1;
    let value = byte & 127;
    for (let shift = 7; byte >= 128 && shift < 70; shift += 7) {
      byte = bytes[at++] ?? -1;
      // As the codec reads tags and lengths: of 32 bits.
      if (shift < 35) value = (value | ((byte & 127) << shift)) >>> 0;
    }
    this.#at = at;
    return byte < 0 || byte >= 128 ? -1 : value;
  }
}

const walk = new FieldWalk();
