import { compareBytes } from '../../util/bytes.js';
import type { KeyRange } from './layout.js';

/** What a request's `key` and `range_end` mean. */
export type Span =
  { readonly kind: 'key'; readonly key: Uint8Array } | { readonly kind: 'range'; readonly range: KeyRange };

/**
 * etcd's forms: no end is one key, the single byte 00 is everything from the key on, anything else is the first key
 * that is not meant (a prefix is its own end, with the last byte one higher).
 */
export function spanOf(key: Uint8Array, rangeEnd: Uint8Array): Span {
  if (rangeEnd.length === 0) return { kind: 'key', key };
  const open = rangeEnd.length === 1 && rangeEnd[0] === 0;
  return { kind: 'range', range: { start: key, end: open ? undefined : rangeEnd } };
}

/** An end at or before the start: such a range is allowed, and holds nothing. */
export function isEmptyRange({ start, end }: KeyRange): boolean {
  return end !== undefined && compareBytes(start, end) >= 0;
}

export function isInRange(key: Uint8Array, { start, end }: KeyRange): boolean {
  return compareBytes(key, start) >= 0 && (end === undefined || compareBytes(key, end) < 0);
}
