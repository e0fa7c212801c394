import { compareBytes } from '../../util/bytes.js';

/**
 * An ordered map that never changes: each update answers a new map which shares all but a path of log n nodes with the
 * old one. So a snapshot, or the state to crash to, is a reference. A weight-balanced tree (Nievergelt and Reingold)
 * with the parameters that Hirai and Yamamoto proved sound ("Balancing weight-balanced trees", 2011).
 */
export interface MapNode {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Rows of the subtree. */
  readonly size: number;
  /** Bytes of the subtree's keys and values. */
  readonly bytes: number;
  readonly left: SortedMap;
  readonly right: SortedMap;
}

export type SortedMap = MapNode | undefined;

/** A subtree weighs at most this many times its sibling. */
const DELTA = 3;
/** An inner grandchild below this many times the outer one is lifted by a single rotation, otherwise by a double one. */
const RATIO = 2;

export function find(map: SortedMap, key: Uint8Array): Uint8Array | undefined {
  let node = map;
  while (node !== undefined) {
    const order = compareBytes(key, node.key);
    if (order === 0) return node.value;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

export function insert(map: SortedMap, key: Uint8Array, value: Uint8Array): MapNode {
  if (map === undefined) return join(undefined, { key, value }, undefined);
  const order = compareBytes(key, map.key);
  if (order === 0) return join(map.left, { key, value }, map.right);
  if (order < 0) return balance(insert(map.left, key, value), map, map.right);
  return balance(map.left, map, insert(map.right, key, value));
}

export function remove(map: SortedMap, key: Uint8Array): SortedMap {
  if (map === undefined) return undefined;
  const order = compareBytes(key, map.key);
  if (order < 0) return balance(remove(map.left, key), map, map.right);
  if (order > 0) return balance(map.left, map, remove(map.right, key));
  if (map.right === undefined) return map.left;
  if (map.left === undefined) return map.right;
  const next = leftmost(map.right);
  return balance(map.left, next, remove(map.right, next.key));
}

/** The first node whose key is at or after `key` (after it, where `exclusive`). */
export function atOrAfter(map: SortedMap, key: Uint8Array, exclusive = false): SortedMap {
  let found: SortedMap;
  let node = map;
  while (node !== undefined) {
    const order = compareBytes(node.key, key);
    const fits = exclusive ? order > 0 : order >= 0;
    if (fits) found = node;
    node = fits ? node.left : node.right;
  }
  return found;
}

/** The last node whose key is at or before `key` (before it, where `exclusive`). */
export function atOrBefore(map: SortedMap, key: Uint8Array, exclusive = false): SortedMap {
  let found: SortedMap;
  let node = map;
  while (node !== undefined) {
    const order = compareBytes(node.key, key);
    const fits = exclusive ? order < 0 : order <= 0;
    if (fits) found = node;
    node = fits ? node.right : node.left;
  }
  return found;
}

/** Bytes of the rows at or after `key`. */
export function bytesFrom(map: SortedMap, key: Uint8Array): number {
  let bytes = 0;
  let node = map;
  while (node !== undefined) {
    const fits = compareBytes(node.key, key) >= 0;
    if (fits) bytes += node.bytes - (node.left?.bytes ?? 0);
    node = fits ? node.left : node.right;
  }
  return bytes;
}

export function first(map: SortedMap): SortedMap {
  return map && leftmost(map);
}

export function last(map: SortedMap): SortedMap {
  let node = map;
  while (node?.right !== undefined) node = node.right;
  return node;
}

function leftmost(map: MapNode): MapNode {
  let node = map;
  while (node.left !== undefined) node = node.left;
  return node;
}

type Row = Pick<MapNode, 'key' | 'value'>;

function weight(map: SortedMap): number {
  return (map?.size ?? 0) + 1;
}

function join(left: SortedMap, { key, value }: Row, right: SortedMap): MapNode {
  const size = weight(left) + weight(right) - 1;
  const bytes = key.length + value.length + (left?.bytes ?? 0) + (right?.bytes ?? 0);
  return { key, value, size, bytes, left, right };
}

/** Joins two subtrees of which one has just gained or lost a single row. */
function balance(left: SortedMap, row: Row, right: SortedMap): MapNode {
  if (right !== undefined && weight(right) > DELTA * weight(left)) return liftRight(left, row, right);
  if (left !== undefined && weight(left) > DELTA * weight(right)) return liftLeft(left, row, right);
  return join(left, row, right);
}

function liftRight(left: SortedMap, row: Row, right: MapNode): MapNode {
  const inner = right.left;
  if (inner === undefined || weight(inner) < RATIO * weight(right.right)) {
    return join(join(left, row, inner), right, right.right);
  }
  return join(join(left, row, inner.left), inner, join(inner.right, right, right.right));
}

function liftLeft(left: MapNode, row: Row, right: SortedMap): MapNode {
  const inner = left.right;
  if (inner === undefined || weight(inner) < RATIO * weight(left.left)) {
    return join(left.left, left, join(inner, row, right));
  }
  return join(join(left.left, left, inner.left), inner, join(inner.right, row, right));
}
