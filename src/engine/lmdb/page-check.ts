import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCorruptionError } from '../../ports/engine.js';
import { compareBytes, equalBytes } from '../../util/bytes.js';
import { isSealed } from '../checksum.js';
import { checkMeta } from './meta-check.js';
import { DATA_FILE, PAGE_BYTES } from './native.js';
import {
  HEADER_BYTES,
  kindOf,
  NO_PAGE,
  nodesOf,
  numberOf,
  overflowPagesOf,
  PageDamage,
  PageKind,
  readPage,
  transactionOf,
  type Meta,
  type Node,
  type Tree,
} from './page.js';
import { BELOW, BELOW_HEADER_BYTES, COMMIT_KEY, chunkOf } from './stored-keys.js';

export interface PagesChecked {
  readonly pages: number;
  readonly rows: number;
  readonly bytes: number;
  /** The first damage that is found in each tree. */
  readonly damage: readonly EngineCorruptionError[];
}

/** Bounds of the keys below a page. */
interface Bounds {
  readonly lower: Buffer | undefined;
  readonly upper: Buffer | undefined;
}

/**
 * Reads every page of a database that is not open. LMDB has no checksums of pages: the rows have some of their own, and a wrong
 * page number, key or offset shows in the structure: the number and the kind of each page, the order of all keys, the numbers of
 * pages and rows that the meta page states, and the numbers in the links of long keys.
 * @param folder the folder of a generation
 * @throws EngineOpenError if a meta page is damaged
 */
export async function checkPages(folder: string): Promise<PagesChecked> {
  const meta = await checkMeta(folder);
  const path = join(folder, DATA_FILE);
  const file = await open(path, 'r');
  const damage: EngineCorruptionError[] = [];
  const seen = new Set<number>();
  let rows = 0;
  try {
    for (const [name, tree] of Object.entries({ 'the free pages': meta.free, 'the rows': meta.main })) {
      const check = new TreeCheck({ file, meta, tree, seen, hasRows: tree === meta.main });
      try {
        await check.run();
      } catch (error) {
        if (!(error instanceof PageDamage)) throw error;
        damage.push(new EngineCorruptionError(`${path}: the tree of ${name} is damaged: ${error.message}`));
      }
      rows += check.rows;
    }
  } finally {
    await file.close();
  }
  return { pages: seen.size, rows, bytes: seen.size * PAGE_BYTES, damage };
}

class TreeCheck {
  readonly #file: FileHandle;
  readonly #meta: Meta;
  readonly #tree: Tree;
  readonly #seen: Set<number>;
  readonly #hasRows: boolean;
  readonly #counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
  /** Entries below long chunks, the spaces that they are in, and what the links state about both. */
  readonly #long = { entries: 0, spaces: 0, linked: 0, links: 0 };
  #last: Buffer | undefined;

  constructor(options: {
    readonly file: FileHandle;
    readonly meta: Meta;
    readonly tree: Tree;
    /** Pages that are part of a tree. */
    readonly seen: Set<number>;
    readonly hasRows: boolean;
  }) {
    this.#file = options.file;
    this.#meta = options.meta;
    this.#tree = options.tree;
    this.#seen = options.seen;
    this.#hasRows = options.hasRows;
  }

  get rows(): number {
    return this.#hasRows ? this.#counts.entries : 0;
  }

