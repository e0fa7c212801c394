import type protobuf from 'protobufjs';
import * as generated from '../../../src/gen/proto.js';
import { allowDeepMessages } from '../../../src/util/deep-messages.js';
import { defined } from '../../../src/util/assert.js';
import { randomInteger } from '../../../src/util/random.js';
import { check } from '../check.js';
import { allMessageTypes, randomMessage } from '../framework/messages.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, randomBytesOf, randomSize } from '../pick.js';

/** The generated code of a message. */
export interface Codec {
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
}

interface Pair {
  readonly type: protobuf.Type;
  readonly codec: Codec;
}

/** The generated code for a message, by its full name. */
export function codecOf(fullName: string): Codec {
  let found: unknown = generated;
  for (const name of fullName.replace(/^\./, '').split('.')) found = (found as Record<string, unknown>)[name];
  return defined(found, `the code of ${fullName}`) as Codec;
}

let pairs: readonly Pair[] | undefined;

function allPairs(): readonly Pair[] {
  pairs ??= allMessageTypes().map((type) => ({ type, codec: codecOf(type.fullName) }));
  return pairs;
}

const INPUTS = 300;

/**
 * Checks that the generated decoders of all messages accept the bytes that protobufjs accepts at run time, and read the
 * same from them; and that what they read is written and read again without a change.
 */
export function messageBytes(trial: Trial): void {
  allowDeepMessages();
  const { random } = trial;
  const all = allPairs();
  let others: Buffer[] = [];
  let chosen = defined(all[0], 'a message');
  for (let count = 0; count < INPUTS; count += 1) {
    if (count % 10 === 0) {
      chosen = defined(all[randomInteger(random, 0, all.length)], 'a message');
      others = [];
    }
    const valid = randomMessage(random, chosen.type);
    others.push(valid);
    const { type, codec } = chosen;
    const bytes = chance(random, 0.4) ? valid : chance(random, 0.9) ? mutated(random, valid, others) : nested(trial);
    trial.feed(bytes, (input) => compare(type, codec, input));
  }
}

/** Random bytes, or one field that is nested deep. */
function nested({ random }: Trial): Buffer {
  if (chance(random, 0.7)) return randomBytesOf(random, randomSize(random, 300));
  let bytes: Buffer = Buffer.alloc(0);
  const tag = (randomInteger(random, 1, 16) << 3) | (chance(random, 0.8) ? 2 : 3);
  for (let depth = randomSize(random, 1_500); depth > 0 && bytes.length < 100_000; depth -= 1) {
    bytes =
      tag % 8 === 2
        ? Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes])
        : Buffer.concat([bytes, Buffer.from([tag])]);
  }
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

function compare(type: protobuf.Type, codec: Codec, bytes: Buffer): void {
  const wanted = outcome(() => type.decode(bytes));
  const seen = outcome(() => codec.decode(bytes));
  check((wanted === undefined) === (seen === undefined), `${type.fullName}: one of the decoders refuses it`);
  if (wanted === undefined || seen === undefined) return;
  const [left, right] = [Buffer.from(type.encode(wanted).finish()), Buffer.from(codec.encode(seen).finish())];
  check(left.equals(right), `${type.fullName}: ${right.toString('hex')} in place of ${left.toString('hex')}`);
  const again = Buffer.from(codec.encode(codec.decode(right)).finish());
  check(again.equals(right), `${type.fullName}: ${again.toString('hex')} after writing and reading`);
}

/** Undefined if it is refused with an error that a host answers. */
function outcome<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    check(error instanceof Error, String(error));
    return undefined;
  }
}
