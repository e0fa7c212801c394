import type { raftkvpb } from '../../gen/proto.js';
import { statusOf } from '../requests/errors.js';
import { kvError } from '../../kv/errors.js';
import type { Feed } from '../../kv/feeds/feed.js';
import type { FeedPage } from '../../kv/feeds/page.js';
import type { KvStore } from '../../kv/store.js';
import type { AppliedWaiters, Ticket } from '../../node/loop/applied-waiters.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { StreamCall } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { mayRead } from '../../kv/auth/requests.js';
import type { Signal } from '../../util/signal.js';
import { REFUSALS } from '../requests/access.js';
import type { Headers } from '../requests/header.js';
import { stalls } from '../requests/stall.js';
import type { ReadTurns } from '../requests/read-turns.js';
import { Delivery, type FeedMessage } from './delivery.js';

export type FeedCall = StreamCall<raftkvpb.FeedSubscribeRequest>;

/** Time after which a worker without changes learns how far its partitions are, in ms. */
export const FEED_PROGRESS_MS = 5_000;
/** Time without progress of the client after which its stream is ended, in ms. */
export const FEED_STALL_MS = 120_000;

const feedNotRead: Status = {
  code: Code.DEADLINE_EXCEEDED,
  message: 'raftkv: the client has not read its feed for too long',
};

const workerReplaced: Status = {
  code: Code.ABORTED,
  message: 'raftkv: another subscription has the name of the worker',
};

/** The client may subscribe again. */
const workerLeft: Status = { code: Code.UNAVAILABLE, message: 'raftkv: the lease of the worker has ended' };

/** Bytes of a page behind which it counts as large. A revision that changes many keys can be much larger. */
const LARGE_PAGE_BYTES = 1024 * 1024;

export interface SubscriptionOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly clock: Clock;
  readonly revisionWaiters: AppliedWaiters;
  /** Set when feeds or permissions change, or the stream ends. */
  readonly wake: Signal;
  /** Set when the stream has room, or ends. */
  readonly room: Signal;
  /** Whether the stream has ended. */
  readonly isOver: () => boolean;
  readonly feed: string;
  readonly worker: string;
  readonly lease: bigint;
  readonly inFlightMax: number;
  /** The caller's user; undefined for none, or while authentication was off. */
  readonly user: string | undefined;
  /** Of all subscriptions: those that read a page. */
  readonly reads: ReadTurns;
  /** Those that have a large page in memory until its client has taken it, however slow it is. */
  readonly largePages: ReadTurns;
}

/** What is to be sent. */
interface ReadChanges {
  readonly news: readonly FeedMessage[];
  /** As the page was read for. */
  readonly wanted: ReadonlyMap<number, number>;
  readonly page: FeedPage | undefined;
  readonly prevKv: boolean;
}

/** Serves one worker of a feed until its stream ends or it has left the feed. */
export class Subscription {
  readonly #call: FeedCall;
  readonly #options: SubscriptionOptions;
  readonly #delivery: Delivery;
  #id: number | undefined;
  #ticket: (Ticket & { readonly revision: number }) | undefined;
  #progressDue = false;
  #cancelTick: Cancel | undefined;

  constructor(call: FeedCall, options: SubscriptionOptions) {
    this.#call = call;
    this.#options = options;
    this.#delivery = new Delivery({ worker: options.worker, inFlightMax: options.inFlightMax });
  }

