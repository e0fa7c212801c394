import { writeFileSync } from 'node:fs';
import { BatchCheck } from '../../../src/engine/level/batch-check.js';
import { Sealer, unseal } from '../../../src/engine/checksum.js';
import { walkLog } from '../../../src/engine/level/log-walk.js';
import { EngineCorruptionError } from '../../../src/ports/engine.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { scratchFile } from '../framework/scratch.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';
import { logOf, sized } from './level-format.js';

interface Batch {
  readonly sequence: number;
  readonly count: number;
  readonly bytes: Buffer;
}

const sealer = new Sealer();

function randomBatch(random: Random, sequence: number): Batch {
  const count = randomInteger(random, 1, 6);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(sequence, 0);
  head.writeUInt32LE(count, 8);
  const operations = Array.from({ length: count }, () => {
    const key = randomBytesOf(random, 1 + randomSize(random, 30));
    if (chance(random, 0.2)) return Buffer.concat([Buffer.from([0]), sized(key)]);
    const size = randomSize(random, pick(random, [50, 50, 50, 400]));
    const value = sealer.seal(key, chance(random, 0.05) ? Buffer.alloc(100 * size, 7) : randomBytesOf(random, size));
    return Buffer.concat([Buffer.from([1]), sized(key), sized(value)]);
  });
  return { sequence, count, bytes: Buffer.concat([head, ...operations]) };
}

function randomBatches(random: Random, from: number): Batch[] {
  const batches: Batch[] = [];
  let sequence = from;
  for (let count = randomInteger(random, 1, 12); count > 0; count -= 1) {
    const batch = randomBatch(random, sequence);
    batches.push(batch);
    sequence += batch.count;
  }
  return batches;
}

const LOGS = 20;

/** A changed log of LevelDB: a prefix of its batches is accepted, and what is left after the cut is the same prefix. */
export async function levelLogs(trial: Trial): Promise<void> {
  const { random } = trial;
  const batches = randomBatches(random, 100);
  const { bytes: valid, ends } = logOf(batches.map(({ bytes }) => bytes));
  const earlier = logOf(randomBatches(random, 60).map(({ bytes }) => bytes)).bytes;
  const path = scratchFile('level.log');
  for (let input = 0; input < LOGS; input += 1) {
    await trial.feedSlowly(mutated(random, valid, [valid, earlier]), async (content) => {
      const { accepted, soundBytes, stop } = await walked(path, content);
      check(
        accepted.every((found, at) => found === batches[at]?.sequence),
        `batches ${accepted.join()}`,
      );
      const same = commonBytes(content, valid);
      const intact = ends.filter((end) => end <= same).length;
      check(accepted.length >= intact, `${accepted.length} of ${intact} intact batches`);
      check(stop !== undefined || soundBytes === content.length, 'unread bytes without a reason');
      const again = await walked(path, content.subarray(0, soundBytes));
      check(again.stop === undefined && again.accepted.join() === accepted.join(), `after the cut: ${again.stop}`);
    });
  }
}

/** The batches that continue the log from sequence 100 on, as LogChain accepts them. */
async function walked(
  path: string,
  content: Buffer,
): Promise<{ accepted: number[]; soundBytes: number; stop: string | undefined }> {
  writeFileSync(path, content);
  const accepted: number[] = [];
  let next = 100;
  const { soundBytes, stop } = await walkLog(path, ({ sequence, count }) => {
    if (sequence !== next) return false;
    next = sequence + count;
    accepted.push(sequence);
    return true;
  });
  return { accepted, soundBytes, stop };
}

function commonBytes(left: Buffer, right: Buffer): number {
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left[at] === right[at]) at += 1;
  return at;
}

const INPUTS = 100;

/** Stored values: the checksum covers key and value. */
export function sealedValues(trial: Trial): void {
  const { random } = trial;
  // Keys of the engine have at least two bytes: zeros would be a value of an empty key.
  const key = randomBytesOf(random, 2 + randomSize(random, 40));
  const value = randomBytesOf(random, randomSize(random, 100));
  const sealed = Buffer.from(sealer.seal(key, value));
  for (let input = 0; input < INPUTS; input += 1) {
    trial.feed(mutated(random, sealed), (bytes) => {
      try {
        check(Buffer.from(unseal(key, bytes)).equals(value) && bytes.equals(sealed), 'another value is accepted');
      } catch (error) {
        check(error instanceof EngineCorruptionError && !bytes.equals(sealed), String(error));
      }
    });
  }
}

/** The check of a batch finds the same, however its bytes are divided, as a plain reader of the whole. */
export function levelBatches(trial: Trial): void {
  const { random } = trial;
  const valid = randomBatch(random, randomInteger(random, 0, 2 ** 31)).bytes;
  const others = [randomBatch(random, 5).bytes];
  const cuts = Array.from({ length: randomInteger(random, 0, 4) }, () => random.next());
  for (let input = 0; input < INPUTS; input += 1) {
    const bytes = chance(random, 0.1) ? valid : mutated(random, valid, others);
    trial.feed(bytes, (content) => {
      const whole = checked([content]);
      check(whole === plainBatch(content), `${whole} instead of ${plainBatch(content)}`);
      const places = cuts.map((at) => Math.floor(at * content.length)).sort((left, right) => left - right);
      const pieces = [0, ...places].map((from, at) => content.subarray(from, places[at] ?? content.length));
      const divided = checked(pieces);
      // A value that crosses pieces is checked by its checksum, one within a piece is not.
      check(divided === whole || divided === 'damaged', `${divided} in pieces, ${whole} as a whole`);
      if (content.equals(valid)) check(divided === whole, 'an intact batch is refused in pieces');
    });
  }
}

function checked(pieces: readonly Buffer[]): string {
  const batch = new BatchCheck();
  batch.begin();
  for (const piece of pieces) batch.add(Buffer.from(piece));
  const found = batch.end();
  return found === undefined ? 'damaged' : `${found.sequence} ${found.count}`;
}

function plainBatch(bytes: Buffer): string {
  if (bytes.length < 12) return 'damaged';
  let at = 12;
  let found = 0;
  const length = (): number => {
    let value = 0;
    for (let digit = 0; digit < 5; digit += 1) {
      const byte = bytes[at];
      if (byte === undefined) return -1;
      at += 1;
      value += (byte & 127) * 128 ** digit;
      if (byte < 128) return value;
    }
    return -1;
  };
  for (; at < bytes.length; found += 1) {
    const type = bytes[at];
    at += 1;
    if (type !== 0 && type !== 1) return 'damaged';
    for (let part = 0; part <= type; part += 1) {
      const size = length();
      if (size < 0 || at + size > bytes.length) return 'damaged';
      at += size;
    }
  }
  const sequence = bytes.readUInt32LE(0) + bytes.readUInt32LE(4) * 2 ** 32;
  return found === bytes.readUInt32LE(8) ? `${sequence} ${found}` : 'damaged';
}
