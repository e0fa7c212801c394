import { bytesToLatin1 } from '../../util/bytes.js';
import type { KeyRange, RangeSelector } from '../keys/key-range.js';

/** A range of keys as latin1 texts, whose order is that of the bytes. */
export interface Span {
  readonly from: string;
  /** Exclusive; undefined: to the end. */
  readonly to: string | undefined;
}

export function spanOf({ key, rangeEnd }: KeyRange): Span {
  const from = bytesToLatin1(key);
  if (rangeEnd.length === 0) return { from, to: `${from}\0` };
  return { from, to: rangeEnd.length === 1 && rangeEnd[0] === 0 ? undefined : bytesToLatin1(rangeEnd) };
}

export function covers(outer: Span, inner: Span): boolean {
  if (inner.from < outer.from) return false;
  return outer.to === undefined || (inner.to !== undefined && inner.to <= outer.to);
}

/** The selector of a range in its wire form. */
export function selectorOf({ key, rangeEnd }: KeyRange): Uint8Array | RangeSelector {
  if (rangeEnd.length === 0) return key;
  return rangeEnd.length === 1 && rangeEnd[0] === 0 ? { from: key } : { from: key, to: rangeEnd };
}
