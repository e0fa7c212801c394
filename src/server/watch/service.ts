import { etcdserverpb } from '../../gen/proto.js';
import { stream, type Method } from '../../rpc/service.js';
import { Errors } from '../requests/errors.js';
import { WatchBudget } from './budget.js';
import { FlushQueue } from './response-queue.js';
import { WatchStream, type WatchCall, type WatchStreamOptions } from './stream.js';

const { WatchRequest } = etcdserverpb;

export interface WatchServiceOptions extends Omit<
  WatchStreamOptions,
  'budget' | 'queue' | 'onDenied' | 'onEvents' | 'onEnd'
> {
  /** Bound on the watches of this member, on all streams together. */
  readonly watchesOfMemberMax: number;
}

/** Watches that are checked in one turn after users or permissions have changed. */
const RECHECKS_PER_TURN = 1024;
/** Time for it, in ms: the first check of a user merges the permissions of its roles. */
const RECHECK_MS = 5;

/** etcd's Watch service. It reports this member's own state, and needs no quorum. */
export class WatchService {
  readonly #options: WatchServiceOptions;
  readonly #budget: WatchBudget;
  readonly #queue: FlushQueue;
  readonly #streams = new Set<WatchStream>();
  #eventsSent = 0;
  #rechecking = false;
  #recheckAgain = false;
  #stopped = false;

  constructor(options: WatchServiceOptions) {
    this.#options = options;
    this.#budget = new WatchBudget(options.watchesOfMemberMax);
    this.#queue = new FlushQueue(options.clock);
  }

  /** Open streams, events sent on all streams so far, and events queued on open ones. */
  counts(): { readonly streams: number; readonly eventsSent: number; readonly eventsWaiting: number } {
    let eventsWaiting = 0;
    for (const each of this.#streams) eventsWaiting += each.eventsWaiting;
    return { streams: this.#streams.size, eventsSent: this.#eventsSent, eventsWaiting };
  }

  method(): Method {
    return stream('bidi', {
      path: '/etcdserverpb.Watch/Watch',
      decode: (body) => WatchRequest.decode(body),
      handle: (call: WatchCall) => this.#begin(call),
    });
  }

  /** Users, roles or permissions have changed. Watches that lost their permission are cancelled, in slices. */
  authChanged(): void {
    this.#recheckAgain = true;
    if (!this.#rechecking) this.#recheck(this.#allWatches());
  }

  /** The same for watches that were denied an event: in a later turn, as this one delivers events. */
  #denied(): void {
    this.#recheckAgain = true;
    if (this.#rechecking) return;
    this.#rechecking = true;
    this.#options.clock.soon(() => this.#recheck(this.#allWatches()));
  }

  #recheck(watches: Generator<void, void, undefined>): void {
    this.#rechecking = true;
    const { clock } = this.#options;
    const untilMs = clock.now() + RECHECK_MS;
    for (let left = RECHECKS_PER_TURN; left > 0 && clock.now() <= untilMs; left--) {
      if (watches.next().done !== true) continue;
      this.#rechecking = false;
      return;
    }
    clock.soon(() => this.#recheck(watches));
  }

  /** All watches, once more for each change meanwhile. */
  *#allWatches(): Generator<void, void, undefined> {
    while (this.#recheckAgain && !this.#stopped) {
      this.#recheckAgain = false;
      for (const each of this.#streams) yield* each.recheck();
    }
  }

  /** Ends all streams, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    for (const each of this.#streams) each.end(Errors.stopped);
  }

  /** A client that has closed its side still receives events. */
  #begin(call: WatchCall): void {
    if (this.#stopped) return call.fail(Errors.stopped);
    const begun = new WatchStream(call, {
      ...this.#options,
      budget: this.#budget,
      queue: this.#queue,
      onDenied: () => this.#denied(),
      onEvents: (sent) => (this.#eventsSent += sent),
      onEnd: (ended) => this.#streams.delete(ended),
    });
    this.#streams.add(begun);
  }
}
