import type { KeyCountChange, RowKeyRange } from './key-counts.js';

/** Adjacent changes whose sum and bounds are kept, so that a count skips them as a whole. */
const BLOCK_CHANGES = 256;

interface Block {
  least: string;
  greatest: string;
  sum: number;
}

/** The keys that a batch has created and deleted, in order, with a count of those in a range. */
export class KeyCountChanges {
  readonly #changes: KeyCountChange[] = [];
  readonly #blocks: Block[] = [];

  get all(): readonly KeyCountChange[] {
    return this.#changes;
  }

  add(change: KeyCountChange): void {
    const { id, delta } = change;
    const block = this.#blocks.at(-1);
    if (block === undefined || this.#changes.length % BLOCK_CHANGES === 0) {
      this.#blocks.push({ least: id, greatest: id, sum: delta });
    } else {
      block.sum += delta;
      if (id < block.least) block.least = id;
      if (id > block.greatest) block.greatest = id;
    }
    this.#changes.push(change);
  }

  /** The number of keys created in a range minus the number deleted there. */
  sumIn({ from, to }: RowKeyRange): number {
    let sum = 0;
    for (const [at, block] of this.#blocks.entries()) {
      if (block.greatest < from || block.least >= to) continue;
      if (block.least >= from && block.greatest < to) sum += block.sum;
      else sum += this.#sumInBlock(at, { from, to });
    }
    return sum;
  }

  #sumInBlock(block: number, { from, to }: RowKeyRange): number {
    let sum = 0;
    const first = block * BLOCK_CHANGES;
    for (const { id, delta } of this.#changes.slice(first, first + BLOCK_CHANGES)) {
      if (id >= from && id < to) sum += delta;
    }
    return sum;
  }
}
