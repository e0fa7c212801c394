import { parseMemberId } from '../../util/member-id.js';
import { invalidArgument } from '../errors.js';

// Checks for callers in plain JavaScript, which the types do not protect. Without them a value of the wrong type would not
// fail: a number would be written as an empty value.

/** @throws RaftKvError `invalid-argument` unless the value is a string or a Uint8Array */
export function bytesArgument(value: unknown, what: string): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return value;
  throw invalidArgument(`${what} must be a string or a Uint8Array, not ${nameOf(value)}`);
}

/** @throws RaftKvError `invalid-argument` unless the value is a string. The message does not hold the value. */
export function stringArgument(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw invalidArgument(`${what} must be a string, not ${nameOf(value)}`);
}

/** @throws RaftKvError `invalid-argument` unless the value is a safe integer and at least `least` */
export function integerArgument(value: unknown, what: string, least = Number.MIN_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  const shown = typeof value === 'number' ? String(value) : nameOf(value);
  const bound = least === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${least}`;
  throw invalidArgument(`${what} must be an integer${bound}, not ${shown}`);
}

/** @throws RaftKvError `invalid-argument` unless the value is a bigint that fits 64 signed bits */
export function leaseIdArgument(value: unknown): bigint {
  if (typeof value !== 'bigint') throw invalidArgument(`a lease id must be a bigint, not ${nameOf(value)}`);
  if (BigInt.asIntN(64, value) !== value) throw invalidArgument(`a lease id has 64 bits, which ${value} exceeds`);
  return value;
}

/** @throws RaftKvError `invalid-argument` unless the value is a string of 1 to 16 hexadecimal digits */
export function memberIdArgument(value: unknown): bigint {
  if (typeof value !== 'string')
    throw invalidArgument(`a member id must be a string of hexadecimal digits, not ${nameOf(value)}`);
  const id = parseMemberId(value);
  if (id === undefined)
    throw invalidArgument(`${JSON.stringify(value)} is not a member id of 1 to 16 hexadecimal digits`);
  return id;
}

/** The entry of the table under this word. @throws RaftKvError `invalid-argument` for any other word */
export function wordArgument<T>(word: string, what: string, table: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(table, word) ? table[word] : undefined;
  if (found !== undefined) return found;
  const words = Object.keys(table).map((each) => `"${each}"`);
  throw invalidArgument(`${what} must be one of ${words.join(', ')}, not ${JSON.stringify(word) ?? nameOf(word)}`);
}

/** The kind of a value, for error messages: "null", "a number", "an ArrayBuffer". */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name = typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}
