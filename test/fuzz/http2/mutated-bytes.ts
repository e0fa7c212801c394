import { FrameType, PREFACE } from '../../../src/rpc/http2/frames.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { Wire } from '../../rpc/http2/wire.js';
import { chance, inPieces, pick, randomBytesOf, randomSize } from '../pick.js';
import { AnsweringServer } from './answers.js';
import { Interleaving } from './interleavings.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';

const ERROR_CODES = 14;
const NO_ERROR = 0;
/** Runs of the model client whose bytes are changed; each is recorded once. */
const RECORDINGS = 20;
const recordings = new Map<number, Buffer>();

/** Changes the bytes of a valid client. The server must serve the connection, or end it as RFC 9113 requires. */
export async function mutatedBytes({ random }: Trial): Promise<void> {
  const bytes = mutated(random, await recording(random));
  const server = new AnsweringServer(random);
  const wire = new Wire(({ head }) => server.script(head.path));
  for (const piece of inPieces(random, bytes)) {
    wire.send(piece);
    if (!chance(random, 0.2)) continue;
    server.work();
    wire.nowMs += randomSize(random, 2_000);
    wire.connection.check();
    await wire.turn();
  }
  while (server.work());
  await wire.turn();
  checkEnd(wire, server);
  wire.socket.destroy();
  await wire.turn();
  check(wire.isClosed, 'onClose was not called');
  check(
    wire.streams.every(({ id, isClosed }) => isClosed && server.over.has(id)),
    'a stream outlives its connection',
  );
}

function checkEnd({ frames, violations, socket, nowMs }: Wire, server: AnsweringServer): void {
  check(frames[0]?.type === FrameType.SETTINGS, 'the first frame is not SETTINGS');
  const goAways = frames.filter(({ type }) => type === FrameType.GOAWAY);
  const codes = goAways.map(({ payload }) => payload.readUInt32BE(4));
  check(
    codes.every((code) => code < ERROR_CODES && code !== 2),
    `an error code of ${codes.join()}: ${violations.join()}`,
  );
  if (!socket.writableEnded) {
    check(codes.length === 0 && !socket.destroyed, 'a GOAWAY, and the connection stays');
    return;
  }
  check(codes.length === 1 && codes[0] !== NO_ERROR, `an end at ${nowMs} ms with ${codes.join()}`);
  check(frames.at(-1)?.type === FrameType.GOAWAY, 'a frame behind the GOAWAY');
  const lastId = goAways[0]?.payload.readUInt32BE(0) ?? 0;
  check(
    [...server.over.keys()].every((id) => id <= lastId),
    `a stream that was served is above ${lastId}`,
  );
}

async function recording(random: Random): Promise<Buffer> {
  const number = randomInteger(random, 0, RECORDINGS);
  const known = recordings.get(number);
  if (known !== undefined) return known;
  const run = new Interleaving(seeded(number));
  await run.run(40);
  const bytes = Buffer.concat(run.bytes);
  recordings.set(number, bytes);
  return bytes;
}

/** A random source of its own, so that a recording does not depend on the run that makes it. */
function seeded(number: number): Random {
  let state = number * 7919 + 13;
  return {
    next: () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    },
  };
}

type Change = (random: Random, frames: Buffer[]) => void;

/** Changes a list of frames, in place. */
const CHANGES: readonly [Change, ...Change[]] = [
  // Bits and bytes.
  (random, frames) => {
    const bytes = one(random, frames);
    const at = randomInteger(random, 0, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInteger(random, 0, 8));
  },
  (random, frames) => {
    const bytes = one(random, frames);
    bytes[randomInteger(random, 0, bytes.length)] = pick(random, [0, 1, 0x7f, 0x80, 0xff]);
  },
  // Fields of the frame header: length, type, flags, stream.
  (random, frames) => one(random, frames).writeUIntBE(randomSize(random, 2 ** 24 - 1), 0, 3),
  (random, frames) => (one(random, frames)[3] = randomInteger(random, 0, 12)),
  (random, frames) => (one(random, frames)[4] = randomInteger(random, 0, 256)),
  (random, frames) => one(random, frames).writeUInt32BE(randomSize(random, pick(random, [10, 100, 2 ** 31])), 5),
  // Whole frames.
  (random, frames) => void frames.splice(randomInteger(random, 0, frames.length), 1 + randomSize(random, 5)),
  (random, frames) => void frames.splice(randomInteger(random, 0, frames.length), 0, Buffer.from(one(random, frames))),
  (random, frames) => {
    const [from] = frames.splice(randomInteger(random, 0, frames.length), 1);
    if (from !== undefined) frames.splice(randomInteger(random, 0, frames.length + 1), 0, from);
  },
  (random, frames) => void frames.splice(randomInteger(random, 0, frames.length), 0, randomFrame(random)),
  // The end of the list.
  (random, frames) => void frames.splice(randomInteger(random, 0, frames.length)),
];

function one(random: Random, frames: readonly Buffer[]): Buffer {
  return frames[randomInteger(random, 0, frames.length)] ?? Buffer.alloc(9);
}

function randomFrame(random: Random): Buffer {
  const payload = randomBytesOf(random, pick(random, [0, 4, 5, 6, 8, randomSize(random, 300)]));
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = randomInteger(random, 0, 12);
  head[4] = chance(random, 0.5) ? randomInteger(random, 0, 256) : pick(random, [0, 1, 4, 5, 8]);
  head.writeUInt32BE(pick(random, [0, 1, 3, 5, 7, randomSize(random, 60)]), 5);
  return Buffer.concat([head, payload]);
}

function mutated(random: Random, bytes: Buffer): Buffer {
  const isPrefaceKept = chance(random, 0.97);
  const frames = framesOf(bytes.subarray(PREFACE.length));
  // Changes near the beginning reach more code, since an error ends the connection.
  if (chance(random, 0.5)) frames.splice(randomInteger(random, 1, frames.length));
  for (let changes = randomInteger(random, 1, 6); changes > 0; changes -= 1) pick(random, CHANGES)(random, frames);
  const start = isPrefaceKept ? PREFACE : randomBytesOf(random, randomSize(random, 40));
  return Buffer.concat([start, ...frames]);
}

function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    frames.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return frames;
}
