import type { EngineCursor, EngineRange, EngineReader, EngineSnapshot } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import type { KeyHash } from '../../util/key-hash.js';
import type { HotRow, HotRows } from './hot-rows.js';
import { countDifference } from '../reads/historic-count.js';
import { BUCKET_KEYS_MAX } from '../reads/changed-bucket.js';
import { rowsOf, type KeyCounts } from '../reads/key-counts.js';
import type { IndexTable } from '../indexes/index-table.js';
import { currentKey, currentRange, leaseKey, type KeyRange } from '../format/layout.js';
import type { Meta } from '../format/meta.js';
import type { StateReader } from './state-reader.js';
import { countRows } from './versions.js';

const WALK_ROWS_MAX = 4 * BUCKET_KEYS_MAX;

/**
 * A published state: an engine snapshot and the revisions that belong to it, so that an answer's header always agrees
 * with its data. Views are reference-counted: the snapshot is closed once the view is replaced and no reader holds it.
 */
export class View implements Omit<StateReader, 'spend'> {
  readonly meta: Meta;
  readonly indexes: IndexTable;
  #counts: KeyCounts;
  readonly #whenCounted: () => Promise<KeyCounts | undefined>;
  readonly #snapshot: EngineSnapshot;
  /** What is known of the newest state; undefined once the view is replaced. */
  #newest: { readonly hotRows: HotRows; readonly mayExist: (hash: number) => boolean } | undefined;
  readonly #hash: KeyHash;
  #holders = 1;
  /** Counts for this state will never be known, so it counts by walking. */
  #uncounted = false;
  readonly #onClosed: () => void;
  readonly #onCloseError: (error: unknown) => void;

  constructor(options: {
    readonly meta: Meta;
    readonly indexes: IndexTable;
    readonly counts: KeyCounts;
    /** Resolves with the counts once all keys are counted; with undefined if they will never be known. */
    readonly whenCounted: () => Promise<KeyCounts | undefined>;
    readonly snapshot: EngineSnapshot;
    /** Rows of this state, until `retire`. */
    readonly hotRows: HotRows;
    /** By the hash of a user key: false if this state, until `retire`, has no such key. */
    readonly mayExist: (hash: number) => boolean;
    /** The hash of user keys for both. */
    readonly hash: KeyHash;
    readonly onClosed: () => void;
    readonly onCloseError: (error: unknown) => void;
  }) {
    this.meta = options.meta;
    this.indexes = options.indexes;
    this.#counts = options.counts;
    this.#whenCounted = options.whenCounted;
    this.#snapshot = options.snapshot;
    this.#newest = { hotRows: options.hotRows, mayExist: options.mayExist };
    this.#hash = options.hash;
    this.#onClosed = options.onClosed;
    this.#onCloseError = options.onCloseError;
  }

  get revision(): number {
    return this.meta.revision;
  }

  get compactedRevision(): number {
    return this.meta.compactedRevision;
  }

  current(userKey: Uint8Array): Uint8Array | undefined {
    return this.currentRow(userKey, this.hashOf(userKey)) ?? undefined;
  }

  hashOf(userKey: Uint8Array): number {
    return this.#hash.of(userKey);
  }

  /** The same by user key and its hash; null if it does not exist. */
  currentRow(userKey: Uint8Array, hash: number): HotRow {
    const newest = this.#newest;
    if (newest?.mayExist(hash) === false) return null;
    const hot = newest?.hotRows.get(userKey, hash);
    if (hot !== undefined) return hot;
    const row = this.#snapshot.get(currentKey(userKey)) ?? null;
    newest?.hotRows.set(userKey, hash, row);
    return row;
  }

  hasLease(id: bigint): boolean {
    return this.#snapshot.get(leaseKey(id)) !== undefined;
  }

  /** All rows, including those outside the key space. */
  get rows(): EngineReader {
    return this.#snapshot;
  }

  cursor(range: EngineRange): EngineCursor {
    return this.#snapshot.cursor(range);
  }

  /** Replaces the counts by those of the same keys in other buckets. */
  recut(counts: KeyCounts): void {
    this.#counts = counts;
  }

  /** @param reader what walks this state. Default: the view itself */
  async count(range: KeyRange, reader: Pick<StateReader, 'cursor'> = this): Promise<number> {
    const { gte, lt } = currentRange(range);
    const { counted, walks } = this.#counts.plan({ from: bytesToLatin1(gte), to: bytesToLatin1(lt) });
    // Before this walks: once all keys are counted, the counts of an older state are no longer known.
    const walkMax = this.#walkMax;
    const later = walks.length > 0 && walkMax < Infinity ? this.#whenCounted() : undefined;
    let count = counted;
    for (const walk of walks) {
      const found = await countRows(reader, rowsOf(walk), walkMax);
      if (found === undefined) {
        const counts = await later;
        if (counts === undefined) this.#uncounted = true;
        else this.#counts = counts;
        return await this.count(range, reader);
      }
      count += found;
    }
    return count;
  }

  /** Rows that a count walks at most while the key counter is still counting. */
  get #walkMax(): number {
    return this.#counts.complete || this.#uncounted ? Infinity : WALK_ROWS_MAX;
  }

  /** @param reader what walks this state. Default: the view itself */
  async countAt(
    range: KeyRange,
    revision: number,
    reader: Pick<StateReader, 'cursor' | 'revision'> = this,
  ): Promise<number | undefined> {
    const now = await this.count(range, reader);
    const difference = await countDifference(reader, { range, revision, walkRows: now });
    return difference === undefined ? undefined : now + difference;
  }

  /** Holds the view for a read over several turns, until `release`. */
  retain(): void {
    assert(this.#holders > 0, 'a closed view is read');
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    assert(this.#holders >= 0, 'a view is released twice');
    if (this.#holders === 0) this.#snapshot.close().then(this.#onClosed, this.#onCloseError);
  }

  /** Called when a newer view replaces this one. */
  retire(): void {
    this.#newest = undefined;
    this.release();
  }
}

/** Runs work that may take several turns, and retains the view until it ends. */
export async function withView<T>(view: View, work: () => Promise<T>): Promise<T> {
  view.retain();
  try {
    return await work();
  } finally {
    view.release();
  }
}
