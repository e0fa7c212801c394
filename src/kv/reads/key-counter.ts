import type { EngineCursor } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import type { KeyHash } from '../../util/key-hash.js';
import { BUCKET_KEYS_CUT, BUCKET_KEYS_MAX, type Bucket, type Unbalanced } from './changed-bucket.js';
import { KeyCounts, rowsOf } from './key-counts.js';
import {
  changeWithin,
  inverse,
  keysIn,
  type KeyCountChange,
  type RowKey,
  type RowKeyRange,
} from './key-count-change.js';
import { Table, tableRange } from '../format/layout.js';
import type { View } from '../state/view.js';
import { LiveKeys } from './live-keys.js';

/** Keys that one step counts after a start. */
const STEP_KEYS = 24 * BUCKET_KEYS_CUT;
const PAGE_ROWS = 1024;
const START: RowKey = bytesToLatin1(tableRange(Table.current).gte);
const END: RowKey = bytesToLatin1(tableRange(Table.current).lt);

/** Maximum number of keys whose changes are kept until all keys are counted. */
const LOG_MAX = 1_000_000;

/** A published state that waits for its counts. */
interface Waiting {
  readonly mark: number;
  readonly done: (counts: KeyCounts | undefined) => void;
}

/** A walk over the keys of a range. */
interface Step extends RowKeyRange {
  /** Keys to read. */
  readonly most: number;
  /** The keys behind those, which are not read; undefined if their number is unknown. */
  readonly rest?: Pick<Bucket, 'count' | 'bound'>;
}

export interface KeyCounterOptions {
  /** The published state, retained until `release`. */
  readonly acquire: () => View;
  /** Of user keys. */
  readonly hash: KeyHash;
  /** Called when the newest state has other buckets. */
  readonly onRecut: (counts: KeyCounts) => void;
  /** Awaited between two steps. */
  readonly pause: () => Promise<void>;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Maintains the key counts of the newest state: counts all keys once after a start, in the background, and splits
 * buckets that have grown. Each step walks a part of the published state, and adds the changes made meanwhile at its
 * end.
 */
export class KeyCounter {
  readonly #options: KeyCounterOptions;
  #counts = KeyCounts.unknown();
  readonly #live: LiveKeys;
  readonly #unbalanced: Unbalanced = { large: new Set(), small: new Set() };
  /** Changes since the current step began; undefined between steps. */
  #noted: KeyCountChange[] | undefined;
  /** All changes until all keys are counted. The counts of an older state leave out the later ones. */
  #log: KeyCountChange[] | undefined = [];
  #loggedKeys = 0;
  readonly #waiting = new Set<Waiting>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: KeyCounterOptions) {
    this.#options = options;
    this.#live = new LiveKeys(options.hash);
  }

  /** The counts of the newest state. */
  get counts(): KeyCounts {
    return this.#counts;
  }

  /** Whether the newest state may have a user key with this hash. Always true until all keys are counted. */
  mayExist(hash: number): boolean {
    return !this.#counts.complete || this.#live.mayHave(hash);
  }

  /** The position of the newest state in the log of changes. */
  get mark(): number {
    return this.#log?.length ?? Infinity;
  }

