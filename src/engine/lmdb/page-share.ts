import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBytes, equalBytes } from '../../util/bytes.js';
import { DATA_FILE } from './native.js';
import { kindOf, NO_PAGE, nodesOf, PageKind, readMeta, readPage, type Meta, type Node } from './page.js';
import { COMMIT_KEY, storedKeyOf } from './stored-keys.js';

/**
 * The share of the rows that are before a key, from 0 to 1: on the way to it, children are weighed by the numbers of
 * their own children. The caller keeps the newest state, so that its pages are not overwritten meanwhile.
 */
export async function shareBefore(folder: string, key: Uint8Array): Promise<number> {
  const file = await open(join(folder, DATA_FILE), 'r');
  try {
    const { main } = await newestMeta(file);
    if (main.root === NO_PAGE) return 0;
    return await shareIn(file, main.root, storedKeyOf(key));
  } finally {
    await file.close();
  }
}

export async function newestMeta(file: FileHandle): Promise<Meta> {
  const [first, second] = [readMeta(await readPage(file, 0)), readMeta(await readPage(file, 1))];
  return first.transaction > second.transaction ? first : second;
}

async function shareIn(file: FileHandle, number: number, key: Uint8Array): Promise<number> {
  const page = await readPage(file, number);
  const nodes = nodesOf(page);
  if (nodes.length === 0) return 0;
  if (kindOf(page) !== PageKind.branch) {
    // Without the engine's own row, which is before all others.
    const rows = nodes.filter((node) => !equalBytes(node.key, COMMIT_KEY));
    return rows.filter((row) => compareBytes(row.key, key) < 0).length / Math.max(1, rows.length);
  }
  const at = childAt(nodes, key);
  const weights = await weightsOf(file, nodes);
  const sum = (some: readonly number[]): number => some.reduce((left, right) => left + right, 0);
  const below = await shareIn(file, nodes[at]?.child ?? 0, key);
  return (sum(weights.slice(0, at)) + below * (weights[at] ?? 0)) / sum(weights);
}

/** Children of a page up to which each is weighed. With more, the last one, which may be small, counts little. */
const WEIGHED_CHILDREN = 16;

/** The number of nodes in each child; the same for all if there are many. */
async function weightsOf(file: FileHandle, nodes: readonly Node[]): Promise<readonly number[]> {
  if (nodes.length > WEIGHED_CHILDREN) return nodes.map(() => 1);
  return await Promise.all(nodes.map(async ({ child }) => nodesOf(await readPage(file, child)).length));
}

/** The child in which a key is or would be. The first has no key: it is below all others. */
function childAt(nodes: readonly Node[], key: Uint8Array): number {
  let at = nodes.length - 1;
  while (at > 0 && compareBytes(nodes[at]?.key ?? key, key) > 0) at--;
  return at;
}
