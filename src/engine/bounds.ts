import type { EngineRange } from '../ports/engine.js';
import { compareBytes } from '../util/bytes.js';

/** A range in normal form. If a range has two lower (or upper) bounds, both hold. */
export interface Bounds {
  /** Inclusive; absent if the range has no lower bound. */
  readonly lower: Uint8Array | undefined;
  readonly upper: UpperBound | undefined;
}

export interface UpperBound {
  readonly key: Uint8Array;
  readonly inclusive: boolean;
}

export function boundsOf(range: EngineRange): Bounds {
  return { lower: lowerBound(range), upper: upperBound(range) };
}

function lowerBound({ gte, gt }: EngineRange): Uint8Array | undefined {
  const afterGt = gt && successor(gt);
  if (gte === undefined || afterGt === undefined) return gte ?? afterGt;
  return compareBytes(gte, afterGt) > 0 ? gte : afterGt;
}

function upperBound({ lte, lt }: EngineRange): UpperBound | undefined {
  if (lt !== undefined && (lte === undefined || compareBytes(lt, lte) <= 0)) return { key: lt, inclusive: false };
  return lte && { key: lte, inclusive: true };
}

/** The smallest key after `key`: one zero byte longer. */
function successor(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

export function isAbove(key: Uint8Array, upper: UpperBound | undefined): boolean {
  if (upper === undefined) return false;
  const order = compareBytes(key, upper.key);
  return upper.inclusive ? order > 0 : order >= 0;
}

export function isBelow(key: Uint8Array, lower: Uint8Array | undefined): boolean {
  return lower !== undefined && compareBytes(key, lower) < 0;
}