  /**
   * The counts of a state, by its mark, once all keys are counted. All reads after a start thus share one walk.
   * @returns undefined if counting ends early or the state is too old
   */
  countsAt(mark: number): Promise<KeyCounts | undefined> {
    if (this.#log === undefined || this.#closed) return Promise.resolve(undefined);
    return new Promise((done) => this.#waiting.add({ mark, done }));
  }

  /** Takes the changes of a batch that is published in this turn. `run` must be called afterwards. */
  apply(countChanges: readonly KeyCountChange[]): void {
    if (countChanges.length === 0) return;
    // Not as spread arguments: a batch has any size.
    if (this.#noted !== undefined) for (const change of countChanges) this.#noted.push(change);
    this.#remember(countChanges);
    this.#live.change(countChanges, { from: START, to: this.#counts.frontier });
    this.#counts = this.#counts.changed(countChanges, this.#unbalanced);
    // Not during a step, which replaces the buckets of its range.
    if (this.#noted === undefined) this.#join();
  }

  /** Starts or continues background work, if there is any. */
  run(): void {
    if (this.#running !== undefined || this.#closed || !this.#hasWork()) return;
    this.#running = this.#run().then(
      () => {
        this.#running = undefined;
        this.run();
      },
      (error: unknown) => {
        this.#running = undefined;
        this.#closed = true;
        this.#answer(undefined);
        this.#options.onFatal(error);
      },
    );
  }

  /** Resolves once all keys are counted and no bucket is too large, or the counter is closed. */
  async whenSettled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#answer(undefined);
  }

  #hasWork(): boolean {
    return !this.#counts.complete || this.#unbalanced.large.size > 0 || this.#live.hasStale;
  }

  async #run(): Promise<void> {
    while (this.#hasWork() && !this.#closed) {
      const range = this.#next();
      if (range !== undefined) await this.#step(range);
      else this.#live.removeStale();
      if (this.#hasWork()) await this.#options.pause();
    }
  }

  /** The range of the next step: uncounted keys first. */
  #next(): Step | undefined {
    const { complete, frontier } = this.#counts;
    if (!complete) return { from: frontier, to: END, most: STEP_KEYS };
    const { large } = this.#unbalanced;
    const [start] = large;
    if (start === undefined) return undefined;
    large.delete(start);
    const { bound, count, ...range } = this.#counts.bucketOf(start);
    if (count <= BUCKET_KEYS_MAX) return undefined; // it was split already
    // The last part need not be read: its count is what is left.
    const last = Math.min(BUCKET_KEYS_CUT, Math.ceil(count / 2));
    return { ...range, most: count - last, rest: { count: last, bound } };
  }

  async #step({ from, to, most, rest }: Step): Promise<void> {
    const isFirstCount = !this.#counts.complete;
    const view = this.#options.acquire();
    const noted: KeyCountChange[] = [];
    this.#noted = noted;
    try {
      const { found, next } = await readRowKeys(view.cursor(rowsOf({ from, to })), most);
      if (this.#closed) return;
      // In one turn from here on: the counts are those of a published state.
      const range = { from, to: rest === undefined ? (next ?? to) : to };
      const meanwhile = noted.flatMap((change) => changeWithin(change, range) ?? []);
      if (isFirstCount) {
        this.#live.add(found);
        this.#live.change(meanwhile, range);
      }
      const buckets = cut(from, found);
      if (rest !== undefined) buckets.push({ start: defined(next, 'a key of the last part'), ...rest });
      this.#counts = this.#counts.recut(range, buckets).changed(meanwhile, this.#unbalanced);
    } finally {
      this.#noted = undefined;
      view.release();
    }
    this.#join();
    this.#options.onRecut(this.#counts);
    if (this.#counts.complete) this.#answer(this.#log);
  }

  #remember(countChanges: readonly KeyCountChange[]): void {
    if (this.#log === undefined) return;
    for (const change of countChanges) this.#loggedKeys += keysIn(change);
    if (this.#loggedKeys > LOG_MAX) return this.#answer(undefined);
    for (const change of countChanges) this.#log.push(change);
  }

  /** Answers all waiting states and stops logging. @param log all changes; undefined if no state gets counts */
  #answer(log: readonly KeyCountChange[] | undefined): void {
    this.#log = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { mark, done } of waiting) {
      const since = log?.slice(mark).reverse();
      const undone = since?.map(inverse);
      done(undone && this.#counts.changed(undone, { large: new Set(), small: new Set() }));
    }
  }

  #join(): void {
    const { small } = this.#unbalanced;
    for (const start of small) this.#counts = this.#counts.joined(start);
    small.clear();
  }
}

/** Reads at most `most` keys. `next` is the key after them; undefined at the end of the range. */
async function readRowKeys(
  cursor: EngineCursor,
  most: number,
): Promise<{ readonly found: readonly RowKey[]; readonly next: RowKey | undefined }> {
  const found: RowKey[] = [];
  try {
    for (;;) {
      const rows = await cursor.next(Math.min(PAGE_ROWS, most + 1 - found.length));
      if (rows.length === 0) return { found, next: undefined };
      for (const { key } of rows) {
        if (found.length === most) return { found, next: bytesToLatin1(key) };
        found.push(bytesToLatin1(key));
      }
    }
  } finally {
    await cursor.close();
  }
}

/** Divides a range that begins at `from` and holds these keys into buckets. */
function cut(from: RowKey, found: readonly RowKey[]): Bucket[] {
  const buckets: Bucket[] = [];
  for (let at = 0; at === 0 || at < found.length; at += BUCKET_KEYS_CUT) {
    const end = Math.min(at + BUCKET_KEYS_CUT, found.length);
    const start = at === 0 ? from : (found[at] ?? from);
    buckets.push({ start, count: end - at, bound: found[end - 1] ?? start });
  }
  return buckets;
}
