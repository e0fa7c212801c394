/**
 * A set of ranges of text, start included, end excluded, each with a value, that is asked which of them hold a point: an
 * interval tree (Cormen et al., section 14.3), ordered by start and end, whose nodes know the largest end below them. It
 * never changes; each update answers a new one, balanced by weight as engine/memory/sorted-map.ts is.
 */
export interface IntervalNode<Value> {
  readonly start: string;
  readonly end: string;
  readonly value: Value;
  readonly size: number;
  /** The largest end in the subtree. */
  readonly endMax: string;
  readonly left: IntervalMap<Value>;
  readonly right: IntervalMap<Value>;
}

export type IntervalMap<Value> = IntervalNode<Value> | undefined;

type Interval<Value> = Pick<IntervalNode<Value>, 'start' | 'end' | 'value'>;
type Bounds = Pick<Interval<unknown>, 'start' | 'end'>;

const DELTA = 3;
const RATIO = 2;

/** A range that is there already gets the new value. */
export function withInterval<Value>(map: IntervalMap<Value>, added: Interval<Value>): IntervalNode<Value> {
  if (map === undefined) return join(undefined, added, undefined);
  const order = compare(added, map);
  if (order === 0) return join(map.left, added, map.right);
  if (order < 0) return balance(withInterval(map.left, added), map, map.right);
  return balance(map.left, map, withInterval(map.right, added));
}

export function withoutInterval<Value>(map: IntervalMap<Value>, removed: Bounds): IntervalMap<Value> {
  if (map === undefined) return undefined;
  const order = compare(removed, map);
  if (order < 0) return balance(withoutInterval(map.left, removed), map, map.right);
  if (order > 0) return balance(map.left, map, withoutInterval(map.right, removed));
  if (map.right === undefined) return map.left;
  if (map.left === undefined) return map.right;
  const next = leftmost(map.right);
  return balance(map.left, next, withoutInterval(map.right, next));
}

/** Visits the values of the ranges that hold the point, in order of start and end. */
export function visitHolding<Value>(map: IntervalMap<Value>, point: string, visit: (value: Value) => void): void {
  if (map === undefined || map.endMax <= point) return;
  visitHolding(map.left, point, visit);
  if (map.start > point) return;
  if (point < map.end) visit(map.value);
  visitHolding(map.right, point, visit);
}

function compare(left: Bounds, right: Bounds): number {
  if (left.start !== right.start) return left.start < right.start ? -1 : 1;
  if (left.end !== right.end) return left.end < right.end ? -1 : 1;
  return 0;
}

function leftmost<Value>(map: IntervalNode<Value>): IntervalNode<Value> {
  let node = map;
  while (node.left !== undefined) node = node.left;
  return node;
}

function weight(map: IntervalMap<unknown>): number {
  return (map?.size ?? 0) + 1;
}

function join<Value>(left: IntervalMap<Value>, own: Interval<Value>, right: IntervalMap<Value>): IntervalNode<Value> {
  const { start, end, value } = own;
  const ends = [end, left?.endMax ?? '', right?.endMax ?? ''];
  const endMax = ends.reduce((most, each) => (each > most ? each : most));
  return { start, end, value, size: weight(left) + weight(right) - 1, endMax, left, right };
}

/** Joins two subtrees of which one has just gained or lost a single range. */
function balance<Value>(
  left: IntervalMap<Value>,
  own: Interval<Value>,
  right: IntervalMap<Value>,
): IntervalNode<Value> {
  if (right !== undefined && weight(right) > DELTA * weight(left)) return liftRight(left, own, right);
  if (left !== undefined && weight(left) > DELTA * weight(right)) return liftLeft(left, own, right);
  return join(left, own, right);
}

function liftRight<Value>(
  left: IntervalMap<Value>,
  own: Interval<Value>,
  right: IntervalNode<Value>,
): IntervalNode<Value> {
  const inner = right.left;
  if (inner === undefined || weight(inner) < RATIO * weight(right.right)) {
    return join(join(left, own, inner), right, right.right);
  }
  return join(join(left, own, inner.left), inner, join(inner.right, right, right.right));
}

function liftLeft<Value>(
  left: IntervalNode<Value>,
  own: Interval<Value>,
  right: IntervalMap<Value>,
): IntervalNode<Value> {
  const inner = left.right;
  if (inner === undefined || weight(inner) < RATIO * weight(left.left)) {
    return join(left.left, left, join(inner, own, right));
  }
  return join(join(left.left, left, inner.left), inner, join(inner.right, own, right));
}
