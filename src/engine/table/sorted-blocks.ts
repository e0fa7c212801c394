import { defined } from '../../util/assert.js';

/** Rows that are sorted in one go, in about a millisecond. */
const CHUNK_ROWS = 1024;
/** Rows of a block at most: two blocks are merged in about a millisecond. */
const BLOCK_ROWS_MAX = 8192;

/** Rows that are known by their numbers: a greater number was written later. */
export interface NumberedRows {
  readonly count: number;
  /** Orders two rows by key. */
  compareRows(left: number, right: number): number;
}

/** Numbers of rows in the order of their keys, the newest version of a key first. Never changed. */
export type Block = Uint32Array;

/**
 * The rows of a generation in blocks, each sorted by key. Rows are sorted when a walk needs them, a chunk at a time. A
 * block that is not much smaller than the one before is merged with it, so that the blocks are few, and a row is moved a
 * few times only.
 */
export class SortedBlocks {
  readonly #rows: NumberedRows;
  #blocks: readonly Block[] = [];
  #sorted = 0;

  constructor(rows: NumberedRows) {
    this.#rows = rows;
  }

  /** Together they hold the first rows of the generation, as many as were sorted. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** Sorts some of the first `limit` rows, for a few milliseconds at most. @returns whether all of them are sorted */
  sortSome(limit: number): boolean {
    if (this.#sorted >= limit) return true;
    const end = Math.min(this.#rows.count, this.#sorted + CHUNK_ROWS);
    this.#add(this.#sort(this.#sorted, end));
    this.#sorted = end;
    return end >= limit;
  }

  #sort(from: number, to: number): Block {
    const rows = this.#rows;
    const block = new Uint32Array(to - from);
    for (let at = 0; at < block.length; at++) block[at] = from + at;
    return block.sort((left, right) => rows.compareRows(left, right) || right - left);
  }

  #add(block: Block): void {
    const blocks = [...this.#blocks];
    let last = block;
    for (;;) {
      const before = blocks.at(-1);
      if (before === undefined || before.length > 2 * last.length) break;
      if (before.length + last.length > BLOCK_ROWS_MAX) break;
      last = merged(this.#rows, before, last);
      blocks.pop();
    }
    blocks.push(last);
    this.#blocks = blocks;
  }
}

/** Merges two blocks. All rows of the second are newer than those of the first. */
function merged(rows: NumberedRows, older: Block, newer: Block): Block {
  const block = new Uint32Array(older.length + newer.length);
  let olderAt = 0;
  let newerAt = 0;
  for (let at = 0; at < block.length; at++) {
    const left = older[olderAt];
    const right = newer[newerAt];
    const takeNewer = left === undefined || (right !== undefined && rows.compareRows(right, left) <= 0);
    if (takeNewer) newerAt++;
    else olderAt++;
    block[at] = defined(takeNewer ? right : left, 'a row to merge');
  }
  return block;
}
