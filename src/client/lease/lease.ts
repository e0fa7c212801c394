import { EventEmitter } from 'node:events';
import type { AttemptedCallOptions, CallOptions } from '../calls/dispatcher.js';
import { afterReading } from '../../util/reading-timer.js';
import { hex64 } from '../../util/integer.js';
import { closedError } from '../calls/ended-errors.js';
import { RaftKvError } from '../errors.js';
import type { LeaseKeeper, Renewal } from './lease-keeper.js';
import type { LeaseKeepAliveResult, LeaseTimeToLiveResult } from './lease-requests.js';

export interface LeaseOptions {
  /** The lease's id, not 0n. Default: the server chooses one. */
  readonly id?: bigint;
  /** Called after each renewal. */
  readonly onRenewed?: (answer: LeaseKeepAliveResult) => void;
}

export interface LeaseSource {
  readonly keeper: LeaseKeeper;
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** When the call that granted or renewed it was sent, on the monotonic clock, in ms. */
  readonly sinceMs: number;
  readonly onRenewed: LeaseOptions['onRenewed'];
  readonly revoke: (options: AttemptedCallOptions) => Promise<void>;
  readonly timeToLive: (options: CallOptions) => Promise<LeaseTimeToLiveResult>;
}

/** Renewals within one TTL, so that two may fail. */
const RENEWALS = 3;
/** Longest wait for a renewal before another member is tried, in ms. */
const ANSWER_MS_MAX = 5_000;
/**
 * Disposal gives up after this time if no member has answered by then, in ms: a program must not hang at the end of a
 * block because the cluster is unreachable. The lease then expires by itself.
 */
const DISPOSAL_SILENCE_MS = 1_000;
/** Longest single timer, in ms. Node's limit is 2^31−1. */
const TIMER_MS_MAX = 3_600_000;

export interface LeaseEvents {
  /** The lease has ended, or may have. Emitted at most once. */
  lost: [reason: RaftKvError];
  /** The lease was renewed. */
  renewed: [answer: LeaseKeepAliveResult];
}

/**
 * A lease that the client renews in the background, at any member that answers, until it is revoked or released:
 *
 *     await using lease = await client.lease(10);
 *     await client.put('workers/me', 'here', { lease });
 *
 * It is lost when the cluster reports that it has ended (`lease-lost`), or when no renewal has succeeded for a whole TTL,
 * counted from the sending of the last one that did (`deadline-exceeded`). Until then the lease exists, as far as clocks can
 * be trusted. The event `lost`, the promise `lost` and `signal` report the loss.
 */
export class Lease extends EventEmitter<LeaseEvents> implements AsyncDisposable {
  readonly id: bigint;
  /** In seconds. */
  readonly ttlSeconds: number;
  /** Resolves with the reason when the lease is lost, and otherwise never. */
  readonly lost: Promise<RaftKvError>;
  readonly #source: LeaseSource;
  readonly #renewal: Renewal;
  readonly #abort = new AbortController();
  #sinceMs: number;
  /** When the pending renewal was sent, on the monotonic clock, in ms. */
  #sentMs = 0;
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
    this.#renewal = {
      id,
      sent: () => this.#sent(),
      answered: (answer) => this.#answered(answer),
      refused: () => this.#refused(),
      closed: () => this.#lose(closedError('not-applied')),
    };
    keeper.add(this.#renewal);
    this.#armRenewal();
    this.#armEnd();
  }

  /** Aborted when the lease is lost; the reason is a RaftKvError. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The remaining time and the attached keys. @throws RaftKvError */
  async timeToLive(options: CallOptions = {}): Promise<LeaseTimeToLiveResult> {
    return await this.#source.timeToLive(options);
  }

  /** Whether the cluster has reported its end: it was revoked here, or the cluster did not know it any more. */
  get hasEnded(): boolean {
    if (this.#revoked) return true;
    const reason: unknown = this.signal.reason;
    return reason instanceof RaftKvError && reason.code === 'lease-lost';
  }

  /** Stops renewing the lease, which then expires by itself. */
  release(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#renewTimer);
    this.#stopAnswer();
    this.#stopEnd();
    this.#source.keeper.release(this.#renewal);
  }

  /** Ends the lease and deletes its keys. A lease that has ended already is not an error. @throws RaftKvError */
  async revoke(options: CallOptions = {}): Promise<void> {
    await this.#revoke(options);
  }

  /** Revokes the lease, or leaves it to expire if no member answers within a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#revoke({ silenceMs: DISPOSAL_SILENCE_MS });
    } catch (error) {
      // The lease is not renewed any more, so it expires by itself.
      if (!(error instanceof RaftKvError)) throw error;
    }
  }

  async #revoke(options: AttemptedCallOptions): Promise<void> {
    this.release();
    if (this.#revoked || this.signal.aborted) return;
    await this.#source.revoke(options);
    this.#revoked = true;
  }

  get #ttlMs(): number {
    return this.ttlSeconds * 1000;
  }

  /** @param sinceMs when the last renewal was sent, on the monotonic clock, in ms */
  #armRenewal(sinceMs = this.#sinceMs): void {
    const dueMs = sinceMs + this.#ttlMs / RENEWALS;
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, dueMs - performance.now()));
    this.#renewTimer = setTimeout(() => this.#source.keeper.renew(this.#renewal), delayMs);
  }

  #armEnd(): void {
    const leftMs = this.#sinceMs + this.#ttlMs - performance.now();
    this.#stopEnd = afterReading(Math.min(TIMER_MS_MAX, Math.max(0, leftMs)), () => {
      if (performance.now() < this.#sinceMs + this.#ttlMs) return this.#armEnd();
      this.#lose(this.#unrenewed());
    });
  }

  /** The reason of a loss without word from the cluster: the lease may have ended. */
  #unrenewed(): RaftKvError {
    const why = `no renewal succeeded for ${this.ttlSeconds} s${this.#source.keeper.lastFailure}`;
    const message = `lease ${hex64(this.id)} is lost: ${why}`;
    return new RaftKvError({ code: 'deadline-exceeded', message, fate: 'not-applied', retryable: false });
  }

  #sent(): void {
    this.#sentMs = performance.now();
    this.#stopAnswer();
    const waitMs = Math.min(ANSWER_MS_MAX, this.#ttlMs / RENEWALS);
    this.#stopAnswer = afterReading(waitMs, () => this.#source.keeper.stalled());
  }

  #answered(answer: LeaseKeepAliveResult): void {
    this.#stopAnswer();
    if (this.#over) return;
    if (answer.ttlSeconds <= 0) return this.#lose(leaseEndedError(this.id));
    this.#sinceMs = this.#sentMs;
    this.#stopEnd();
    this.#armEnd();
    this.#armRenewal();
    this.#source.onRenewed?.(answer);
    this.emit('renewed', answer);
  }

  /** The user may not write all keys of the lease. The permission may come back before it ends. */
  #refused(): void {
    this.#stopAnswer();
    if (!this.#over) this.#armRenewal(this.#sentMs);
  }

  #lose(reason: RaftKvError): void {
    if (this.#over) return;
    this.release();
    this.#abort.abort(reason);
    this.emit('lost', reason);
  }
}

/** The error of a lease that the cluster reports as ended. */
export function leaseEndedError(id: bigint): RaftKvError {
  const message = `lease ${hex64(id)} is lost: it has expired or was revoked`;
  return new RaftKvError({ code: 'lease-lost', message, fate: 'not-applied', retryable: false });
}
