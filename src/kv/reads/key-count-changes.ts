import { effectWithin, keysIn, lastOf, type KeyCountChange, type RowKeyRange } from './key-count-change.js';

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
    const { id } = change;
    const last = lastOf(change);
    const sum = change.delta * keysIn(change);
    const block = this.#blocks.at(-1);
    if (block === undefined || this.#changes.length % BLOCK_CHANGES === 0) {
      this.#blocks.push({ least: id, greatest: last, sum });
    } else {
      block.sum += sum;
      if (id < block.least) block.least = id;
      if (last > block.greatest) block.greatest = last;
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

  #sumInBlock(block: number, range: RowKeyRange): number {
    let sum = 0;
    const first = block * BLOCK_CHANGES;
    for (const change of this.#changes.slice(first, first + BLOCK_CHANGES)) sum += effectWithin(change, range);
    return sum;
  }
}
