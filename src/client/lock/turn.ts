import { withEither } from '../../util/abort.js';
import { compare } from '../keys/txn.js';
import type { Comparison } from '../keys/txn.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { RaftKvError } from '../errors.js';
import { isLeaseGone } from '../calls/failures.js';
import type { Lease } from '../lease/lease.js';
import type { Method } from '../calls/methods.js';

export interface TurnOptions extends CallOptions {
  /** How long to wait for the turn, in ms. Default: as long as it takes. */
  readonly timeoutMs?: number;
  /** Of the lease that it is held by, in seconds: so long after its holder has died it passes on. Default 10. */
  readonly ttlSeconds?: number;
}

const TTL_SECONDS = 10;
/** A member that is cut off ends the call, which goes on at another. */
const METADATA = { hasleader: 'true' };

/** What is known of a key whose turn has come. */
export interface Held {
  readonly key: Buffer;
  /** That created the key. */
  readonly revision: number;
}

/** Grants a lease that is kept alive. */
export type Grant = (ttlSeconds: number, options: CallOptions) => Promise<Lease>;

export interface TurnSource<Request, Response> {
  readonly dispatcher: Dispatcher;
  readonly grant: Grant;
  readonly method: Method<Request, Response>;
  readonly request: (lease: Lease) => Request;
  /** What the answer says of the key; undefined where that is gone already. */
  readonly toHeld: (answer: Response, options: CallOptions) => Promise<Held | undefined>;
}

/**
 * Waits for a turn in a queue that the cluster keeps, through whichever member answers. Each attempt has a lease of its
 * own, which ends with it: what became of an attempt whose connection broke can then neither hold up nor harm the next.
 * @throws RaftKvError
 */
export async function takeTurn<Request, Response>(
  source: TurnSource<Request, Response>,
  { ttlSeconds = TTL_SECONDS, timeoutMs = Number.POSITIVE_INFINITY, signal }: TurnOptions,
): Promise<{ readonly lease: Lease; readonly held: Held }> {
  const { dispatcher, method, request, toHeld } = source;
  const deadlineMs = performance.now() + timeoutMs;
  const members = dispatcher.endpoints.length;
  for (let attempt = 0; ; attempt++) {
    const leftMs = Math.min(dispatcher.timeoutMs, Math.max(0, deadlineMs - performance.now()));
    const call: CallOptions = { timeoutMs: leftMs, ...(signal === undefined ? {} : { signal }) };
    const lease = await source.grant(ttlSeconds, call);
    try {
      // Nobody gets a turn by a lease that is lost.
      const answer = await withEither([signal, lease.signal], (either) =>
        dispatcher.connection(attempt).attempt(method, request(lease), {
          deadlineMs,
          connectTimeoutMs: dispatcher.settings.connectTimeoutMs,
          signal: either,
          kind: method.kind,
          metadata: METADATA,
        }),
      );
      const held = await toHeld(answer, call);
      if (held !== undefined && !lease.signal.aborted) return { lease, held };
      await lease[Symbol.asyncDispose]();
    } catch (error) {
      const wasLost = lease.signal.aborted;
      await lease[Symbol.asyncDispose]();
      dispatcher.checkOpen(signal);
      if (!(error instanceof RaftKvError) || performance.now() >= deadlineMs) throw error;
      if (!wasLost && !error.retryable && !isLeaseGone(error)) throw error;
    }
    if (attempt % members === members - 1) {
      await dispatcher.pause(Math.floor(attempt / members), { deadlineMs, signal });
    }
    dispatcher.checkOpen(signal);
  }
}

/** A turn that has come: it lasts until it is given back, or its lease is lost. */
export class Turn implements AsyncDisposable {
  readonly lease: Lease;
  /** The key that stands for it. */
  readonly key: Buffer;
  /**
   * The revision that created the key: larger than that of any turn before. What is guarded should refuse smaller ones,
   * for a holder that stands still does not notice that its lease ends.
   */
  readonly revision: number;

  constructor({ lease, held }: { readonly lease: Lease; readonly held: Held }) {
    this.lease = lease;
    this.key = held.key;
    this.revision = held.revision;
  }

  /** Aborted when it is lost, with a RaftKvError; not when it is given back. */
  get signal(): AbortSignal {
    return this.lease.signal;
  }

  /** Resolves with the reason when it is lost. Pends for ever where it is not. */
  get lost(): Promise<RaftKvError> {
    return this.lease.lost;
  }

  /** The condition of a transaction that is to count only while it is held. */
  isHeld(): Comparison {
    return compare.createRevision(this.key, '=', this.revision);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lease[Symbol.asyncDispose]();
  }
}
