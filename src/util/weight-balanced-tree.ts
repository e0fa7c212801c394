/**
 * An immutable ordered tree. An update copies one path of log n nodes and shares the rest with the tree before it, so
 * an old tree stays valid and a snapshot is a reference. It is the weight-balanced tree of Nievergelt and Reingold with
 * the parameters that Hirai and Yamamoto proved sound ("Balancing weight-balanced trees", 2011).
 *
 * Besides its links, a node has the fields of its entry and a summary of the subtree (a sum, a maximum), as its kind of
 * tree defines them. As a node is itself an entry, a walk down reads no second object.
 */
export interface TreeNode<Node> {
  /** Entries of the subtree. */
  readonly size: number;
  readonly left: Node | undefined;
  readonly right: Node | undefined;
}

/** The entry of a node and its subtrees. */
export interface TreeParts<Entry, Node> extends TreeNode<Node> {
  readonly entry: Entry;
}

/** How entries are ordered, and how a node is made. `Key` is the part of an entry that orders it. */
export interface TreeKind<Key, Entry extends Key, Node extends Entry & TreeNode<Node>> {
  /** Negative, zero or positive, as for Array.prototype.sort. */
  readonly compare: (left: Key, right: Key) => number;
  /** Makes a node with the entry's fields and the summary of the subtree. `entry` may itself be a node. */
  readonly make: (parts: TreeParts<Entry, Node>) => Node;
}

/** A subtree weighs at most this many times its sibling. */
const DELTA = 3;
/**
 * An inner grandchild below this many times the outer one is lifted by a single rotation, otherwise by a double one.
 */
const RATIO = 2;

/** The tree with the entry, which replaces one that compares equal. */
export function withEntry<Key, Entry extends Key, Node extends Entry & TreeNode<Node>>(
  kind: TreeKind<Key, Entry, Node>,
  tree: Node | undefined,
  entry: Entry,
): Node {
  if (tree === undefined) return join(kind, undefined, entry, undefined);
  const order = kind.compare(entry, tree);
  if (order === 0) return join(kind, tree.left, entry, tree.right);
  if (order < 0) return balance(kind, withEntry(kind, tree.left, entry), tree, tree.right);
  return balance(kind, tree.left, tree, withEntry(kind, tree.right, entry));
}

/** The tree without the entry that compares equal to a key, if there is one. */
export function withoutEntry<Key, Entry extends Key, Node extends Entry & TreeNode<Node>>(
  kind: TreeKind<Key, Entry, Node>,
  tree: Node | undefined,
  key: Key,
): Node | undefined {
  if (tree === undefined) return undefined;
  const order = kind.compare(key, tree);
  if (order < 0) return balance(kind, withoutEntry(kind, tree.left, key), tree, tree.right);
  if (order > 0) return balance(kind, tree.left, tree, withoutEntry(kind, tree.right, key));
  if (tree.right === undefined) return tree.left;
  if (tree.left === undefined) return tree.right;
  const next = leftmost<Node>(tree.right);
  return balance(kind, tree.left, next, withoutEntry(kind, tree.right, next));
}

/** The node of the least entry. */
export function leftmost<Node extends TreeNode<Node>>(tree: Node): Node {
  let node = tree;
  while (node.left !== undefined) node = node.left;
  return node;
}

/** The node of the greatest entry. */
export function rightmost<Node extends TreeNode<Node>>(tree: Node): Node {
  let node = tree;
  while (node.right !== undefined) node = node.right;
  return node;
}

function weight(tree: { readonly size: number } | undefined): number {
  return (tree?.size ?? 0) + 1;
}

function join<Key, Entry extends Key, Node extends Entry & TreeNode<Node>>(
  kind: TreeKind<Key, Entry, Node>,
  left: Node | undefined,
  entry: Entry,
  right: Node | undefined,
): Node {
  return kind.make({ entry, size: weight(left) + weight(right) - 1, left, right });
}

/** Joins two subtrees of which one has just gained or lost a single entry. */
function balance<Key, Entry extends Key, Node extends Entry & TreeNode<Node>>(
  kind: TreeKind<Key, Entry, Node>,
  left: Node | undefined,
  entry: Entry,
  right: Node | undefined,
): Node {
  if (right !== undefined && weight(right) > DELTA * weight(left)) {
    const inner = right.left;
    if (inner === undefined || weight(inner) < RATIO * weight(right.right)) {
      return join(kind, join(kind, left, entry, inner), right, right.right);
    }
    return join(kind, join(kind, left, entry, inner.left), inner, join(kind, inner.right, right, right.right));
  }
  if (left !== undefined && weight(left) > DELTA * weight(right)) {
    const inner = left.right;
    if (inner === undefined || weight(inner) < RATIO * weight(left.left)) {
      return join(kind, left.left, left, join(kind, inner, entry, right));
    }
    return join(kind, join(kind, left.left, left, inner.left), inner, join(kind, inner.right, entry, right));
  }
  return join(kind, left, entry, right);
}
