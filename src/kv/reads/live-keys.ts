import type { KeyHash } from '../../util/key-hash.js';
import { ReusedBytes } from '../../util/reused-bytes.js';
import { PREFIX_BYTES } from '../format/layout.js';
import { KeyFilter } from './key-filter.js';
import { changeWithin, type KeyCountChange, type KeyRun, type RowKey, type RowKeyRange } from './key-count-change.js';

/** Keys that one call of `removeStale` removes. */
const STALE_KEYS = 4096;

const reused = new ReusedBytes();

/**
 * The hashes of the keys that are counted, so that a lookup of an absent key needs no read. Keys of a large deletion stay
 * until `removeStale`, as they are too many for one turn: of these a read finds out that they are absent.
 */
export class LiveKeys {
  readonly #hash: KeyHash;
  readonly #filter = new KeyFilter();
  readonly #stale: KeyRun[] = [];
  /** Keys of the first run of them that are removed. */
  #removed = 0;

  /** @param hash of user keys */
  constructor(hash: KeyHash) {
    this.#hash = hash;
  }

  /** Whether a key with this hash may be among them. False is certain. */
  mayHave(hash: number): boolean {
    return this.#filter.has(hash);
  }

  /** Number of keys, stale ones included. */
  get size(): number {
    return this.#filter.size;
  }

  get hasStale(): boolean {
    return this.#stale.length > 0;
  }

  add(keys: readonly RowKey[]): void {
    for (const key of keys) this.#filter.add(this.#hashOfText(key));
  }

  /** Takes those of the changes that are in a range. */
  change(changes: readonly KeyCountChange[], range: RowKeyRange): void {
    for (const change of changes) {
      const within = changeWithin(change, range);
      if (within === undefined) continue;
      if (within.keys !== undefined) this.#stale.push(within.keys);
      else {
        const hash = within.hash ?? this.#hashOfText(within.id);
        if (within.delta > 0) this.#filter.add(hash);
        else this.#filter.delete(hash);
      }
    }
  }

  /** Removes some of the keys that are gone: a few milliseconds of work. */
  removeStale(): void {
    for (let left = STALE_KEYS; left > 0; left--) {
      const run = this.#stale[0];
      if (run === undefined) return;
      this.#filter.delete(this.#hash.of(run.at(this.#removed++), PREFIX_BYTES));
      if (this.#removed < run.length) continue;
      this.#stale.shift();
      this.#removed = 0;
    }
  }

  #hashOfText(key: RowKey): number {
    const bytes = reused.take(key.length);
    bytes.write(key, 'latin1');
    return this.#hash.of(bytes, PREFIX_BYTES);
  }
}
