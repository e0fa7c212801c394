import { raftkvpb } from '../../gen/proto.js';
import { FEED_NAME_BYTES_MAX } from '../../kv/feeds/feed.js';
import { kvError } from '../../kv/errors.js';
import type { KvStore } from '../../kv/store.js';
import type { AppliedWaiters } from '../../node/loop/applied-waiters.js';
import type { Clock } from '../../ports/clock.js';
import { stream, type Method } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { clampInteger, hex64 } from '../../util/integer.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Random } from '../../util/random.js';
import { Signal } from '../../util/signal.js';
import { newLeaseId } from '../lease/lease-id.js';
import type { Access } from '../requests/access.js';
import { Errors, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { ReadTurns } from '../requests/read-turns.js';
import { Subscription, type FeedCall, type SubscriptionOptions } from './subscription.js';
import { WorkerLease, type WorkerLeaseOptions } from './worker-lease.js';

const { FeedSubscribeRequest } = raftkvpb;

/** Streams of one member: each may hold a page of changes in memory. */
export const FEED_SUBSCRIPTIONS_MAX = 256;
export const FEED_IN_FLIGHT_MAX = 64 * 1024 * 1024;
const DEFAULT_IN_FLIGHT = 4 * 1024 * 1024;
const DEFAULT_TTL_SECONDS = 10;
/** Pages that are read at the same time. */
const PAGES_MAX = 8;

export interface FeedSubscriptionsOptions extends WorkerLeaseOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly access: Access;
  readonly clock: Clock;
  readonly random: Random;
  readonly revisionWaiters: AppliedWaiters;
  /** Smallest TTL of a lease, in seconds. */
  readonly ttlMinSeconds: number;
  readonly onLimit: OnLimit;
  readonly onFatal: (error: unknown) => void;
}

/** Feed.Subscribe: the workers of feeds that this member serves. */
export class FeedSubscriptions {
  readonly #options: FeedSubscriptionsOptions;
  readonly #reads = new ReadTurns(PAGES_MAX);
  readonly #largePages = new ReadTurns(PAGES_MAX);
  /** By call, what wakes and ends its loop. */
  readonly #running = new Map<FeedCall, { readonly wake: Signal; readonly end: () => void }>();
  #stopped = false;

  constructor(options: FeedSubscriptionsOptions) {
    this.#options = options;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#running.size;
  }

  method(): Method {
    return stream('server-stream', {
      path: '/raftkvpb.Feed/Subscribe',
      decode: (body) => FeedSubscribeRequest.decode(body),
      handle: (call: FeedCall) => call.onMessage((request) => this.#begin(call, request)),
    });
  }

  /** Feeds, users or permissions have changed. */
  changed(): void {
    for (const { wake } of this.#running.values()) wake.set();
  }

  /** Ends all streams, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    for (const [call, { end }] of this.#running) {
      call.fail(Errors.stopped);
      end();
    }
  }

  #begin(call: FeedCall, request: raftkvpb.FeedSubscribeRequest): void {
    const { onLimit, onFatal } = this.#options;
    if (this.#stopped) return call.fail(Errors.stopped);
    if (Buffer.byteLength(request.worker) > FEED_NAME_BYTES_MAX) return call.fail(statusOf(kvError('invalid-feed')));
    if (this.#running.size >= FEED_SUBSCRIPTIONS_MAX) {
      onLimit('feed_subscriptions');
      return call.fail(Errors.tooManyRequests);
    }
    const [wake, room] = [new Signal(), new Signal()];
    let isOver = false;
    const ended = (): void => {
      isOver = true;
      wake.set();
      room.set();
    };
    call.onCancel(ended);
    call.onDrain(() => room.set());
    this.#running.set(call, { wake, end: ended });
    this.#serve(call, request, { wake, room, isOver: () => isOver })
      .then(
        (failed) => {
          // It ends with a reason, unless the caller or this member has ended it.
          if (failed !== undefined && !isOver) call.fail(failed);
        },
        (error: unknown) => {
          if (!isOver) call.fail(Errors.stopped);
          onFatal(error);
        },
      )
      .finally(() => this.#running.delete(call));
  }

  /** Joins, serves and leaves. Resolves with the reason for which the stream ends. */
  async #serve(
    call: FeedCall,
    request: raftkvpb.FeedSubscribeRequest,
    state: Pick<SubscriptionOptions, 'wake' | 'room' | 'isOver'>,
  ): Promise<Status | undefined> {
    const { random, ttlMinSeconds, access } = this.#options;
    const { name: feed, worker: asked } = request;
    const lease = newLeaseId(random);
    const worker = asked === '' ? hex64(lease) : asked;
    const ttlSeconds = Math.max(clampInteger(request.ttl) || DEFAULT_TTL_SECONDS, ttlMinSeconds);
    const user = access.userOf(call)?.name;
    const membership = new WorkerLease(call, { feed, worker, lease, ttlSeconds }, this.#options);
    try {
      const refused = await membership.join(call);
      if (refused !== undefined || state.isOver()) return refused;
      const inFlightMax = Math.min(clampInteger(request.inFlightBytes) || DEFAULT_IN_FLIGHT, FEED_IN_FLIGHT_MAX);
      const turns = { reads: this.#reads, largePages: this.#largePages };
      const options = { ...this.#options, ...state, ...turns, feed, worker, lease, user, inFlightMax };
      return await new Subscription(call, options).run();
    } finally {
      // Also after a join without an answer, which may have succeeded.
      membership.leave();
    }
  }
}
