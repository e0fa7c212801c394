import { EMPTY, prefixEnd } from '../../util/bytes.js';
import { bytesArgument, nameOf } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';

/** A key or a value. Strings are encoded as UTF-8. */
export type Bytes = string | Uint8Array;

/** A range of keys: those with a prefix, those from a key up to another (exclusive) or to the end, or all. */
export type RangeSelector =
  { readonly prefix: Bytes } | { readonly from: Bytes; readonly to?: Bytes } | { readonly all: true };

/** A range in its wire form: without an end it is one key; an end of one zero byte means all following keys. */
export interface KeyRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

const ZERO: Uint8Array = Uint8Array.of(0);

/** @throws RaftKvError `invalid-argument` unless the value is a string or a Uint8Array */
export function toBytes(value: Bytes): Uint8Array {
  return bytesArgument(value, 'a value');
}

/** @throws RaftKvError `invalid-argument` for an empty key, which cannot exist */
export function oneKey(key: Bytes): KeyRange {
  const bytes = bytesArgument(key, 'a key');
  if (bytes.length === 0) throw invalidArgument('the key is empty');
  return { key: bytes, rangeEnd: EMPTY };
}

/** @throws RaftKvError `invalid-argument` unless the selector has exactly one form */
export function toKeyRange(selector: Bytes | RangeSelector): KeyRange {
  if (typeof selector === 'string' || selector instanceof Uint8Array) return oneKey(selector);
  checkSelector(selector);
  if ('all' in selector) return { key: ZERO, rangeEnd: ZERO };
  if ('prefix' in selector) {
    const prefix = bytesArgument(selector.prefix, 'a prefix');
    return prefix.length === 0 ? { key: ZERO, rangeEnd: ZERO } : { key: prefix, rangeEnd: prefixEnd(prefix) };
  }
  const from = bytesArgument(selector.from, 'a key');
  const key = from.length === 0 ? ZERO : from;
  if (selector.to === undefined) return { key, rangeEnd: ZERO };
  const to = bytesArgument(selector.to, 'a key');
  // On the wire, these two ends would mean one key and all following keys. As bounds they exclude every key.
  if (to.length === 0 || (to.length === 1 && to[0] === 0))
    throw invalidArgument('the end of the range precedes every key');
  return { key, rangeEnd: to };
}

/** Checks that exactly one of `all`, `prefix` and `from` is present. Other fields are options of the call. */
function checkSelector(selector: unknown): void {
  const isObject = typeof selector === 'object' && selector !== null;
  const given = ['all', 'prefix', 'from'].filter((field) => isObject && field in selector);
  if (given.length === 1) return;
  if (!isObject) throw invalidArgument(`a range takes { prefix }, { from, to } or { all }, not ${nameOf(selector)}`);
  throw invalidArgument(`a range takes one of prefix, from and all, not ${given.join(' and ') || 'none'}`);
}

/** The next possible key in byte order. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
