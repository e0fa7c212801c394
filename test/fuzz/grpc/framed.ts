import { gzipSync } from 'node:zlib';
import { Code } from '../../../src/rpc/status.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

export const MESSAGE_BYTES_MAX = 2_000;

/** A message as a client frames it, and what the server must do with it. */
export interface Framed {
  readonly bytes: Buffer;
  /** The message that the server must read, or the status code with which it must end the call. */
  readonly outcome: Buffer | Code;
}

/** @param encoding grpc-encoding of the request */
export function randomFramed(random: Random, encoding: 'gzip' | 'identity'): Framed {
  const message = randomBytesOf(random, randomSize(random, MESSAGE_BYTES_MAX));
  switch (randomInteger(random, 0, 20)) {
    case 0:
      return { bytes: prefixed(pick(random, [2, 3, 128, 255]), message), outcome: Code.INTERNAL };
    case 1: {
      const length = pick(random, [MESSAGE_BYTES_MAX + 1, 1_000_000, 2 ** 32 - 1]);
      return { bytes: prefixed(0, Buffer.alloc(0), length), outcome: Code.RESOURCE_EXHAUSTED };
    }
    case 2:
    case 3:
    case 4:
    case 5: {
      const compressed = gzipSync(message);
      // The bound holds before and after inflating, as in grpc-go.
      if (compressed.length > MESSAGE_BYTES_MAX) {
        return { bytes: prefixed(1, compressed), outcome: Code.RESOURCE_EXHAUSTED };
      }
      return { bytes: prefixed(1, compressed), outcome: encoding === 'gzip' ? message : Code.INTERNAL };
    }
    case 6: {
      const bomb = gzipSync(Buffer.alloc(MESSAGE_BYTES_MAX + 1 + randomSize(random, 1_000_000)));
      return { bytes: prefixed(1, bomb), outcome: encoding === 'gzip' ? Code.RESOURCE_EXHAUSTED : Code.INTERNAL };
    }
    case 7: {
      const broken = gzipSync(randomBytesOf(random, 100));
      // Only the checksum and the length at the end are changed: other changes may inflate to more than the bound.
      const at = randomInteger(random, broken.length - 8, broken.length);
      broken[at] = (broken[at] ?? 0) ^ 0x55;
      return { bytes: prefixed(1, broken), outcome: Code.INTERNAL };
    }
    default:
      return { bytes: prefixed(0, message), outcome: message };
  }
}

function prefixed(flag: number, message: Buffer, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

export interface Request {
  readonly body: Buffer;
  readonly messages: readonly Buffer[];
  /** The status code that ends the call after these messages. */
  readonly code: Code;
}

/** A request body, and the messages that a server must read from it. */
export function randomRequest(random: Random, encoding: 'gzip' | 'identity', kind: 'unary' | 'stream'): Request {
  const count = kind === 'unary' ? pick(random, [0, 1, 1, 1, 1, 2]) : randomInteger(random, 0, 8);
  const framed = Array.from({ length: count }, () => randomFramed(random, encoding));
  const last = chance(random, 0.15) ? randomFramed(random, encoding) : undefined;
  const cut = last === undefined ? 0 : randomInteger(random, 1, Math.max(2, last.bytes.length - 1));
  const isCut = last !== undefined && cut < last.bytes.length && typeof last.outcome !== 'number';
  const body = Buffer.concat([...framed.map(({ bytes }) => bytes), ...(isCut ? [last.bytes.subarray(0, cut)] : [])]);
  const messages: Buffer[] = [];
  for (const { outcome } of framed) {
    if (typeof outcome === 'number') return { body, messages, code: outcome };
    messages.push(outcome);
    // The first message of a unary call decides its answer, whatever follows.
    if (kind === 'unary') return { body, messages, code: Code.OK };
  }
  return { body, messages, code: isCut || (kind === 'unary' && messages.length === 0) ? Code.INTERNAL : Code.OK };
}
