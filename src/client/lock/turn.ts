import { withEither } from '../../util/abort.js';
import { compare } from '../keys/txn.js';
import type { Comparison } from '../keys/txn.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { RaftKvError, withCaller } from '../errors.js';
import { withUnknownFate } from '../calls/final-error.js';
import { isLeaseGone, isUnreachable, isWorthAnotherMember } from '../calls/failures.js';
import type { Lease } from '../lease/lease.js';
import type { Method } from '../calls/method.js';

export interface TurnOptions extends CallOptions {
  /** Longest wait, in ms. Default: without limit. */
  readonly timeoutMs?: number;
  /** TTL of the lease, in seconds: the time after which a dead holder loses it. Default 10. */
  readonly ttlSeconds?: number;
}

const TTL_SECONDS = 10;
/** A member that has lost its leader ends the call, which continues at another. */
const METADATA = { hasleader: 'true' };

/** The first place in a queue. */
export interface Place {
  readonly key: Buffer;
  /** The revision that created the key. */
  readonly revision: number;
}

/** Grants a lease and keeps it alive. */
export type Grant = (ttlSeconds: number, options: CallOptions) => Promise<Lease>;

export interface TurnSource<Request, Response> {
  readonly dispatcher: Dispatcher;
  readonly grant: Grant;
  readonly method: Method<Request, Response>;
  readonly request: (lease: Lease) => Request;
  /** The place that the answer reports; undefined if its key has been deleted meanwhile. */
  readonly toPlace: (answer: Response, options: CallOptions) => Promise<Place | undefined>;
}

/**
 * Waits for a turn in a queue that the cluster keeps, at one member after another. Each attempt has a lease of its own and
 * revokes it on failure, so that a place left by an attempt whose connection broke does not block the next attempt.
 * @throws RaftKvError with the fate `unknown` if an attempt may have a place in the queue until its lease expires
 */
export async function takeTurn<Request, Response>(
  source: TurnSource<Request, Response>,
  options: TurnOptions,
): Promise<Taken> {
  const left = { places: 0 };
  try {
    return await attempts(source, options, left);
  } catch (error) {
    throw left.places > 0 && error instanceof RaftKvError ? withUnknownFate(error) : error;
  }
}

interface Taken {
  readonly lease: Lease;
  readonly place: Place;
}

/** @param left counts the attempts whose place may still be in the queue, as the end of their lease is not confirmed */
async function attempts<Request, Response>(
  source: TurnSource<Request, Response>,
  { ttlSeconds = TTL_SECONDS, timeoutMs = Number.POSITIVE_INFINITY, signal }: TurnOptions,
  left: { places: number },
): Promise<Taken> {
  const { dispatcher, method, request, toPlace } = source;
  const deadlineMs = performance.now() + timeoutMs;
  const members = dispatcher.endpoints.length;
  for (let attempt = 0; ; attempt++) {
    const leftMs = Math.min(dispatcher.timeoutMs, Math.max(0, deadlineMs - performance.now()));
    const call: CallOptions = { timeoutMs: leftMs, ...(signal === undefined ? {} : { signal }) };
    const lease = await source.grant(ttlSeconds, call);
    try {
      // A turn whose lease is lost is worthless.
      const answer = await withEither([signal, lease.signal], (either) =>
        dispatcher.connection(attempt).attempt(method, request(lease), {
          deadlineMs,
          connectTimeoutMs: dispatcher.settings.connectTimeoutMs,
          signal: either,
          kind: method.kind,
          metadata: METADATA,
        }),
      );
      const place = await toPlace(answer, call);
      if (place !== undefined && !lease.signal.aborted) return { lease, place };
      await lease[Symbol.asyncDispose]();
    } catch (error) {
      const wasLost = lease.signal.aborted;
      await lease[Symbol.asyncDispose]();
      const isSent = !(error instanceof RaftKvError && isUnreachable(error));
      if (isSent && !lease.hasEnded) left.places += 1;
      dispatcher.checkOpen(signal);
      if (!(error instanceof RaftKvError) || performance.now() >= deadlineMs) throw withCaller(error);
      if (!wasLost && !isWorthAnotherMember(error) && !isLeaseGone(error)) throw withCaller(error);
    }
    if (attempt % members === members - 1) {
      await dispatcher.pause(Math.floor(attempt / members), { deadlineMs, signal });
    }
    dispatcher.checkOpen(signal);
  }
}

/** A lock or a leadership, held until it is given back or its lease is lost. */
export class Turn implements AsyncDisposable {
  readonly lease: Lease;
  /** The key of its place in the queue. */
  readonly key: Buffer;
  /**
   * The fencing token: the revision that created the key, larger than that of every earlier holder. A guarded resource
   * should refuse smaller tokens, because a stalled holder does not notice that its lease has ended.
   */
  readonly revision: number;

  constructor({ lease, place }: { readonly lease: Lease; readonly place: Place }) {
    this.lease = lease;
    this.key = place.key;
    this.revision = place.revision;
  }

  /** Aborted with a RaftKvError when it is lost; not when it is given back. */
  get signal(): AbortSignal {
    return this.lease.signal;
  }

  /** Resolves with the reason when it is lost, and otherwise never. */
  get lost(): Promise<RaftKvError> {
    return this.lease.lost;
  }

  /** A condition for transactions that must apply only while it is held. */
  isHeld(): Comparison {
    return compare.createRevision(this.key, '=', this.revision);
  }

  /** Gives it back, as the lease's own disposal does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.lease[Symbol.asyncDispose]();
  }
}
