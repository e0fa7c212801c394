import { ConnectionError, ErrorCode } from '../../../src/rpc/http2/errors.js';
import { HpackEncoder, type OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import { huffmanEncode, huffmanLength } from '../../../src/rpc/http2/huffman.js';
import { STATIC_TABLE } from '../../../src/rpc/http2/static-table.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';
import { decoded, newDecoder, type Pair } from './decoded.js';

const TABLE_BYTES = 4096;
const OVERHEAD_BYTES = 32;

/**
 * Writes header blocks in any way that RFC 7541 allows. Its own dynamic table is as simple as possible: newest entry first,
 * and the size computed anew each time.
 */
class BlockWriter {
  readonly #random: Random;
  #table: Pair[] = [];
  #capacity = TABLE_BYTES;
  readonly fields: Pair[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  block(): Buffer {
    this.fields.length = 0;
    const parts: Buffer[] = [];
    for (let updates = chance(this.#random, 0.2) ? randomInteger(this.#random, 1, 3) : 0; updates > 0; updates -= 1) {
      this.#capacity = pick(this.#random, [
        0,
        50,
        1_000,
        randomInteger(this.#random, 0, 4097),
        TABLE_BYTES,
        this.#edge(),
      ]);
      this.#evict(0);
      parts.push(integer(this.#capacity, 5, 0x20));
    }
    for (let count = randomInteger(this.#random, 0, 12); count > 0; count -= 1) parts.push(this.#field());
    return Buffer.concat(parts);
  }

  #field(): Buffer {
    const known = [...STATIC_TABLE, ...this.#table];
    const isDynamic = this.#table.length > 0 && chance(this.#random, 0.5);
    const index = randomInteger(this.#random, isDynamic ? STATIC_TABLE.length : 0, known.length);
    const [knownName, knownValue] = known[index] ?? ['', ''];
    if (chance(this.#random, 0.3)) {
      this.fields.push([knownName, knownValue]);
      return integer(index + 1, 7, 0x80);
    }
    const isKnown = chance(this.#random, 0.5);
    const name = isKnown ? knownName : this.#text(40);
    const fitting = this.#edge() - sizeOf([[name, '']]);
    const isFitting = fitting >= 0 && chance(this.#random, 0.3);
    const value = isFitting ? 'v'.repeat(fitting) : this.#text(pick(this.#random, [10, 100, 5_000]));
    const [bits, first] = pick(this.#random, [
      [6, 0x40],
      [6, 0x40],
      [4, 0x00],
      [4, 0x10],
    ] as const);
    const head = integer(isKnown ? index + 1 : 0, bits, first);
    this.fields.push([name, value]);
    if (bits === 6) this.#insert([name, value]);
    return Buffer.concat([head, ...(isKnown ? [] : [this.#encoded(name)]), this.#encoded(value)]);
  }

  /** A size at which one entry more or less fits, or a size close to it. */
  #edge(): number {
    const kept = this.#table.slice(0, randomInteger(this.#random, 0, this.#table.length + 1));
    const size = chance(this.#random, 0.5) ? sizeOf(kept) : this.#capacity - sizeOf(kept);
    return Math.max(0, Math.min(TABLE_BYTES, size + randomInteger(this.#random, -1, 2)));
  }

  #text(max: number): string {
    const bytes = randomBytesOf(this.#random, randomSize(this.#random, max));
    return chance(this.#random, 0.2) ? bytes.toString('latin1') : bytes.toString('base64url').slice(0, bytes.length);
  }

  #encoded(text: string): Buffer {
    if (chance(this.#random, 0.5)) return Buffer.concat([integer(text.length, 7, 0), Buffer.from(text, 'latin1')]);
    const bytes = Buffer.alloc(huffmanLength(text));
    huffmanEncode(text, bytes, 0);
    return Buffer.concat([integer(bytes.length, 7, 0x80), bytes]);
  }

  #insert(field: Pair): void {
    this.#evict(sizeOf([field]));
    if (sizeOf([field]) <= this.#capacity) this.#table.unshift(field);
  }

  #evict(room: number): void {
    while (this.#table.length > 0 && sizeOf(this.#table) + room > this.#capacity) this.#table.pop();
  }
}

function sizeOf(fields: readonly Pair[]): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + value.length + OVERHEAD_BYTES, 0);
}

/** RFC 7541, section 5.1. */
function integer(value: number, bits: number, first: number): Buffer {
  const mask = 2 ** bits - 1;
  if (value < mask) return Buffer.from([first | value]);
  const bytes = [first | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Checks that the decoder reads all valid blocks, and refuses others with COMPRESSION_ERROR. */
export function hpackBlocks(trial: Trial): void {
  const { random } = trial;
  const writer = new BlockWriter(random);
  const decoder = newDecoder();
  for (let blocks = randomInteger(random, 1, 40); blocks > 0; blocks -= 1) {
    trial.count(1);
    const block = writer.block();
    const fields = decoded(decoder, block);
    check(isDeepEqual(fields, writer.fields), `${block.toString('hex')}: ${JSON.stringify(fields)}`);
    // A block without inserts and updates decodes to the same fields again.
    if (chance(random, 0.1) && block.every((byte) => byte > 0x80)) {
      check(isDeepEqual(decoded(decoder, block), writer.fields), 'another list for the same block');
    }
  }
  trial.count(1);
  const broken = writer.block();
  if (broken.length === 0) return;
  for (let changes = randomInteger(random, 1, 4); changes > 0; changes -= 1) {
    broken[randomInteger(random, 0, broken.length)] = randomInteger(random, 0, 256);
  }
  try {
    decoded(decoder, chance(random, 0.3) ? broken.subarray(0, randomInteger(random, 0, broken.length)) : broken);
  } catch (error) {
    check(error instanceof ConnectionError && error.code === ErrorCode.COMPRESSION_ERROR, String(error));
  }
}

/** Checks that the decoder reads what the encoder writes while the receiver changes the size of its table. */
export function hpackRoundTrip(trial: Trial): void {
  const { random } = trial;
  const encoder = new HpackEncoder();
  const decoder = newDecoder({ tableBytesMax: 100_000, listBytesMax: 1_000_000 });
  const lists = Array.from({ length: 6 }, () => randomList(random));
  for (let blocks = randomInteger(random, 1, 60); blocks > 0; blocks -= 1) {
    trial.count(1);
    if (chance(random, 0.2)) encoder.allowTable(pick(random, [0, 40, 100, 500, 4096, 65_536]));
    const list = chance(random, 0.7) ? pick(random, lists as [OutgoingField[]]) : randomList(random);
    const fields = decoded(decoder, Buffer.from(encoder.encode(list)));
    const wanted = list.map(({ name, value }): Pair => [name, value]);
    check(isDeepEqual(fields, wanted), `${JSON.stringify(fields)} for ${JSON.stringify(wanted)}`);
  }
}

function randomList(random: Random): OutgoingField[] {
  return Array.from({ length: randomInteger(random, 0, 8) }, () => ({
    name: pick(random, [':status', 'content-type', 'grpc-status', 'grpc-message', 'x-a', 'x-b']),
    value: pick(random, ['200', '0', 'application/grpc', 'v'.repeat(randomSize(random, 5_000)), String(random.next())]),
    repeats: chance(random, 0.6),
  }));
}

function isDeepEqual(left: readonly Pair[], right: readonly Pair[]): boolean {
  return (
    left.length === right.length && left.every(([name, value], at) => name === right[at]?.[0] && value === right[at][1])
  );
}
