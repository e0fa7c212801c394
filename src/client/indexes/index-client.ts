import { stringArgument, wordArgument } from '../calls/arguments.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { readLevelFields } from '../keys/range.js';
import type { Consistency, ReadOptions } from '../keys/range.js';
import { INDEX_TYPES, toIndexInfo, toWireDefinition } from './definition.js';
import type { IndexDefinition } from './definition.js';
import { INDEX_CREATE, INDEX_DROP, INDEX_LIST, INDEX_QUERY, INDEX_STATUS } from './methods.js';
import { indexPages } from './pages.js';
import { toIndexPage, toWireQuery } from './query.js';
import type { IndexEntry, IndexPage, IndexPageOptions, IndexQueryOptions, IndexSelector } from './query.js';
import { failedIndex, notReadyInTime, toIndexList, toIndexStatus } from './status.js';
import type { IndexListResult, IndexResult, IndexStatus } from './status.js';
import type { IndexArgument, IndexType } from './values.js';

export interface IndexOptions<T extends IndexType> {
  /** The type of its values, which then is that of arguments and entries. Default: not known in advance. */
  readonly type?: T;
}

export interface IndexReadyOptions extends CallOptions {
  /** Longest wait, in ms. Default: without limit. */
  readonly timeoutMs?: number;
  /** Called with each status that the wait sees. */
  readonly onStatus?: (status: IndexStatus) => void;
}

/** A secondary index, which need not exist yet: `client.index('by-email')`. Only raftkv has them. */
export class Index<T extends IndexType = IndexType> {
  readonly name: string;
  readonly type: T | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #consistency: Consistency;

  /** @throws RaftKvError `invalid-argument` */
  constructor(
    { dispatcher, consistency }: { readonly dispatcher: Dispatcher; readonly consistency: Consistency },
    name: string,
    { type }: IndexOptions<T>,
  ) {
    this.name = stringArgument(name, 'the name of an index');
    if (type !== undefined) wordArgument(type, 'the type of an index', INDEX_TYPES);
    this.type = type;
    this.#dispatcher = dispatcher;
    this.#consistency = consistency;
  }

  /**
   * Creates it, and returns before it is ready: see `ready`. If it exists with the same definition, returns it.
   * @throws RaftKvError `already-exists` if there is another index of this name
   */
  async create(definition: IndexDefinition, options: CallOptions = {}): Promise<IndexResult> {
    const request = { definition: toWireDefinition(this.name, definition, this.type) };
    const { index, header } = await this.#dispatcher.call(INDEX_CREATE, request, options);
    return { index: toIndexInfo(index ?? {}), header: toHeader(header) };
  }

  /** Removes it; keys and values stay. @throws RaftKvError `not-found` if there is none */
  async drop(options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const { header } = await this.#dispatcher.call(INDEX_DROP, { name: this.name }, options);
    return { header: toHeader(header) };
  }

  /** Its definition, its state, and how many keys it covers. @throws RaftKvError `not-found` if there is none */
  async status(options: Pick<ReadOptions, 'consistency'> & CallOptions = {}): Promise<IndexStatus> {
    const { readLevel } = readLevelFields(options, this.#consistency);
    return toIndexStatus(await this.#dispatcher.call(INDEX_STATUS, { name: this.name, readLevel }, options));
  }

  /**
   * Waits until it can be queried.
   * @throws RaftKvError `failed-precondition` if it should be unique and its values are not, with an example;
   * `not-found` if there is none, or no more
   */
  async ready(options: IndexReadyOptions = {}): Promise<IndexStatus> {
    const { timeoutMs = Number.POSITIVE_INFINITY, signal, onStatus } = options;
    const deadlineMs = performance.now() + timeoutMs;
    for (let round = 0; ; round++) {
      const leftMs = Math.min(this.#dispatcher.timeoutMs, Math.max(1, deadlineMs - performance.now()));
      const status = await this.status({ timeoutMs: leftMs, ...(signal === undefined ? {} : { signal }) });
      onStatus?.(status);
      if (status.index.state === 'ready') return status;
      if (status.index.state === 'failed') throw failedIndex(status);
      await this.#dispatcher.pause(round, { deadlineMs, signal });
      if (performance.now() >= deadlineMs) throw notReadyInTime(status);
    }
  }

  /** The entries with one value, in one answer of up to 10,000. @throws RaftKvError */
  async get(value: IndexArgument<T>, options: IndexQueryOptions = {}): Promise<IndexPage<T>> {
    return await this.page({ equal: value }, options);
  }

  /**
   * The entries of some values, in order, page by page, all from one revision:
   * `for await (const { key } of client.index('by-age').range({ from: 18 }))`. `timeoutMs` applies to each page.
   * @throws RaftKvError `compacted` if the revision is compacted before all pages have been read
   */
  async *range(
    selector: IndexSelector<T>,
    options: IndexQueryOptions = {},
  ): AsyncGenerator<IndexEntry<T>, void, undefined> {
    for await (const { entries } of this.pages(selector, options)) yield* entries;
  }

  /** As `range`, in pages as the members send them: of about 1 MiB. @throws RaftKvError */
  pages(selector: IndexSelector<T>, options: IndexQueryOptions = {}): AsyncGenerator<IndexPage<T>, void, undefined> {
    return indexPages((page) => this.page(selector, page), this.name, options);
  }

  /** One page. With `after`, the one that follows another: also in another process, and at any member. @throws RaftKvError */
  async page(selector: IndexSelector<T>, options: IndexPageOptions = {}): Promise<IndexPage<T>> {
    const query = { index: this.name, type: this.type };
    const request = toWireQuery({
      ...query,
      selector,
      options,
      fallback: this.#consistency,
    });
    return toIndexPage(await this.#dispatcher.call(INDEX_QUERY, request, options), query);
  }
}

/** All indexes of the cluster. @throws RaftKvError */
export async function listIndexes(
  dispatcher: Dispatcher,
  fallback: Consistency,
  options: Pick<ReadOptions, 'consistency'> & CallOptions,
): Promise<IndexListResult> {
  const { readLevel } = readLevelFields(options, fallback);
  return toIndexList(await dispatcher.call(INDEX_LIST, { readLevel }, options));
}
