import { EMPTY } from '../../util/bytes.js';
import { bytesArgument, nameOf } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';

/** Text is UTF-8 on the wire. */
export type Bytes = string | Uint8Array;

/** Which keys: those that begin with a prefix, those from a key up to another (exclusive) or to the end, or all. */
export type RangeSelector =
  { readonly prefix: Bytes } | { readonly from: Bytes; readonly to?: Bytes } | { readonly all: true };

/** A range as the wire has it: no end is one key, a zero byte is "to the end". */
export interface KeyRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

const ZERO: Uint8Array = Uint8Array.of(0);

/** @throws RaftKvError for what is neither text nor bytes */
export function toBytes(value: Bytes): Uint8Array {
  return bytesArgument(value, 'a value');
}

/** @throws RaftKvError for an empty key, which the store does not have */
export function oneKey(key: Bytes): KeyRange {
  const bytes = bytesArgument(key, 'a key');
  if (bytes.length === 0) throw invalidArgument('the key is empty');
  return { key: bytes, rangeEnd: EMPTY };
}

/** @throws RaftKvError for what selects nothing, or in two ways */
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
  // On the wire an empty end means one key, and a zero byte means no end. As a bound, both leave nothing.
  if (to.length === 0 || (to.length === 1 && to[0] === 0))
    throw invalidArgument('the end of the range is before any key');
  return { key, rangeEnd: to };
}

/** Exactly one of `all`, `prefix` and `from`. Other fields may stand beside it: of a watch, its options do. */
function checkSelector(selector: unknown): void {
  const isObject = typeof selector === 'object' && selector !== null;
  const given = ['all', 'prefix', 'from'].filter((field) => isObject && field in selector);
  if (given.length === 1) return;
  if (!isObject)
    throw invalidArgument(`keys are selected by { prefix }, { from, to } or { all }, not ${nameOf(selector)}`);
  throw invalidArgument(`keys are selected by one of prefix, from and all, not by ${given.join(' and ') || 'none'}`);
}

/** The first key after all that begin with the prefix; a zero byte, "to the end", where there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  for (let length = prefix.length; length > 0; length--) {
    const last = prefix[length - 1] ?? 0xff;
    if (last < 0xff) {
      const end = Uint8Array.from(prefix.subarray(0, length)); // a copy: slice() of a Buffer is none
      end[length - 1] = last + 1;
      return end;
    }
  }
  return ZERO;
}

/** The very next key in byte order. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
