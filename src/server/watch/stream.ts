import type { etcdserverpb } from '../../gen/proto.js';
import type { AuthState, Rights } from '../../kv/auth/auth-state.js';
import { mayRead } from '../../kv/auth/requests.js';
import { kvError } from '../../kv/errors.js';
import type { EventBatch } from '../../kv/watch/event-batch.js';
import type { WatchHub } from '../../kv/watch/hub.js';
import type { AppliedWaiters } from '../../node/loop/applied-waiters.js';
import type { NodeFreshness } from '../../node/status.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Random } from '../../util/random.js';
import type { Access } from '../requests/access.js';
import { Errors, tooManyWatches, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { WatchBudget } from './budget.js';
import { control, events, NO_WATCH, parseCreation, RESPONSE_BYTES_MAX, type WatchCreation } from './messages.js';
import { ResponseQueue, type FlushQueue } from './response-queue.js';
import { Progress } from './progress.js';
import { StreamWatch } from './stream-watch.js';
import { cancelReasonOf, WatchGuard } from './watch-guard.js';

export interface WatchStreamOptions {
  readonly hub: WatchHub;
  /** Users, roles and permissions of the published state. */
  readonly auth: () => AuthState;
  readonly access: Access;
  readonly headers: Headers;
  readonly clock: Clock;
  readonly random: Random;
  /** Callers waiting for a revision. */
  readonly revisionWaiters: AppliedWaiters;
  /** The freshness of the published state. */
  readonly freshness: () => NodeFreshness;
  /** Interval of progress notifications on idle watches that asked for them, in ms. */
  readonly progressIntervalMs: number;
  /** Largest request, in bytes; also the size of a fragment of a response. */
  readonly requestBytesMax: number;
  /** Responses queued before the watches of the stream fall behind, in bytes. */
  readonly responseQueueBytes: number;
  /** Bound on the watches of one stream. */
  readonly watchesMax: number;
  /** The bound on the watches of this member. */
  readonly budget: WatchBudget;
  /** Called for each watch beyond a bound. */
  readonly onLimit: OnLimit;
  readonly queue: FlushQueue;
  /** Called when a watch has lost its permission and is to be cancelled by `recheck`. */
  readonly onDenied: () => void;
  /** Called with the number of events sent. */
  readonly onEvents: (sent: number) => void;
  /** Called once. */
  readonly onEnd: (stream: WatchStream) => void;
}

export type WatchCall = StreamCall<etcdserverpb.WatchRequest>;

/** One call of Watch: many watches that share a response queue. */
export class WatchStream {
  readonly #call: WatchCall;
  readonly #options: WatchStreamOptions;
  readonly #queue: ResponseQueue;
  readonly #watches = new Map<bigint, StreamWatch>();
  readonly #blocked = new Set<StreamWatch>();
  readonly #progress: Progress;
  #nextId = 0n;
  #weight = 0;
  #cancelTick: Cancel | undefined;
  #ended = false;

  constructor(call: WatchCall, options: WatchStreamOptions) {
    this.#call = call;
    this.#options = options;
    this.#queue = new ResponseQueue({
      send: (body) => call.send(body),
      onRoom: () => this.#onRoom(),
      onEvents: options.onEvents,
      queue: options.queue,
      bytesMax: options.responseQueueBytes,
    });
    this.#progress = new Progress({
      hub: options.hub,
      revisionWaiters: options.revisionWaiters,
      report: (revision, { extended }) => {
        const freshness = extended ? options.freshness() : undefined;
        this.#queue.push(control(options.headers, { revision, watchId: NO_WATCH, freshness }));
      },
    });
    call.onDrain(() => this.#queue.drained());
    call.onCancel(() => this.end());
    call.onMessage((request) => this.#receive(request));
  }

  /** Number of queued events. */
  get eventsWaiting(): number {
    return this.#queue.events;
  }

  /** Ends the call: removes its watches, and sends nothing more. */
  end(status?: Status): void {
    if (this.#ended) return;
    this.#ended = true;
    if (status !== undefined) this.#call.fail(status);
    this.#queue.close();
    this.#cancelTick?.();
    this.#progress.close();
    for (const watch of this.#watches.values()) this.#options.hub.cancel(watch.watcher);
    this.#options.budget.giveBack(this.#weight);
    this.#watches.clear();
    this.#blocked.clear();
    this.#options.onEnd(this);
  }

  #receive(request: etcdserverpb.WatchRequest): void {
    if (this.#ended) return;
    // etcd ignores empty requests.
    if (request.createRequest) this.#create(parseCreation(request.createRequest));
    else if (request.cancelRequest) this.#cancel(toBigInt(request.cancelRequest.watchId));
    else if (request.progressRequest && this.#mayAskForProgress) {
      this.#progress.ask(clampInteger(request.progressRequest.atLeastRevision));
    }
    // No more requests are read while the client does not read the responses.
    if (!this.#queue.hasRoom) this.#call.pause();
  }

  /** As in etcd, a caller who may see nothing is not told the revision. */
  get #mayAskForProgress(): boolean {
    const { access } = this.#options;
    if (!access.enabled || this.#watches.size > 0) return true;
    return access.refusal({ call: this.#call, concernsKeys: false }) === undefined;
  }

  #create({ spec, startRevision, key, rangeEnd, watchId, weight, progressNotify, fragment }: WatchCreation): void {
    const { hub, headers, auth, access, budget, watchesMax, requestBytesMax, onLimit } = this.#options;
    if (startRevision < 0) return this.#refuse(statusOf(kvError('compacted')).message);
    if (access.enabled) {
      const permits = (rights: Rights): boolean => mayRead(rights, { key, rangeEnd });
      const refused = access.refusal({ call: this.#call, permits });
      if (refused !== undefined) return this.#refuse(cancelReasonOf(refused));
    }
    if (spec === undefined) return this.#refuse('mvcc: watcher range is empty');
    if (this.#watches.has(watchId) && watchId !== 0n) {
      return this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
    }
    if (this.#weight + weight > watchesMax) {
      onLimit('watches');
      return this.end(tooManyWatches(watchesMax));
    }
    if (!budget.take(weight)) {
      onLimit('watches');
      return this.#refuse(Errors.tooManyRequests.message);
    }
    this.#weight += weight;
    const id = watchId === 0n ? this.#freeId() : watchId;
    const fragmentBytes = fragment ? requestBytesMax : undefined;
    const guard = new WatchGuard(access.userOf(this.#call)?.name, auth());
    const watch = new StreamWatch(this, { id, weight, progressNotify, fragmentBytes, guard });
    watch.watcher = hub.watch(spec, watch);
    this.#progress.added(watch.watcher);
    this.#watches.set(id, watch);
    this.#queue.push(control(headers, { revision: hub.revision, watchId: id, created: true }));
    if (progressNotify) this.#startTicking();
  }

  #freeId(): bigint {
    while (this.#watches.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #refuse(cancelReason: string): void {
    const { hub, headers } = this.#options;
    const refused = { watchId: NO_WATCH, created: true, canceled: true, cancelReason };
    this.#queue.push(control(headers, { revision: hub.revision, ...refused }));
  }

  #cancel(watchId: bigint): void {
    const watch = this.#watches.get(watchId);
    if (watch !== undefined) this.#giveUp(watch, {});
  }

  #giveUp(watch: StreamWatch, why: { readonly cancelReason?: string }): void {
    const { hub, headers } = this.#options;
    const wasLive = watch.watcher.isLive;
    hub.cancel(watch.watcher);
    this.#queue.push(control(headers, { revision: hub.revision, watchId: watch.id, canceled: true, ...why }));
    this.#forget(watch, { wasLive });
  }

  #forget(watch: StreamWatch, how: { readonly wasLive: boolean }): void {
    this.#watches.delete(watch.id);
    this.#blocked.delete(watch);
    this.#weight -= watch.weight;
    this.#options.budget.giveBack(watch.weight);
    this.#progress.removed(watch.watcher, how);
  }

  /** @returns false if there is no room, or the permission is gone */
  deliver(watch: StreamWatch, batch: EventBatch): boolean {
    if (this.#isDenied(watch)) {
      // It gets nothing more, and is cancelled by the next checks, which are made in slices: one write may reach very many.
      this.#options.onDenied();
      return false;
    }
    if (!this.#queue.hasRoom) {
      this.#blocked.add(watch);
      return false;
    }
    const { fragmentBytes } = watch;
    if (fragmentBytes === undefined && batch.bytes > RESPONSE_BYTES_MAX) {
      const cancelReason = 'raftkv: the events of one revision do not fit a message: watch with fragment';
      this.#giveUp(watch, { cancelReason });
      return true;
    }
    const { headers } = this.#options;
    this.#queue.push(events({ headers, watchId: watch.id, batch, fragmentBytes }));
    return true;
  }

  /** Cancels the watches whose users have lost the permission. */
  *recheck(): Generator<void, void, undefined> {
    for (const watch of this.#watches.values()) {
      this.#revokeIfDenied(watch);
      yield;
    }
  }

  /** Whether the permission of a watch is gone, or was when an event came. */
  #isDenied(watch: StreamWatch): boolean {
    watch.denied ??= watch.guard.refusal(this.#options.auth(), watch.watcher.group);
    return watch.denied !== undefined;
  }

  /** @returns whether the watch has ended */
  #revokeIfDenied(watch: StreamWatch): boolean {
    if (!this.#isDenied(watch) || watch.denied === undefined) return false;
    this.#giveUp(watch, { cancelReason: cancelReasonOf(watch.denied) });
    return true;
  }

  compacted(watch: StreamWatch, compactRevision: number): void {
    const message = { watchId: watch.id, canceled: true, compactRevision };
    // As in etcd, the header has no revision.
    this.#queue.push(control(this.#options.headers, { revision: 0, ...message }));
    this.#forget(watch, { wasLive: false });
  }

  caughtUp(): void {
    this.#progress.caughtUp();
  }

  fellBehind(): void {
    this.#progress.fellBehind();
  }

  #onRoom(): void {
    this.#call.resume();
    const blocked = [...this.#blocked];
    this.#blocked.clear();
    for (const { watcher } of blocked) this.#options.hub.resume(watcher);
  }

  #startTicking(): void {
    if (this.#cancelTick !== undefined || this.#ended) return;
    const { clock, random, progressIntervalMs } = this.#options;
    // With up to a tenth of jitter, as in etcd, so that streams opened together do not stay in step.
    this.#cancelTick = clock.timeout(progressIntervalMs * (1 + random.next() / 10), () => this.#tick());
  }

  #tick(): void {
    this.#cancelTick = undefined;
    const { hub, headers } = this.#options;
    const { revision } = hub;
    let ticking = false;
    for (const watch of this.#watches.values()) {
      if (!watch.progressNotify) continue;
      ticking = true;
      const sent = watch.sentSinceTick;
      watch.sentSinceTick = false;
      if (this.#revokeIfDenied(watch)) continue;
      if (sent || !hub.hasAll(watch.watcher) || watch.watcher.next > revision + 1 || !this.#queue.hasRoom) continue;
      this.#queue.push(control(headers, { revision, watchId: watch.id }));
    }
    if (ticking) this.#startTicking();
  }
}
