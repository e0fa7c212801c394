import { randomInteger, type Random } from '../../src/util/random.js';

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** Picks one of several values. */
export function pick<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[randomInteger(random, 0, values.length)] ?? values[0];
}

/** Picks a size up to a maximum, small ones more often: each order of magnitude is as likely as any other. */
export function randomSize(random: Random, max: number): number {
  return Math.floor(Math.exp(random.next() * Math.log(max + 1))) - 1;
}

/** Cuts bytes into pieces of random sizes: often few pieces, sometimes single bytes. */
export function* inPieces(random: Random, bytes: Buffer): Generator<Buffer> {
  const sizeMax = pick(random, [1, 10, 100, 70_000, 70_000, 70_000]);
  // Many pieces of one byte take long, and test no more than a few do.
  const from = bytes.length > 2_000 ? Math.max(sizeMax, 1_000) : sizeMax;
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + randomInteger(random, 1, from + 1));
    yield bytes.subarray(at, end);
    at = end;
  }
}

export function randomBytesOf(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = random.next() * 256;
  return bytes;
}
