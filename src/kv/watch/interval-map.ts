import {
  withEntry,
  withoutEntry,
  type TreeKind,
  type TreeNode,
  type TreeParts,
} from '../../util/weight-balanced-tree.js';

/** From `start` on, below `end`, as text. */
export interface Bounds {
  readonly start: string;
  readonly end: string;
}

export interface Interval<Value> extends Bounds {
  readonly value: Value;
}

/**
 * An immutable set of text ranges, each with a value, that finds the ranges around a point: an interval tree (Cormen et
 * al., section 14.3), ordered by start and end, whose nodes know the largest end below them.
 */
export type IntervalMap<Value> = IntervalNode<Value> | undefined;

export interface IntervalNode<Value> extends Interval<Value>, TreeNode<IntervalNode<Value>> {
  /** The largest end in the subtree. */
  readonly endMax: string;
}

function kindOf<Value>(): TreeKind<Bounds, Interval<Value>, IntervalNode<Value>> {
  return { compare: compareBounds, make: makeNode<Value> };
}

function makeNode<Value>({
  entry: { start, end, value },
  size,
  left,
  right,
}: TreeParts<Interval<Value>, IntervalNode<Value>>): IntervalNode<Value> {
  const endMax = larger(end, larger(left?.endMax ?? '', right?.endMax ?? ''));
  return { start, end, value, size, endMax, left, right };
}

/** Adds the range, or replaces the value of the same range. */
export function withInterval<Value>(map: IntervalMap<Value>, added: Interval<Value>): IntervalNode<Value> {
  return withEntry(kindOf<Value>(), map, added);
}

export function withoutInterval<Value>(map: IntervalMap<Value>, removed: Bounds): IntervalMap<Value> {
  return withoutEntry(kindOf<Value>(), map, removed);
}

/** Visits the values of the ranges that hold the point, in order of start and end. */
export function visitHolding<Value>(map: IntervalMap<Value>, point: string, visit: (value: Value) => void): void {
  if (map === undefined || map.endMax <= point) return;
  visitHolding(map.left, point, visit);
  const { start, end, value } = map;
  if (start > point) return;
  if (point < end) visit(value);
  visitHolding(map.right, point, visit);
}

function compareBounds(left: Bounds, right: Bounds): number {
  return compareTexts(left.start, right.start) || compareTexts(left.end, right.end);
}

function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

function larger(left: string, right: string): string {
  return left > right ? left : right;
}
