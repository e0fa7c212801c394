import { onAbort } from '../../util/abort.js';
import { integerArgument } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';
import { oneKey, toKeyRange } from '../keys/key-range.js';
import type { Bytes, KeyRange, RangeSelector } from '../keys/key-range.js';
import type { KeyValue } from '../keys/key-value.js';
import type { Consistency } from '../keys/range.js';
import { scan } from '../keys/scan.js';
import { watchedRange } from '../watch/watch-types.js';
import { CacheReader } from './cache-reader.js';
import { limitsOf } from './cache-types.js';
import type {
  CacheCountResult,
  CacheGetResult,
  CacheOptions,
  CacheRangeOptions,
  CacheRangeResult,
  CacheReadOptions,
  CacheStatus,
} from './cache-types.js';
import type { CacheSource } from './cache-source.js';
import { Keeper } from './keeper.js';
import { covers, selectorOf, spanOf } from './span.js';
import type { Span } from './span.js';

/**
 * A coherent copy of a range of keys in memory: filled by a read, kept up to date by a watch, at one whole revision at any time.
 *
 * A `stale` read is answered from memory at once, with an upper bound of its age. A `consistent` or `default` read costs one
 * round, which carries no value: a member confirms a revision at that level, and the memory answers once its watch has reached
 * it. Reads that wait at the same time share rounds that begin after they did.
 *
 * While no memory can answer (before it is filled, while the watch is interrupted, above the bounds, without the permission,
 * at an etcd for all but `stale`), reads go to the cluster with the same consistency, and `source` says so. All readers share
 * the values in memory, and must not change them.
 */
export class Cache implements AsyncDisposable {
  /** Resolves after the first attempt to fill the memory, with the status. Never rejects. */
  readonly started: Promise<CacheStatus>;
  readonly #consistency: Consistency;
  readonly #range: KeyRange;
  readonly #span: Span;
  readonly #closing = new AbortController();
  readonly #keeper: Keeper;
  readonly #reader: CacheReader;
  readonly #forget: () => void;

  /** @throws RaftKvError `invalid-argument` */
  constructor(source: CacheSource, consistency: Consistency, options: CacheOptions) {
    const { refreshMs = 1000, signal } = options;
    const limits = limitsOf(options);
    const closing = this.#closing.signal;
    this.#consistency = consistency;
    this.#range = watchedRange(options);
    this.#span = spanOf(this.#range);
    const { key } = this.#range;
    this.#reader = new CacheReader({ source, key, keeper: () => this.#keeper, consistency, signal, closing });
    this.#keeper = new Keeper({
      source,
      range: this.#range,
      limits,
      refreshMs: integerArgument(refreshMs, 'refreshMs', 0),
      closing,
      onResumed: () => this.#reader.verify(),
    });
    this.#forget = onAbort([source.closing, signal], () => this.#closing.abort());
    this.started = this.#keeper.attempted.then(() => this.status());
  }

  /** What the memory holds, and how many reads it has answered. */
  status(): CacheStatus {
    const { state, error, follower } = this.#keeper;
    const memory = follower?.memory;
    return {
      state,
      keys: memory?.keys ?? 0,
      bytes: memory?.bytes ?? 0,
      revision: memory?.revision ?? 0,
      ageMs: memory === undefined ? undefined : this.#reader.ageOf(memory),
      error,
      reads: { ...this.#reader.counts },
    };
  }

  /** Reads one key. @throws RaftKvError */
  async get(key: Bytes, options: CacheReadOptions = {}): Promise<CacheGetResult> {
    const range = this.#within(oneKey(key));
    const reading = this.#reader.begin(options);
    const ready = await this.#reader.memoryFor(reading);
    if (ready !== undefined) return { kv: ready.memory.get(range.key), ...this.#reader.answered(ready) };
    const { kvs, revision, ageMs, source } = await this.#reader.pass(range, reading, {});
    return { kv: kvs[0], revision, ageMs, source };
  }

  /** Reads a range of keys, by default all of the cache. @throws RaftKvError */
  async range(selector?: RangeSelector, options: CacheRangeOptions = {}): Promise<CacheRangeResult> {
    const range = this.#selected(selector);
    const limit = integerArgument(options.limit ?? 0, 'limit', 0);
    const reading = this.#reader.begin(options);
    const ready = await this.#reader.memoryFor(reading);
    if (ready === undefined) {
      const { header: _, ...result } = await this.#reader.pass(range, reading, { limit });
      return result;
    }
    const span = spanOf(range);
    const count = ready.memory.count(span);
    const kvs = ready.memory.range(span, limit === 0 ? Number.POSITIVE_INFINITY : limit);
    return { kvs, count, more: kvs.length < count, ...this.#reader.answered(ready) };
  }

  /** The number of keys in a range, by default in all of the cache. @throws RaftKvError */
  async count(selector?: RangeSelector, options: CacheReadOptions = {}): Promise<CacheCountResult> {
    const range = this.#selected(selector);
    const reading = this.#reader.begin(options);
    const ready = await this.#reader.memoryFor(reading);
    if (ready !== undefined) return { count: ready.memory.count(spanOf(range)), ...this.#reader.answered(ready) };
    const { count, revision, ageMs, source } = await this.#reader.pass(range, reading, { countOnly: true });
    return { count, revision, ageMs, source };
  }

  /** Iterates over a range in key order, by default over all of the cache, all at one revision. @throws RaftKvError */
  async *scan(selector?: RangeSelector, options: CacheReadOptions = {}): AsyncGenerator<KeyValue, void, undefined> {
    const range = this.#selected(selector);
    const ready = await this.#reader.memoryFor(this.#reader.begin(options));
    if (ready !== undefined) {
      this.#reader.answered(ready);
      yield* ready.memory.range(spanOf(range), Number.POSITIVE_INFINITY);
      return;
    }
    this.#reader.counts.cluster += 1;
    const readPage: Parameters<typeof scan>[0] = (page, asked) => this.#reader.read(page, asked);
    yield* scan(readPage, selectorOf(range), { consistency: this.#consistency, ...options });
  }

  /** Iterates over all keys at the client's consistency. @throws RaftKvError */
  [Symbol.asyncIterator](): AsyncGenerator<KeyValue, void, undefined> {
    return this.scan();
  }

  /** Ends the watch and frees the memory. Reads in progress, and all later ones, reject as `closed`. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#forget();
    await this.#keeper.over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #selected(selector: RangeSelector | undefined): KeyRange {
    return selector === undefined ? this.#range : this.#within(toKeyRange(selector));
  }

  #within(range: KeyRange): KeyRange {
    if (covers(this.#span, spanOf(range))) return range;
    throw invalidArgument('the keys are not in the range of the cache');
  }
}