  /** @throws PageDamage */
  async run(): Promise<void> {
    const { root, depth, branchPages, leafPages, overflowPages, entries } = this.#tree;
    if (root !== NO_PAGE) await this.#page(root, depth, { lower: undefined, upper: undefined });
    const { branch, leaf, overflow } = this.#counts;
    if (branch !== branchPages || leaf !== leafPages || overflow !== overflowPages) {
      throw new PageDamage(
        `it has ${branch + leaf + overflow} pages instead of ${branchPages + leafPages + overflowPages}`,
      );
    }
    if (this.#counts.entries !== entries) {
      throw new PageDamage(`it has ${this.#counts.entries} rows instead of ${entries}`);
    }
    const { linked, links, spaces } = this.#long;
    if (linked !== this.#long.entries || links !== spaces) throw new PageDamage('the links of long keys are wrong');
  }

  /** @param depth of the tree from the page down */
  async #page(number: number, depth: number, bounds: Bounds): Promise<void> {
    const page = await this.#read(number, depth > 1 ? PageKind.branch : PageKind.leaf);
    let nodes: readonly Node[];
    try {
      nodes = nodesOf(page);
    } catch (error) {
      throw error instanceof PageDamage ? new PageDamage(`page ${number} ${error.message}`) : error;
    }
    if (depth === 1) {
      this.#counts.leaf++;
      for (const node of nodes) await this.#entry(node, number, bounds);
      return;
    }
    this.#counts.branch++;
    for (const [at, node] of nodes.entries()) {
      const upper = nodes[at + 1]?.key ?? bounds.upper;
      await this.#page(node.child, depth - 1, { lower: at === 0 ? bounds.lower : node.key, upper });
    }
  }

  async #entry(node: Node, number: number, { lower, upper }: Bounds): Promise<void> {
    this.#counts.entries++;
    const value = node.value ?? (await this.#overflow(node));
    if (!this.#hasRows) return;
    const { key } = node;
    const isOrdered = this.#last === undefined || compareBytes(this.#last, key) < 0;
    const isBelow = lower !== undefined && compareBytes(key, lower) < 0;
    const isAbove = upper !== undefined && compareBytes(key, upper) >= 0;
    if (!isOrdered || isBelow || isAbove) throw new PageDamage(`page ${number} has its keys in a wrong order`);
    if (!isSealed(key, value)) throw new PageDamage(`the row ${key.toString('hex', 0, 64)} fails its checksum`);
    if (equalBytes(key, COMMIT_KEY)) this.#commit(value);
    else this.#longKey(key, value);
    this.#last = key;
  }

  #commit(value: Buffer): void {
    if (value.readDoubleLE() !== this.#meta.transaction) throw new PageDamage('it is not that of the last commit');
  }

  #longKey(key: Buffer, value: Buffer): void {
    const headerBytes = key[0] === BELOW ? BELOW_HEADER_BYTES : 1;
    if (headerBytes > 1) {
      this.#long.entries++;
      if (this.#last === undefined || !equalBytes(headerOf(this.#last), headerOf(key))) this.#long.spaces++;
    }
    if (chunkOf(key.subarray(headerBytes)) === undefined) return;
    this.#long.links++;
    this.#long.linked += value.readDoubleLE();
  }

  async #overflow({ overflow, valueBytes }: Node): Promise<Buffer> {
    const { page, pages } = overflow ?? { page: NO_PAGE, pages: 0 };
    const needed = Math.ceil((HEADER_BYTES + valueBytes) / PAGE_BYTES);
    if (pages !== needed || page + pages - 1 > this.#meta.lastPage)
      throw new PageDamage('a large value has wrong pages');
    const first = await this.#read(page, PageKind.overflow, pages);
    if (overflowPagesOf(first) !== pages) throw new PageDamage(`page ${page} states a wrong number of pages`);
    this.#counts.overflow += pages;
    return first.subarray(HEADER_BYTES, HEADER_BYTES + valueBytes);
  }

  async #read(number: number, kind: number, pages = 1): Promise<Buffer> {
    if (number > this.#meta.lastPage || number < 2) throw new PageDamage(`there is no page ${number}`);
    for (let each = number; each < number + pages; each++) {
      if (this.#seen.has(each)) throw new PageDamage(`page ${each} is used twice`);
      this.#seen.add(each);
    }
    const page = await readPage(this.#file, number, pages);
    if (numberOf(page) !== number || kindOf(page) !== kind || transactionOf(page) > this.#meta.transaction) {
      throw new PageDamage(`page ${number} is another one, or its header is damaged`);
    }
    return page;
  }
}

function headerOf(key: Buffer): Buffer {
  return key.subarray(0, BELOW_HEADER_BYTES);
}
