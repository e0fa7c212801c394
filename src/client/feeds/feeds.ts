import { integerArgument, stringArgument } from '../calls/arguments.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { watchedRange } from '../watch/watch-types.js';
import { toFeedStatus } from './feed-types.js';
import type { FeedCreateOptions, FeedStatus } from './feed-types.js';
import { FEED_CREATE, FEED_DELETE, FEED_LIST, FEED_RESET } from './methods.js';

const OLDEST = -1;

/** Makes, lists and removes change feeds. See `Client.feed` for their consumption. */
export class Feeds {
  readonly #dispatcher: Dispatcher;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Creates a feed. @throws RaftKvError `already-exists`, `compacted`, `future-revision`, `invalid-argument` */
  async create(name: string, options: FeedCreateOptions, call: CallOptions = {}): Promise<FeedStatus> {
    const { filters = [], prevKv = false, partitions = 0, retainRevisions = 0 } = options;
    const request = {
      name: stringArgument(name, 'the name of a feed'),
      ...watchedRange(options),
      noPuts: filters.includes('put'),
      noDeletes: filters.includes('delete'),
      prevKv,
      startRevision: startOf(options.startRevision),
      partitions: integerArgument(partitions, 'partitions', 0),
      retainRevisions: integerArgument(retainRevisions, 'retainRevisions', 0),
    };
    const { feed } = await this.#dispatcher.call(FEED_CREATE, request, call);
    return toFeedStatus(feed ?? {});
  }

  /** All feeds whose keys the caller may read, by name. @throws RaftKvError */
  async list(options: CallOptions = {}): Promise<readonly FeedStatus[]> {
    const { feeds } = await this.#dispatcher.call(FEED_LIST, { name: '' }, options);
    return feeds.map(toFeedStatus);
  }

  /** One feed. @throws RaftKvError `not-found` */
  async status(name: string, options: CallOptions = {}): Promise<FeedStatus> {
    const { feeds } = await this.#dispatcher.call(
      FEED_LIST,
      { name: stringArgument(name, 'the name of a feed') },
      options,
    );
    return toFeedStatus(feeds[0] ?? {});
  }

  /**
   * Moves all cursors, mends a broken feed, and voids the acknowledgements of all workers.
   * @param startRevision the first revision to deliver, above the compacted one; default: the next one
   * @throws RaftKvError `not-found`, `compacted`, `future-revision`
   */
  async reset(name: string, startRevision?: number | 'oldest', options: CallOptions = {}): Promise<FeedStatus> {
    const request = { name: stringArgument(name, 'the name of a feed'), startRevision: startOf(startRevision) };
    const { feed } = await this.#dispatcher.call(FEED_RESET, request, options);
    return toFeedStatus(feed ?? {});
  }

  /** @throws RaftKvError `not-found` */
  async delete(name: string, options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const { header } = await this.#dispatcher.call(
      FEED_DELETE,
      { name: stringArgument(name, 'the name of a feed') },
      options,
    );
    return { header: toHeader(header) };
  }
}

function startOf(revision: number | 'oldest' | undefined): number {
  if (revision === 'oldest') return OLDEST;
  return revision === undefined ? 0 : integerArgument(revision, 'startRevision', 1);
}
