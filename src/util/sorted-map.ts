import { compareBytes } from './bytes.js';

/**
 * An ordered map that never changes: each update answers a new map which shares all but a path of log n nodes with the
 * old one. So a snapshot, or the state to crash to, is a reference. A weight-balanced tree (Nievergelt and Reingold)
 * with the parameters that Hirai and Yamamoto proved sound ("Balancing weight-balanced trees", 2011).
 */
export interface MapNode<Value, Key extends MapKey = Uint8Array> extends MapRow<Value, Key> {
  /** Rows of the subtree. */
  readonly size: number;
  /** What the rows of the subtree measure together. */
  readonly sum: number;
  readonly left: SortedMap<Value, Key>;
  readonly right: SortedMap<Value, Key>;
}

/** Bytes, or their latin1 text: the order is the same, and texts are compared in a fifth of the time. */
export type MapKey = Uint8Array | string;

export interface MapRow<Value, Key extends MapKey = Uint8Array> {
  readonly key: Key;
  readonly value: Value;
  /** A number that is summed up over ranges of rows: the bytes of a row, or how many others it stands for. */
  readonly measure: number;
}

export type SortedMap<Value, Key extends MapKey = Uint8Array> = MapNode<Value, Key> | undefined;

/** A subtree weighs at most this many times its sibling. */
const DELTA = 3;
/** An inner grandchild below this many times the outer one is lifted by a single rotation, otherwise by a double one. */
const RATIO = 2;

export function find<Value, Key extends MapKey>(map: SortedMap<Value, Key>, key: Key): MapRow<Value, Key> | undefined {
  let node = map;
  while (node !== undefined) {
    const order = compareKeys(key, node.key);
    if (order === 0) return node;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

/** Puts the row in the place of the one with its key, if there is one. */
export function insert<Value, Key extends MapKey>(
  map: SortedMap<Value, Key>,
  row: MapRow<Value, Key>,
): MapNode<Value, Key> {
  if (map === undefined) return join(undefined, row, undefined);
  const order = compareKeys(row.key, map.key);
  if (order === 0) return join(map.left, row, map.right);
  if (order < 0) return balance(insert(map.left, row), map, map.right);
  return balance(map.left, map, insert(map.right, row));
}

export function remove<Value, Key extends MapKey>(map: SortedMap<Value, Key>, key: Key): SortedMap<Value, Key> {
  if (map === undefined) return undefined;
  const order = compareKeys(key, map.key);
  if (order < 0) return balance(remove(map.left, key), map, map.right);
  if (order > 0) return balance(map.left, map, remove(map.right, key));
  if (map.right === undefined) return map.left;
  if (map.left === undefined) return map.right;
  const next = leftmost(map.right);
  return balance(map.left, next, remove(map.right, next.key));
}

/** The first node whose key is at or after `key` (after it, where `exclusive`). */
export function atOrAfter<Value, Key extends MapKey>(
  map: SortedMap<Value, Key>,
  key: Key,
  exclusive = false,
): SortedMap<Value, Key> {
  let found: SortedMap<Value, Key>;
  let node = map;
  while (node !== undefined) {
    const order = compareKeys(node.key, key);
    const fits = exclusive ? order > 0 : order >= 0;
    if (fits) found = node;
    node = fits ? node.left : node.right;
  }
  return found;
}

/** The last node whose key is at or before `key` (before it, where `exclusive`). */
export function atOrBefore<Value, Key extends MapKey>(
  map: SortedMap<Value, Key>,
  key: Key,
  exclusive = false,
): SortedMap<Value, Key> {
  let found: SortedMap<Value, Key>;
  let node = map;
  while (node !== undefined) {
    const order = compareKeys(node.key, key);
    const fits = exclusive ? order < 0 : order <= 0;
    if (fits) found = node;
    node = fits ? node.right : node.left;
  }
  return found;
}

/** What the rows at or after `key` measure together. */
export function sumFrom<Value, Key extends MapKey>(map: SortedMap<Value, Key>, key: Key): number {
  let sum = 0;
  let node = map;
  while (node !== undefined) {
    const fits = compareKeys(node.key, key) >= 0;
    if (fits) sum += node.sum - (node.left?.sum ?? 0);
    node = fits ? node.left : node.right;
  }
  return sum;
}

export function first<Value, Key extends MapKey>(map: SortedMap<Value, Key>): SortedMap<Value, Key> {
  return map && leftmost(map);
}

export function last<Value, Key extends MapKey>(map: SortedMap<Value, Key>): SortedMap<Value, Key> {
  let node = map;
  while (node?.right !== undefined) node = node.right;
  return node;
}

function leftmost<Value, Key extends MapKey>(map: MapNode<Value, Key>): MapNode<Value, Key> {
  let node = map;
  while (node.left !== undefined) node = node.left;
  return node;
}

function weight(map: SortedMap<unknown, MapKey>): number {
  return (map?.size ?? 0) + 1;
}

function join<Value, Key extends MapKey>(
  left: SortedMap<Value, Key>,
  { key, value, measure }: MapRow<Value, Key>,
  right: SortedMap<Value, Key>,
): MapNode<Value, Key> {
  const size = weight(left) + weight(right) - 1;
  const sum = measure + (left?.sum ?? 0) + (right?.sum ?? 0);
  return { key, value, measure, size, sum, left, right };
}

/** Joins two subtrees of which one has just gained or lost a single row. */
function balance<Value, Key extends MapKey>(
  left: SortedMap<Value, Key>,
  row: MapRow<Value, Key>,
  right: SortedMap<Value, Key>,
): MapNode<Value, Key> {
  if (right !== undefined && weight(right) > DELTA * weight(left)) return liftRight(left, row, right);
  if (left !== undefined && weight(left) > DELTA * weight(right)) return liftLeft(left, row, right);
  return join(left, row, right);
}

function liftRight<Value, Key extends MapKey>(
  left: SortedMap<Value, Key>,
  row: MapRow<Value, Key>,
  right: MapNode<Value, Key>,
): MapNode<Value, Key> {
  const inner = right.left;
  if (inner === undefined || weight(inner) < RATIO * weight(right.right)) {
    return join(join(left, row, inner), right, right.right);
  }
  return join(join(left, row, inner.left), inner, join(inner.right, right, right.right));
}

function liftLeft<Value, Key extends MapKey>(
  left: MapNode<Value, Key>,
  row: MapRow<Value, Key>,
  right: SortedMap<Value, Key>,
): MapNode<Value, Key> {
  const inner = left.right;
  if (inner === undefined || weight(inner) < RATIO * weight(left.left)) {
    return join(left.left, left, join(inner, row, right));
  }
  return join(join(left.left, left, inner.left), inner, join(inner.right, row, right));
}

function compareKeys(left: MapKey, right: MapKey): number {
  if (typeof left === 'string') return left === right ? 0 : left < right ? -1 : 1;
  return typeof right === 'string' ? -1 : compareBytes(left, right); // a map holds keys of one kind
}
