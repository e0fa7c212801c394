import { etcdserverpb } from '../../../src/gen/proto.js';
import { putShape, readPut, shapeOf, type PutProperties } from '../../../src/kv/format/put-request.js';
import { toBigInt } from '../../../src/util/integer.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const TAGS = [0x0a, 0x12, 0x18, 0x20, 0x28, 0x30] as const;

/** A varint, sometimes longer than it needs to be. */
function varint(random: Random, value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  for (let extra = chance(random, 0.1) ? randomInteger(random, 1, 4) : 0; extra > 0; extra -= 1) {
    bytes.push((bytes.pop() ?? 0) | 128, 0);
  }
  return Buffer.from(bytes);
}

function randomField(random: Random): Buffer {
  const tag = pick(random, TAGS);
  if (tag === 0x0a || tag === 0x12) {
    const bytes = randomBytesOf(random, randomSize(random, 300));
    return Buffer.concat([Buffer.from([tag]), varint(random, BigInt(bytes.length)), bytes]);
  }
  if (chance(random, 0.05))
    return Buffer.concat([varint(random, BigInt(randomInteger(random, 8, 3_000))), Buffer.from([1])]);
  const values = [
    0n,
    1n,
    2n,
    127n,
    128n,
    2n ** 31n,
    2n ** 32n,
    2n ** 53n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ] as const;
  const value = tag === 0x18 ? pick(random, values) : pick(random, [0n, 1n, 1n, 2n, 255n]);
  return Buffer.concat([Buffer.from([tag]), varint(random, value)]);
}

/** Bytes of a put as a client might send them: fields in any order, repeated, unknown, and sometimes damaged. */
function randomPut(random: Random): Buffer {
  const bytes = Buffer.concat(Array.from({ length: randomInteger(random, 0, 8) }, () => randomField(random)));
  if (bytes.length === 0 || chance(random, 0.5)) return bytes;
  const at = randomInteger(random, 0, bytes.length);
  if (chance(random, 0.5)) bytes[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff, randomInteger(random, 0, 256)]);
  return chance(random, 0.3) ? bytes.subarray(0, at) : bytes;
}

function outcomeOf<T>(run: () => T): T | 'refused' {
  try {
    return run();
  } catch {
    return 'refused';
  }
}

function textOf({ key, value, lease, prevKv, ignoreValue, ignoreLease }: PutProperties): string {
  const hex = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('hex');
  const flags = [prevKv, ignoreValue, ignoreLease].map((flag) => flag === true);
  return `${hex(key)} ${hex(value)} ${toBigInt(lease)} ${flags.join()}`;
}

/** Checks that the reader of puts and the check of their shape agree with the codec, for any bytes. */
export function putRequests(trial: Trial): void {
  for (let puts = 0; puts < 50; puts += 1) trial.feed(randomPut(trial.random), checkPut);
}

function checkPut(bytes: Buffer): void {
  const wanted = outcomeOf(() => etcdserverpb.PutRequest.decode(bytes));
  const seen = outcomeOf(() => readPut(bytes));
  const shape = outcomeOf(() => ({ ...shapeOfBytes(bytes) }));
  if (wanted === 'refused' || seen === 'refused' || shape === 'refused') {
    check(wanted === seen && wanted === shape, `${bytes.toString('hex')}: one of the readers refuses it`);
    return;
  }
  check(textOf(seen) === textOf(wanted), `${bytes.toString('hex')}: ${textOf(seen)}, codec: ${textOf(wanted)}`);
  check(
    JSON.stringify(shape) === JSON.stringify(shapeOf(wanted)),
    `${bytes.toString('hex')}: ${JSON.stringify(shape)}`,
  );
}

/** A copy of the shape, which itself is valid only until the next call. */
function shapeOfBytes(bytes: Uint8Array): ReturnType<typeof shapeOf> {
  const { keyBytes, valueBytes, hasLease, ignoresValue, ignoresLease } = putShape(bytes);
  return { keyBytes, valueBytes, hasLease, ignoresValue, ignoresLease };
}