  /** Resolves with the reason for which the stream ends; with undefined if it has ended. */
  async run(): Promise<Status | undefined> {
    this.#tickLater();
    try {
      for (;;) {
        const feed = this.#current();
        if ('code' in feed) return feed;
        const failed = await this.#step(feed);
        if (failed !== undefined || this.#options.isOver()) return failed;
      }
    } finally {
      this.#cancelTick?.();
      if (this.#ticket !== undefined) this.#ticket.abandoned = true;
    }
  }

  /** The feed of the published state, or why the worker gets nothing more of it. */
  #current(): Feed | Status {
    const { store, feed: name, worker, lease, user } = this.#options;
    const feed = store.feeds().get(name);
    this.#id ??= feed?.id;
    if (feed === undefined || feed.id !== this.#id) return statusOf(kvError('feed-not-found'));
    if (feed.broken > 0) return statusOf(kvError('feed-broken'));
    const known = feed.workers.find((each) => each.name === worker);
    if (known?.lease !== lease) return known === undefined ? workerLeft : workerReplaced;
    const auth = store.auth();
    if (!auth.enabled) return feed;
    if (user === undefined) return REFUSALS.nobody;
    const rights = auth.rightsOf(user);
    return rights !== undefined && mayRead(rights, feed) ? feed : REFUSALS.denied;
  }

  async #step(feed: Feed): Promise<Status | undefined> {
    const { store, largePages, wake } = this.#options;
    const delivery = this.#delivery;
    const failed = await this.#send(delivery.follow(feed));
    if (failed !== undefined) return failed;
    if (delivery.isFull || delivery.wanted(store.revision()).size === 0) {
      const told = await this.#tell();
      if (told !== undefined) return told;
      this.#wakeBehind(store.revision());
      await wake.wait();
      return undefined;
    }
    const first = await this.#readAndSend();
    if (first.kind === 'sent') return first.failed;
    const later = await this.#send(first.news);
    if (later !== undefined) return later;
    return await largePages.run(async () => {
      const read = await this.#read();
      return read === undefined || 'code' in read ? read : await this.#deliver(read);
    });
  }

  /** Reads a page and sends it. A large one for which there is no place is not kept, but read again in its turn. */
  async #readAndSend(): Promise<
    | { readonly kind: 'sent'; readonly failed: Status | undefined }
    | { readonly kind: 'no place'; readonly news: readonly FeedMessage[] }
  > {
    const { reads, largePages } = this.#options;
    const read = await reads.run(() => this.#read());
    if (read === undefined || 'code' in read) return { kind: 'sent', failed: read };
    const isLarge = read.page !== undefined && read.page.bytes > LARGE_PAGE_BYTES;
    const sent = isLarge ? largePages.tryRun(() => this.#deliver(read)) : this.#deliver(read);
    return sent === undefined ? { kind: 'no place', news: read.news } : { kind: 'sent', failed: await sent };
  }

  /** @returns undefined if the stream is over, or why the worker gets nothing more */
  async #read(): Promise<ReadChanges | Status | undefined> {
    const { store, isOver } = this.#options;
    const delivery = this.#delivery;
    // The store may be closed by the time of this turn.
    if (isOver()) return undefined;
    // As of the turn in which the page begins: the changes before a cursor may be gone.
    const now = this.#current();
    if ('code' in now) return now;
    const news = delivery.follow(now);
    const wanted = delivery.wanted(store.revision());
    const page = wanted.size === 0 ? undefined : await store.feedPage(now, wanted);
    return { news, wanted, page, prevKv: now.prevKv };
  }

  async #deliver({ news, wanted, page, prevKv }: ReadChanges): Promise<Status | undefined> {
    const failed = await this.#send(news);
    if (failed !== undefined || page === undefined) return failed;
    const delivered = await this.#send(this.#delivery.deliver(page, wanted, prevKv));
    return delivered ?? (await this.#send(this.#delivery.progress(false)));
  }

  async #tell(): Promise<Status | undefined> {
    if (!this.#progressDue) return undefined;
    this.#progressDue = false;
    return this.#send(this.#delivery.progress(true));
  }

  /** Sends messages one by one, as the client reads them. */
  async #send(messages: Iterable<FeedMessage>): Promise<Status | undefined> {
    const { store, headers, clock, room } = this.#options;
    for (const { body } of messages) {
      if (this.#options.isOver()) return undefined;
      const hasRoom = this.#call.send(headers.prepend(store.revision(), body));
      if (!hasRoom && (await stalls(room, clock, FEED_STALL_MS))) return feedNotRead;
    }
    return undefined;
  }

  #wakeBehind(revision: number): void {
    const { revisionWaiters, wake } = this.#options;
    if (this.#ticket?.revision === revision + 1) return;
    if (this.#ticket !== undefined) this.#ticket.abandoned = true;
    this.#ticket = { revision: revision + 1, abandoned: false, ready: () => wake.set() };
    revisionWaiters.add(revision + 1, this.#ticket);
  }

  #tickLater(): void {
    const { clock, wake } = this.#options;
    this.#cancelTick = clock.timeout(FEED_PROGRESS_MS, () => {
      this.#progressDue = true;
      wake.set();
      this.#tickLater();
    });
  }
}
