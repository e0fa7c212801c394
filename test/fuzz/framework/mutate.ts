import { randomInteger, type Random } from '../../../src/util/random.js';
import { assertNever } from '../../../src/util/assert.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const BYTES = [
  0, 1, 2, 7, 8, 0x0a, 0x0d, 0x12, 0x20, 0x22, 0x2f, 0x30, 0x5c, 0x7b, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xfe, 0xff,
] as const;
const WORDS = [
  0, 1, 2, 4, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
] as const;

const CHANGES = ['flip', 'set', 'word', 'near', 'insert', 'remove', 'repeat', 'move', 'cut', 'zero', 'other'] as const;

/**
 * Changes valid bytes in one to four places, mostly little.
 * @param others valid inputs of which parts may be taken
 */
export function mutated(random: Random, bytes: Buffer, others: readonly Buffer[] = []): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let count = chance(random, 0.6) ? 1 : randomInteger(random, 1, 5); count > 0; count -= 1) {
    changed = changedOnce(random, changed, others);
  }
  return changed;
}

function changedOnce(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  if (bytes.length === 0) return randomBytesOf(random, randomSize(random, 20));
  const at = randomInteger(random, 0, bytes.length);
  const end = Math.min(bytes.length, at + 1 + randomSize(random, Math.max(1, bytes.length >> 1)));
  const change = pick(random, CHANGES);
  switch (change) {
    case 'flip':
      bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInteger(random, 0, 8));
      return bytes;
    case 'set':
      bytes[at] = chance(random, 0.5) ? pick(random, BYTES) : randomInteger(random, 0, 256);
      return bytes;
    case 'near':
      bytes[at] = (bytes[at] ?? 0) + pick(random, [-2, -1, 1, 2]);
      return bytes;
    case 'word':
      return withWord(random, bytes, at);
    case 'insert':
      return joined(bytes.subarray(0, at), randomBytesOf(random, 1 + randomSize(random, 16)), bytes.subarray(at));
    case 'remove':
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 'repeat':
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 'move':
      return joined(bytes.subarray(0, at), bytes.subarray(end), bytes.subarray(at, end));
    case 'cut':
      return bytes.subarray(0, at);
    case 'zero':
      bytes.fill(0, at, end);
      return bytes;
    case 'other': {
      const other = others[randomInteger(random, 0, others.length)] ?? bytes;
      const from = randomInteger(random, 0, other.length + 1);
      const piece = other.subarray(from, from + 1 + randomSize(random, 200));
      return joined(bytes.subarray(0, at), piece, bytes.subarray(chance(random, 0.5) ? end : at));
    }
    default:
      return assertNever(change);
  }
}

/** Writes a number of 16, 32 or 64 bits in either order: it may be a length. */
function withWord(random: Random, bytes: Buffer, at: number): Buffer {
  const value = chance(random, 0.3) ? randomInteger(random, 0, 2 * bytes.length) : pick(random, WORDS);
  const word = Buffer.alloc(8);
  const size = pick(random, [2, 4, 4, 8]);
  if (chance(random, 0.5)) word.writeUInt32LE(value >>> 0, 0);
  else word.writeUInt32BE(value >>> 0, size === 8 ? 4 : 0);
  if (size === 2) word.writeUInt16BE(value & 0xffff, 0);
  word.copy(bytes, at, 0, Math.min(size, bytes.length - at));
  return bytes;
}

function joined(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}

const CHARACTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\n',
  '\r',
  '\t',
  ' ',
  '0',
  '-',
  '1e9',
  '\0',
  '\ud800',
  '\udc00',
  'é',
  '😀',
  '#',
  '&',
  '*',
  '!',
  '|',
  '>',
  "'",
  '%',
  '/',
  '.',
  '=',
  '_',
  '\u2028',
  '\ufeff',
] as const;

/** Changes a text in one to four places. */
export function mutatedText(random: Random, text: string, others: readonly string[] = []): string {
  let changed = text;
  for (let count = chance(random, 0.6) ? 1 : randomInteger(random, 1, 5); count > 0; count -= 1) {
    const at = randomInteger(random, 0, changed.length + 1);
    const end = at + 1 + randomSize(random, Math.max(1, changed.length >> 1));
    const other = others[randomInteger(random, 0, others.length)] ?? changed;
    const from = randomInteger(random, 0, other.length + 1);
    changed = pick(random, [
      () => changed.slice(0, at) + pick(random, CHARACTERS) + changed.slice(at),
      () => changed.slice(0, at) + pick(random, CHARACTERS) + changed.slice(at + 1),
      () => changed.slice(0, at) + String.fromCharCode(randomInteger(random, 0, 0x250)) + changed.slice(at + 1),
      () => changed.slice(0, at) + changed.slice(end),
      () => changed.slice(0, end) + changed.slice(at),
      () => changed.slice(0, at) + other.slice(from, from + 1 + randomSize(random, 60)) + changed.slice(at),
      () => changed.slice(0, at),
    ])();
  }
  return changed;
}
