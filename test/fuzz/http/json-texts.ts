import { base64Steps, fromBase64 } from '../../../src/http/json/base64.js';
import { JsonElementsError, JsonError } from '../../../src/http/json/json-error.js';
import { JsonReader } from '../../../src/http/json/json-reader.js';
import { JsonText } from '../../../src/http/json/json-text.js';
import { repairSteps, unescapeSteps } from '../../../src/http/json/string-steps.js';
import { assert } from '../../../src/util/assert.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import type { Steps } from '../../../src/util/slices.js';
import { check } from '../check.js';
import { mutated, mutatedText } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, inPieces, pick, randomBytesOf, randomSize } from '../pick.js';

const STRINGS = [
  '""',
  '"a"',
  '"\\""',
  '"\\\\"',
  '"\\u0041\\ud83d\\ude00"',
  '"\\ud800x"',
  '"\\udc00\\ud800"',
  '"\\/\\b\\f\\n\\r\\t"',
  '"é😀"',
  `"${'s'.repeat(1_100)}"`,
  `"${'\\\\'.repeat(700)}"`,
] as const;
const WORDS = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '-1.5e+3',
  '1E9',
  '12345678901234567890',
  '0.000',
  '9'.repeat(1_200),
  ...STRINGS,
] as const;
const SPACES = ['', '', '', ' ', '\n', '\t \r\n'] as const;

/** The text of a JSON value. */
export function randomJson(random: Random, depth = 0): string {
  const space = (): string => pick(random, SPACES);
  if (depth > 5 || chance(random, 0.3)) return pick(random, WORDS);
  const count = randomSize(random, 6);
  if (chance(random, 0.5))
    return `[${space()}${Array.from({ length: count }, () => randomJson(random, depth + 1) + space()).join(`,${space()}`)}]`;
  const members = Array.from(
    { length: count },
    () => `${pick(random, STRINGS)}${space()}:${space()}${randomJson(random, depth + 1)}${space()}`,
  );
  return `{${space()}${members.join(`,${space()}`)}}`;
}

const INPUTS = 100;
const ELEMENTS_MAX = 1_000;

/** JSON texts, some changed: a value is accepted where JSON.parse accepts it, and the same is read from it. */
export function jsonTexts(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < INPUTS; count += 1) {
    const valid = chance(random, 0.02) ? nested(random) : randomJson(random);
    const text = chance(random, 0.3) ? valid : mutatedText(random, valid);
    const bytes = Buffer.from(text);
    const cuts = [...inPieces(random, chance(random, 0.1) ? mutated(random, bytes) : bytes)];
    trial.feed(Buffer.concat(cuts), (content) =>
      checkJson(
        content,
        cuts.map(({ length }) => length),
      ),
    );
  }
}

function nested(random: Random): string {
  const depth = randomSize(random, 12_000);
  const [open, close] = pick(random, [
    ['[', ']'],
    ['{"a":', '}'],
  ]);
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
}

function checkJson(bytes: Buffer, cuts: readonly number[]): void {
  const reader = new JsonReader(ELEMENTS_MAX);
  let taken = 0;
  try {
    for (const length of [...cuts, Infinity]) {
      if (reader.complete || taken === bytes.length) break;
      taken += reader.take(Buffer.from(bytes.subarray(taken, taken + length)));
    }
    if (!reader.end()) {
      check(bytes.toString('latin1').trim() === '', 'no value in a text that has one');
      return;
    }
  } catch (error) {
    if (error instanceof JsonElementsError) return;
    check(error instanceof JsonError, String(error));
    check(
      (error instanceof JsonError && error.message === 'exceeded max depth') || parsed(bytes) === undefined,
      `${String(error)}: JSON.parse accepts it`,
    );
    return;
  }
  const value = parsed(bytes.subarray(0, taken));
  check(value !== undefined, 'JSON.parse refuses it');
  const seen = valueAt(new JsonText(reader.value()), 0);
  check(textOf(seen) === textOf(value?.value), `${textOf(seen)} in place of ${textOf(value?.value)}`);
}

/** Undefined for a text that is not JSON. */
function parsed(bytes: Buffer): { readonly value: unknown } | undefined {
  try {
    // A mark of the byte order at the beginning is no white space.
    return { value: JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** The value, read step by step as a request is. Numbers stay text. */
function valueAt(text: JsonText, at: number): unknown {
  const kind = text.kindAt(at);
  if (kind === 'string') return stringAt(text, at);
  if (kind === 'array') {
    const items: unknown[] = [];
    for (let item = text.firstIn(at); item !== undefined; item = text.nextAfter(item)) items.push(valueAt(text, item));
    return items;
  }
  if (kind !== 'object') return JSON.parse(text.wordAt(at));
  const members: [string, unknown][] = [];
  for (let key = text.firstIn(at); key !== undefined;) {
    const value = text.valueOf(key);
    members.push([stringAt(text, key), valueAt(text, value)]);
    key = text.nextAfter(value);
  }
  return Object.fromEntries(members);
}

/** A string in both ways, which must agree. */
function stringAt(text: JsonText, at: number): string {
  const raw = text.rawStringAt(at);
  const seen = text.stringAt(at);
  const long = toEnd(repairSteps(toEnd(unescapeSteps(raw)))).toString();
  check(seen === long, `${JSON.stringify(seen)}, in steps ${JSON.stringify(long)}`);
  return seen;
}

function textOf(value: unknown): string {
  // Half of a surrogate pair becomes U+FFFD, as in Go.
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return wellFormed(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner)
        .map(([key, found]) => [wellFormed(key), found] as const)
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function toEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const PARTS = ['A', 'Z', 'a', 'z', '0', '9', '+', '/', '-', '_', '=', '==', '\n', '*', ''] as const;

/** Base64 of either alphabet, some changed: read alike in both ways, and as Go's decoder does. */
export function base64Texts(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < INPUTS; count += 1) {
    let text = randomBytesOf(random, randomSize(random, chance(random, 0.02) ? 60_000 : 60)).toString(
      pick(random, ['base64', 'base64url']),
    );
    if (chance(random, 0.2)) text = text.replace(/.{7}/g, '$&\r\n');
    for (let changes = randomInteger(random, 0, 3); changes > 0; changes -= 1) {
      const at = randomInteger(random, 0, text.length + 1);
      text = text.slice(0, at) + pick(random, PARTS) + text.slice(at + randomInteger(random, 0, 3));
    }
    trial.feed(text, checkBase64);
  }
}

function checkBase64(text: string): void {
  const short = outcome(() => fromBase64(text));
  const long = outcome(() => toEnd(base64Steps(Buffer.from(text))));
  check(
    typeof short === 'string' ? short === long : typeof long !== 'string' && short.equals(long),
    `${String(short)}, in steps ${String(long)}`,
  );
  const digits = text.replace(/[\r\n]/g, '');
  const isValid = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/.test(digits);
  check(isValid === (typeof short !== 'string'), isValid ? `refused: ${String(short)}` : 'accepted');
  if (typeof short !== 'string') check(short.equals(Buffer.from(digits, 'base64')), 'other bytes');
}

function outcome(run: () => Buffer): Buffer | string {
  try {
    return run();
  } catch (error) {
    assert(error instanceof JsonError, String(error));
    return error.message;
  }
}
