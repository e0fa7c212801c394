import type { EngineCursor } from '../../ports/engine.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import {
  BUCKET_KEYS_CUT,
  BUCKET_KEYS_MAX,
  KeyCounts,
  rowsOf,
  type Bucket,
  type KeyCountChange,
  type RowKey,
  type RowKeyRange,
  type Unbalanced,
} from './key-counts.js';
import { Table, tableRange } from '../format/layout.js';
import type { View } from '../state/view.js';

/** Keys that one step looks at where none has been counted yet. */
const STEP_KEYS = 24 * BUCKET_KEYS_CUT;
const PAGE_ROWS = 1024;
const END: RowKey = bytesToLatin1(tableRange(Table.current).lt);

/** What came and went while not all is counted is remembered up to here: so many entries at most. */
const LOG_MAX = 1_000_000;

/** A state that was published waits for its counts. */
interface Waiting {
  readonly mark: number;
  readonly done: (counts: KeyCounts | undefined) => void;
}

export interface KeyCounterOptions {
  /** The published state, held until `release`. */
  readonly acquire: () => View;
  /** The newest state has other buckets. */
  readonly onRecut: (counts: KeyCounts) => void;
  /** Awaited between two steps. */
  readonly pause: () => Promise<void>;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Keeps the counts of the newest state: counts all keys once after a start, beside the service, and cuts buckets that
 * have grown. Each step walks a part of the published state; what is written meanwhile is noted, and added at its end.
 */
export class KeyCounter {
  readonly #options: KeyCounterOptions;
  #counts = KeyCounts.unknown();
  readonly #unbalanced: Unbalanced = { large: new Set(), small: new Set() };
  /** What came and went since the step under way began. */
  #noted: KeyCountChange[] | undefined;
  /** All that came and went, until all is counted: an older state has the counts from before the last of it. */
  #log: KeyCountChange[] | undefined = [];
  readonly #waiting = new Set<Waiting>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: KeyCounterOptions) {
    this.#options = options;
  }

  /** Those of the newest state. */
  get counts(): KeyCounts {
    return this.#counts;
  }

  /** The place of the newest state among those that are published until all is counted. */
  get mark(): number {
    return this.#log?.length ?? Infinity;
  }

  /**
   * The counts of a state, by its mark, once all keys are counted: so all who ask right after a start share one walk.
   * Undefined where that does not come, or the state is too old.
   */
  countsAt(mark: number): Promise<KeyCounts | undefined> {
    if (this.#log === undefined || this.#closed) return Promise.resolve(undefined);
    return new Promise((done) => this.#waiting.add({ mark, done }));
  }

  /** A batch is written, and published in this turn, after which `run` is to be called. */
  apply(countChanges: readonly KeyCountChange[]): void {
    if (countChanges.length === 0) return;
    // Not by spreading: there is no bound to a batch.
    if (this.#noted !== undefined) for (const change of countChanges) this.#noted.push(change);
    this.#remember(countChanges);
    this.#counts = this.#counts.changed(countChanges, this.#unbalanced);
    // Under a step, the buckets stay as they are.
    if (this.#noted === undefined) this.#join();
  }

  /** Goes on with what is to be counted or cut, if there is anything. */
  run(): void {
    if (this.#running !== undefined || this.#closed || !this.#hasWork) return;
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

  /** Resolves once all is counted and nothing is to be cut, or the index is closed. */
  async whenSettled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#answer(undefined);
  }

  get #hasWork(): boolean {
    return !this.#counts.complete || this.#unbalanced.large.size > 0;
  }

  async #run(): Promise<void> {
    while (this.#hasWork && !this.#closed) {
      const range = this.#next();
      if (range !== undefined) await this.#step(range);
      if (this.#hasWork) await this.#options.pause();
    }
  }

  /** What has not been counted comes first. */
  #next(): RowKeyRange | undefined {
    const { complete, frontier } = this.#counts;
    if (!complete) return { from: frontier, to: END };
    const { large } = this.#unbalanced;
    const [start] = large;
    if (start === undefined) return undefined;
    large.delete(start);
    const { count, ...range } = this.#counts.bucketOf(start);
    return count > BUCKET_KEYS_MAX ? range : undefined; // it may have been cut already
  }

  async #step({ from, to }: RowKeyRange): Promise<void> {
    const most = this.#counts.complete ? Infinity : STEP_KEYS;
    const view = this.#options.acquire();
    const noted: KeyCountChange[] = [];
    this.#noted = noted;
    try {
      const { found, next } = await readRowKeys(view.cursor(rowsOf({ from, to })), most);
      if (this.#closed) return;
      // From here to the end in one turn: the counts are those of a state that was published.
      const range = { from, to: next ?? to };
      const meanwhile = noted.filter(({ id }) => id >= range.from && id < range.to);
      this.#counts = this.#counts.recut(range, cut(from, found)).changed(meanwhile, this.#unbalanced);
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
    if (this.#log.length + countChanges.length > LOG_MAX) return this.#answer(undefined);
    for (const change of countChanges) this.#log.push(change);
  }

  /** Nothing is remembered any more. @param log what leads back from the newest state; undefined: nobody gets counts */
  #answer(log: readonly KeyCountChange[] | undefined): void {
    this.#log = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { mark, done } of waiting) {
      const since = log?.slice(mark).reverse();
      const undone = since?.map(({ id, delta }): KeyCountChange => ({ id, delta: delta === 1 ? -1 : 1 }));
      done(undone && this.#counts.changed(undone, { large: new Set(), small: new Set() }));
    }
  }

  #join(): void {
    const { small } = this.#unbalanced;
    for (const start of small) this.#counts = this.#counts.joined(start);
    small.clear();
  }
}

/** `next` is where to go on, and undefined at the end of the range. */
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

/** Buckets of a range that begins at `from`, and has these keys. */
function cut(from: RowKey, found: readonly RowKey[]): readonly Bucket[] {
  const buckets: Bucket[] = [{ start: from, count: Math.min(BUCKET_KEYS_CUT, found.length) }];
  for (let at = BUCKET_KEYS_CUT; at < found.length; at += BUCKET_KEYS_CUT) {
    buckets.push({ start: found[at] ?? from, count: Math.min(BUCKET_KEYS_CUT, found.length - at) });
  }
  return buckets;
}
