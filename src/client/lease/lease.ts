import { EventEmitter } from 'node:events';
import type { CallOptions } from '../calls/dispatcher.js';
import { afterReading } from '../../util/reading-timer.js';
import { hex64 } from '../../util/integer.js';
import { closedError } from '../calls/connection.js';
import { RaftKvError } from '../errors.js';
import type { Kept, LeaseKeeper } from './lease-keeper.js';
import type { LeaseKeepAliveResult, LeaseTimeToLiveResult } from './lease-requests.js';

export interface LeaseOptions {
  /** The lease's id, any but 0n. Default: the server chooses one. */
  readonly id?: bigint;
  /** Called whenever the lease has its full time anew. */
  readonly onRenewed?: (answer: LeaseKeepAliveResult) => void;
}

export interface LeaseSource {
  readonly keeper: LeaseKeeper;
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** When the call was sent that gave it its time, on the monotonic clock, in ms. */
  readonly sinceMs: number;
  readonly onRenewed: LeaseOptions['onRenewed'];
  readonly revoke: (options: CallOptions) => Promise<void>;
  readonly timeToLive: (options: CallOptions) => Promise<LeaseTimeToLiveResult>;
}

/** Renewed so often within its time: two renewals may fail. */
const RENEWALS = 3;
/** A member has so long to answer at most, in ms, before another is asked. */
const ANSWER_MS_MAX = 5_000;
/** Node takes no timers of more than 2^31−1 ms. */
const TIMER_MS_MAX = 3_600_000;

export interface LeaseEvents {
  /** It is there no more, or nobody can say so. Comes once. */
  lost: [reason: RaftKvError];
  /** It has its full time anew. */
  renewed: [answer: LeaseKeepAliveResult];
}

/**
 * A lease that is kept alive in the background, through whichever member answers, until it is revoked or released:
 *
 *     await using lease = await client.lease(10);
 *     await client.put('workers/me', 'here', { lease });
 *
 * Whoever relies on it hears `lost`, or watches `signal`, which is aborted with it. That is when the cluster says so
 * (`lease-lost`), or when nobody has renewed it for its whole time (`deadline-exceeded`), counted from the sending of the
 * last renewal that was answered. Until then it is there, as far as clocks can be trusted.
 */
export class Lease extends EventEmitter<LeaseEvents> implements AsyncDisposable {
  readonly id: bigint;
  /** Its full time, in seconds. */
  readonly ttlSeconds: number;
  /** Resolves with the reason when the lease is lost. Pends for ever where it is not. */
  readonly lost: Promise<RaftKvError>;
  readonly #source: LeaseSource;
  readonly #kept: Kept;
  readonly #abort = new AbortController();
  #sinceMs: number;
  /** When the request under way was sent. */
  #askedMs = 0;
  #renewTimer: NodeJS.Timeout | undefined;
  #stopAnswer: () => void = () => undefined;
  #stopEnd: () => void = () => undefined;
  #over = false;
  #revoked = false;

  constructor(source: LeaseSource) {
    super();
    const { keeper, id, ttlSeconds, sinceMs } = source;
    this.#source = source;
    this.id = id;
    this.ttlSeconds = ttlSeconds;
    this.#sinceMs = sinceMs;
    this.lost = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(this.signal.reason as RaftKvError));
    });
    this.#kept = {
      id,
      asked: () => this.#asked(),
      answered: (answer) => this.#answered(answer),
      closed: () => this.#lose(closedError('not-applied')),
    };
    keeper.hold(this.#kept);
    this.#armRenewal();
    this.#armEnd();
  }

  /** Aborted when the lease is lost; the reason is a RaftKvError. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** How much is left of it, and which keys are attached. @throws RaftKvError */
  async timeToLive(options: CallOptions = {}): Promise<LeaseTimeToLiveResult> {
    return await this.#source.timeToLive(options);
  }

  /** Keeps it alive no longer: it runs out by itself. */
  release(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#renewTimer);
    this.#stopAnswer();
    this.#stopEnd();
    this.#source.keeper.release(this.#kept);
  }

  /** Ends it now, and deletes its keys; one that is gone already is no error. @throws RaftKvError */
  async revoke(options: CallOptions = {}): Promise<void> {
    this.release();
    if (this.#revoked || this.signal.aborted) return;
    await this.#source.revoke(options);
    this.#revoked = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.revoke();
    } catch (error) {
      // Nobody can be reached who could end it now. Nobody renews it either: it ends by itself.
      if (!(error instanceof RaftKvError)) throw error;
    }
  }

  get #ttlMs(): number {
    return this.ttlSeconds * 1000;
  }

  #armRenewal(): void {
    const dueMs = this.#sinceMs + this.#ttlMs / RENEWALS;
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, dueMs - performance.now()));
    this.#renewTimer = setTimeout(() => this.#source.keeper.renew(this.#kept), delayMs);
  }

  #armEnd(): void {
    const leftMs = this.#sinceMs + this.#ttlMs - performance.now();
    this.#stopEnd = afterReading(Math.min(TIMER_MS_MAX, Math.max(0, leftMs)), () => {
      if (performance.now() < this.#sinceMs + this.#ttlMs) return this.#armEnd();
      this.#lose(this.#unrenewed());
    });
  }

  /** It may have ended, or be about to. */
  #unrenewed(): RaftKvError {
    const why = `nobody has renewed it for ${this.ttlSeconds} s${this.#source.keeper.lastFailure}`;
    const message = `lease ${hex64(this.id)} is lost: ${why}`;
    return new RaftKvError({ code: 'deadline-exceeded', message, fate: 'not-applied', retryable: false });
  }

  #asked(): void {
    this.#askedMs = performance.now();
    this.#stopAnswer();
    const waitMs = Math.min(ANSWER_MS_MAX, this.#ttlMs / RENEWALS);
    this.#stopAnswer = afterReading(waitMs, () => this.#source.keeper.stalled());
  }

  #answered(answer: LeaseKeepAliveResult): void {
    this.#stopAnswer();
    if (this.#over) return;
    if (answer.ttlSeconds <= 0) return this.#lose(goneError(this.id));
    this.#sinceMs = this.#askedMs;
    this.#stopEnd();
    this.#armEnd();
    this.#armRenewal();
    this.#source.onRenewed?.(answer);
    this.emit('renewed', answer);
  }

  #lose(reason: RaftKvError): void {
    if (this.#over) return;
    this.release();
    this.#abort.abort(reason);
    this.emit('lost', reason);
  }
}

/** The cluster says that there is no such lease. */
export function goneError(id: bigint): RaftKvError {
  const message = `lease ${hex64(id)} is lost: it has expired, or was revoked`;
  return new RaftKvError({ code: 'lease-lost', message, fate: 'not-applied', retryable: false });
}
