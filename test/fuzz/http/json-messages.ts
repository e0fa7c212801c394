import type protobuf from 'protobufjs';
import { fromJson } from '../../../src/http/json/from-json.js';
import { JsonElementsError, JsonError } from '../../../src/http/json/json-error.js';
import { JsonReader } from '../../../src/http/json/json-reader.js';
import { toJsonSteps } from '../../../src/http/json/to-json-steps.js';
import { toJson } from '../../../src/http/json/to-json.js';
import { Schema } from '../../../src/schema/schema.js';
import type { MessageType } from '../../../src/schema/types.js';
import { defined } from '../../../src/util/assert.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import type { Steps } from '../../../src/util/slices.js';
import { check } from '../check.js';
import { messageType, randomMessage } from '../framework/messages.js';
import { mutated, mutatedText } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { codecOf, type Codec } from '../messages/codec.js';
import { chance, randomBytesOf, randomSize } from '../pick.js';

interface Known {
  readonly type: MessageType;
  readonly proto: protobuf.Type;
  readonly codec: Codec;
}

let known: readonly Known[] | undefined;

/** The requests and responses of all methods. */
function allKnown(): readonly Known[] {
  if (known !== undefined) return known;
  const types = [...Schema.load().methods.values()].flatMap(({ request, response }) => [request, response]);
  known = [...new Set(types)].map((type) => ({ type, proto: messageType(type.name), codec: codecOf(type.name) }));
  return known;
}

const INPUTS = 60;

/**
 * Bodies of the JSON gateway: what is printed of a message is read as that message; what is accepted of a changed text is
 * printed and read again as the same message.
 */
export function jsonMessages(trial: Trial): void {
  const { random } = trial;
  const all = allKnown();
  let texts: string[] = [];
  let chosen = defined(all[0], 'a message');
  for (let count = 0; count < INPUTS; count += 1) {
    if (count % 10 === 0) {
      chosen = defined(all[randomInteger(random, 0, all.length)], 'a message');
      texts = [];
    }
    const bytes = canonical(chosen.codec, randomMessage(random, chosen.proto));
    if (bytes === undefined) continue;
    const { type, codec } = chosen;
    const cut = random.next();
    trial.feed(bytes, (message) => checkPrinted(type, codec, message, cut));
    const text = printed(type, [bytes]);
    texts.push(text);
    trial.feed(chance(random, 0.05) ? 'x' : mutatedText(random, text, texts), (changed) =>
      checkText(type, codec, changed),
    );
    trial.feed(mutated(random, bytes), (changed) => checkDamaged(type, changed, cut));
  }
}

/** The message with what its reader keeps, as a server encodes it; undefined if it is refused. */
function canonical(codec: Codec, bytes: Buffer): Buffer | undefined {
  try {
    return Buffer.from(codec.encode(codec.decode(bytes)).finish());
  } catch (error) {
    check(error instanceof Error, String(error));
    return undefined;
  }
}

function checkPrinted(type: MessageType, codec: Codec, bytes: Buffer, cut: number): void {
  // The input may have been made smaller.
  const message = canonical(codec, bytes);
  if (message === undefined || !message.equals(bytes)) return;
  const text = printed(type, [bytes]);
  const at = Math.floor(cut * bytes.length);
  const inPieces = printed(type, [bytes.subarray(0, at), bytes.subarray(at)]);
  check(text === inPieces, `${type.name}: ${text}, in pieces ${inPieces}`);
  check(JSON.stringify(JSON.parse(text)) !== undefined, 'no JSON');
  const again = defined(read(type, text), `the message of ${text}`);
  check(sameMessage(codec, bytes, again), `${type.name}: ${text} is read as ${again.toString('hex')}`);
}

/** Compares what the messages print: a field that is present with its default is not printed. */
function sameMessage(codec: Codec, left: Buffer, right: Buffer): boolean {
  return plainText(codec.decode(left)) === plainText(codec.decode(right));
}

/** A message as text, without fields at their default and unknown ones. */
function plainText(message: object): string {
  return JSON.stringify(message, (key: string, value: unknown) => {
    if (key.startsWith('$') || value === 0 || value === '' || value === false || value === null) return undefined;
    if (Array.isArray(value) && value.length === 0) return undefined;
    if (typeof value === 'object' && 'type' in value && value.type === 'Buffer') {
      const { data } = value as unknown as { readonly data: readonly number[] };
      return data.length === 0 ? undefined : Buffer.from(data).toString('hex');
    }
    if (typeof value === 'object' && 'low' in value)
      return Number(value.low) === 0 && Number((value as { high?: number }).high) === 0 ? undefined : value;
    return value;
  });
}

function checkText(type: MessageType, codec: Codec, text: string): void {
  const message = read(type, text);
  if (message === undefined) return;
  const printedAgain = printed(type, [message]);
  const again = defined(read(type, printedAgain), `the message of ${printedAgain}`);
  check(printed(type, [again]) === printedAgain, `${printedAgain} is printed as ${printed(type, [again])}`);
  const decoded = canonical(codec, message);
  check(decoded !== undefined, `the codec refuses ${message.toString('hex')}`);
  if (decoded !== undefined) check(printed(type, [decoded]) === printedAgain, 'the codec reads another message');
}

/** Bytes that no server prints: an error at worst, the same in pieces. */
function checkDamaged(type: MessageType, bytes: Buffer, cut: number): void {
  const at = Math.floor(cut * bytes.length);
  for (const pieces of [[bytes], [bytes.subarray(0, at), bytes.subarray(at)]]) {
    try {
      printed(type, pieces);
    } catch (error) {
      check(error instanceof Error && !(error instanceof JsonError), String(error));
    }
  }
}

function printed(type: MessageType, pieces: readonly Buffer[]): string {
  let text = '';
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) toJson(type, only, (part) => (text += part));
  else toEnd(toJsonSteps(type, pieces, (part) => (text += part)));
  return text;
}

/** The message of a text; undefined if it is refused. */
function read(type: MessageType, text: string): Buffer | undefined {
  const reader = new JsonReader(10_000);
  try {
    reader.take(Buffer.from(text));
    if (!reader.end()) return undefined;
    return Buffer.from(toEnd(fromJson(type, reader.value())));
  } catch (error) {
    check(
      error instanceof JsonError || error instanceof JsonElementsError,
      error instanceof Error ? String(error.stack) : String(error),
    );
    return undefined;
  }
}

function toEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Long values, which are read and printed in steps. */
export function longJson(trial: Trial): void {
  const { random } = trial;
  const { type, codec } = defined(
    allKnown().find((found) => found.type.name === 'etcdserverpb.PutRequest'),
    'the message',
  );
  const value = longText(random);
  const text = `{"key":"${Buffer.from('k').toString('base64')}","value":"${value}","lease":"1"}`;
  trial.feed(chance(random, 0.5) ? text : mutatedText(random, text), (changed) => checkText(type, codec, changed), {
    ms: 200,
  });
}

function longText(random: Random): string {
  const text = randomBytesOf(random, 10_000 + randomSize(random, 50_000)).toString('base64');
  if (chance(random, 0.5)) return text;
  const escaped = (part: string): string => `\\u00${part.charCodeAt(0).toString(16)}`;
  return chance(random, 0.5) ? text.replaceAll(/[A-C]/g, escaped) : text.replaceAll('D', '\\n');
}
