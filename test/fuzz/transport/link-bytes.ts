import { Duplex } from 'node:stream';
import type { Clock } from '../../../src/ports/clock.js';
import type { Packet } from '../../../src/ports/transport.js';
import { Acceptor } from '../../../src/transport/acceptor.js';
import { FRAME_HEADER_BYTES, frameOf, LINK_PREFACE } from '../../../src/transport/frame.js';
import { encodeHello, encodeProofs, PEER_PROTOCOL_VERSION } from '../../../src/transport/hello.js';
import { encodePacket } from '../../../src/transport/packet-codec.js';
import { RefusalLog } from '../../../src/transport/refusals.js';
import { IGNORE_TRAFFIC } from '../../../src/transport/traffic.js';
import { assertNever } from '../../../src/util/assert.js';
import { silentLogger } from '../../../src/util/logger.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { entry, message, packet } from '../../transport/members.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const [FROM, TO] = [5, 7];
const BODY_BYTES_MAX = 200_000;

/** A clock whose timeouts never expire. */
const STILL: Clock = { now: () => 0, timeout: () => () => undefined, soon: (callback) => void setImmediate(callback) };

/**
 * The bytes of a link with a few faults, in any pieces. All packets before the first fault arrive, nothing is thrown, and
 * nothing arrives once the link is refused.
 */
export async function linkBytes({ random }: Trial): Promise<void> {
  const frames = [helloFrame(random), ...Array.from({ length: randomInteger(random, 0, 12) }, () => anyFrame(random))];
  const bytes = Buffer.concat([LINK_PREFACE, ...frames.map(({ bytes: frame }) => frame)]);
  const faultAt = chance(random, 0.2) ? Infinity : randomInteger(random, 0, bytes.length);
  const faulty = faultAt === Infinity ? bytes : withFault(random, bytes, faultAt);

  const received: number[] = [];
  let refusedAfter: number | undefined;
  const refusals = new RefusalLog({
    clock: STILL,
    logger: silentLogger,
    traffic: { ...IGNORE_TRAFFIC, refused: () => (refusedAfter ??= received.length) },
  });
  const acceptor = acceptorOf(refusals, (got) => received.push(got.messages[0]?.index ?? 0));
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  acceptor.accept(socket, {});
  await new Promise(setImmediate);
  const pieceMax = pick(random, [12, 100, 70_000]);
  for (let at = 0; at < faulty.length;) {
    const next = at + 1 + randomSize(random, pieceMax);
    // A copy, so that the test fails if a view reaches beyond its piece.
    socket.push(Buffer.from(faulty.subarray(at, next)));
    at = next;
  }
  await new Promise(setImmediate);

  const expected: number[] = [];
  let end = LINK_PREFACE.length;
  for (const { bytes: frame, index } of frames) {
    end += frame.length;
    if (end <= faultAt && index !== undefined) expected.push(index);
  }
  const before = received.slice(0, expected.length);
  check(before.join() === expected.join(), `expected ${expected.join()}, received ${received.join()}`);
  check(faultAt < Infinity || refusedAfter === undefined, 'a link without a fault was refused');
  check(refusedAfter === undefined || refusedAfter === received.length, 'a packet arrived after the refusal');
  socket.destroy();
  await new Promise(setImmediate);
}

function acceptorOf(refusals: RefusalLog, onPacket: (packet: Packet) => void): Acceptor {
  return new Acceptor({
    clusterId: 1,
    memberId: TO,
    clock: STILL,
    refusals,
    proofTimeoutMs: 1_000,
    unprovenLinksMax: 8,
    bodyBytesMax: () => BODY_BYTES_MAX,
    closeGraceMs: 1,
    listener: {
      isPeer: (id) => id === FROM,
      wasRemoved: () => false,
      onUnknown: () => false,
      onClaim: () => undefined,
      isProof: (_from, proofs) => proofs.length > 0,
      onProven: () => undefined,
      onUnproven: () => undefined,
      onPacket: (_from, got) => onPacket(got),
      onBytes: () => undefined,
    },
  });
}

interface Sent {
  readonly bytes: Buffer;
  /** Of the packet's message; undefined for other frames. */
  readonly index?: number;
}

function helloFrame(random: Random): Sent {
  const ids = { version: PEER_PROTOCOL_VERSION, clusterId: 1, from: FROM, to: TO, lane: 'append' } as const;
  const secrets = { challenge: randomBytesOf(random, 16), proofs: [randomBytesOf(random, 16)] };
  return { bytes: encodeHello({ ...ids, ...secrets, incarnation: 1, number: 1 }) };
}

function anyFrame(random: Random): Sent {
  if (chance(random, 0.1)) return { bytes: frameOf('ping', randomBytesOf(random, 8)) };
  if (chance(random, 0.1)) return { bytes: encodeProofs([randomBytesOf(random, 16)]) };
  const index = randomInteger(random, 1, 1_000_000);
  const entries = Array.from({ length: randomInteger(random, 0, 4) }, (_, at) =>
    entry(index + 1 + at, randomBytesOf(random, randomSize(random, 10_000))),
  );
  const first = message(pick(random, ['MsgApp', 'MsgProp']), { from: FROM, to: TO, index, entries });
  return { bytes: Buffer.concat(encodePacket(packet([first])).pieces), index };
}

/** Leaves all bytes before `at` as they are. */
function withFault(random: Random, bytes: Buffer, at: number): Buffer {
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const fault = pick(random, ['flip', 'insert', 'drop', 'repeat', 'cut', 'header'] as const);
  switch (fault) {
    case 'flip': {
      const changed = Buffer.from(tail);
      for (let count = randomInteger(random, 1, 5); count > 0; count -= 1) {
        changed[randomInteger(random, 0, changed.length)] = randomInteger(random, 0, 256);
      }
      return Buffer.concat([head, changed]);
    }
    case 'insert':
      return Buffer.concat([head, randomBytesOf(random, 1 + randomSize(random, 100)), tail]);
    case 'drop':
      return Buffer.concat([head, tail.subarray(1 + randomSize(random, 100))]);
    case 'repeat':
      return Buffer.concat([head, bytes.subarray(Math.max(0, at - 1 - randomSize(random, 1_000)))]);
    case 'cut':
      return head;
    case 'header': {
      // Mostly small numbers, so that many are almost valid.
      const header = randomBytesOf(random, FRAME_HEADER_BYTES);
      header.fill(0, 2, 4).fill(0, 5);
      header[4] = randomInteger(random, 0, 9);
      return Buffer.concat([head, header, tail]);
    }
    default:
      return assertNever(fault);
  }
}
