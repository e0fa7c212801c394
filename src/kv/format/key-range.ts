import { compareBytes } from '../../util/bytes.js';
import type { KeyRange } from './layout.js';

/** The keys that a request's `key` and `range_end` select. */
export type Span =
  { readonly kind: 'key'; readonly key: Uint8Array } | { readonly kind: 'range'; readonly range: KeyRange };

/**
 * Reads etcd's forms: without an end it is one key; the single byte 00 means all keys from `key` on; any other end
 * is exclusive.
 */
export function spanOf(key: Uint8Array, rangeEnd: Uint8Array): Span {
  if (rangeEnd.length === 0) return { kind: 'key', key };
  const open = rangeEnd.length === 1 && rangeEnd[0] === 0;
  return { kind: 'range', range: { start: key, end: open ? undefined : rangeEnd } };
}

/** Whether the end is at or before the start. Such a range is valid and holds nothing. */
export function isEmptyRange({ start, end }: KeyRange): boolean {
  return end !== undefined && compareBytes(start, end) >= 0;
}

export function isInRange(key: Uint8Array, { start, end }: KeyRange): boolean {
  return compareBytes(key, start) >= 0 && (end === undefined || compareBytes(key, end) < 0);
}
