import { find, insert, remove, type MapNode, type SortedMap } from '../../util/sorted-map.js';

/**
 * An immutable table by name, in the order of the names as texts. A change copies one path of a balanced tree: of 20,000 users
 * added one by one, each would otherwise copy all those before it.
 */
export class NameTable<T> {
  static readonly empty = new NameTable<never>(undefined);

  readonly #root: SortedMap<T, string>;

  private constructor(root: SortedMap<T, string>) {
    this.#root = root;
  }

  /** @returns the table itself if it is one */
  static of<T>(entries: NameTable<T> | Iterable<readonly [string, T]>): NameTable<T> {
    if (entries instanceof NameTable) return entries;
    let table: NameTable<T> = NameTable.empty;
    for (const [name, value] of entries) table = table.with(name, value);
    return table;
  }

  get size(): number {
    return this.#root?.size ?? 0;
  }

  get(name: string): T | undefined {
    return find(this.#root, name)?.value;
  }

  has(name: string): boolean {
    return find(this.#root, name) !== undefined;
  }

  /** The table with one more or one other entry. */
  with(name: string, value: T): NameTable<T> {
    return new NameTable(insert(this.#root, { key: name, value, measure: 0 }));
  }

  without(name: string): NameTable<T> {
    return new NameTable(remove(this.#root, name));
  }

  /** The table with other values under the same names. Shares what `change` returns as it was. */
  mapped(change: (value: T) => T): NameTable<T> {
    const root = mappedNode(this.#root, change);
    return root === this.#root ? this : new NameTable(root);
  }

  *[Symbol.iterator](): Generator<readonly [string, T], void, undefined> {
    for (const { key, value } of nodesOf(this.#root)) yield [key, value];
  }

  *keys(): Generator<string, void, undefined> {
    for (const { key } of nodesOf(this.#root)) yield key;
  }

  *values(): Generator<T, void, undefined> {
    for (const { value } of nodesOf(this.#root)) yield value;
  }
}

/** In order. */
function* nodesOf<T>(root: SortedMap<T, string>): Generator<MapNode<T, string>, void, undefined> {
  const above: MapNode<T, string>[] = [];
  let node = root;
  for (;;) {
    for (; node !== undefined; node = node.left) above.push(node);
    const next = above.pop();
    if (next === undefined) return;
    yield next;
    node = next.right;
  }
}

/** Its depth is logarithmic. */
function mappedNode<T>(node: SortedMap<T, string>, change: (value: T) => T): SortedMap<T, string> {
  if (node === undefined) return undefined;
  const left = mappedNode(node.left, change);
  const value = change(node.value);
  const right = mappedNode(node.right, change);
  return left === node.left && value === node.value && right === node.right ? node : { ...node, value, left, right };
}
