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
  const field = findSession(bytes, 0);
  if (field === undefined) return { request: bytes, session: undefined };
  const { start, message, end } = field;
  // Protobuf lets the last of repeated fields count. To take out any number of them would cost time without bound.
  if (findSession(bytes, end) !== undefined) throw new RangeError('a request has at most one session');
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

/** The first session from a field on. The top level of the request is walked, not its values. */
function findSession(bytes: Uint8Array, from: number): Place | undefined {
  let at = from;
  let groups = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return -1;
      // As the codec reads tags and lengths: of 32 bits.
      if (shift < 35) value = (value | ((byte & 127) << shift)) >>> 0;
      if (byte < 128) return value;
    }
    return -1;
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    if (tag < 0) return undefined;
    switch (tag & 7) {
      case 0:
        while ((bytes[at++] ?? 0) >= 128);
        break;
      case 1:
        at += 8;
        break;
      case WIRE_LENGTH: {
        const length = varint();
        if (length < 0 || at + length > bytes.length) return undefined;
        const message = at;
        at += length;
        if (tag === SESSION_FIELD && groups === 0) return { start, message, end: at };
        break;
      }
      case 3:
        groups += 1;
        break;
      case 4:
        groups -= 1;
        break;
      case 5:
        at += 4;
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}
