import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';
import { LongCommand, type ApplyProgress } from './long-command.js';

/** A call that waits for the log, an index or a revision. */
export interface PendingCall {
  readonly call: CallContext;
  /** The caller asked to wait: only its own deadline counts, if it has one. */
  readonly patient?: boolean;
  /** Called once at the deadline, on cancellation, or when the member stops. */
  readonly expire: (why: 'timeout' | 'cancelled' | 'stopped') => void;
  /** Belongs to `PendingCalls`: the call's place there while it waits, otherwise absent or −1. */
  place?: number;
}

/** Interval between checks of the waiting calls, in ms: the precision of their time limits. */
const SWEEP_MS = 100;
/** Bound on a wait that long commands extend, in ms. */
export const EXTENDED_WAIT_MS_MAX = 60_000;

/**
 * All waiting calls, with their deadlines. They share one timer, as a timer per call costs more than the call.
 *
 * The time that the store spends on one long command does not count towards the member's limit, as all other calls wait
 * behind it: a caller would hear "timed out" of a cluster that works. A call's own deadline always counts.
 */
export class PendingCalls {
  readonly #clock: Clock;
  /** Longest wait of a call, in ms, whatever its deadline, unless it is patient and has one. */
  readonly #limitMs: number;
  /** In no particular order: the last one takes the place of one that is removed. A Map would cost more (IntegerTable). */
  readonly #calls: PendingCall[] = [];
  /** The deadline of each, in ms of the clock. */
  readonly #deadlines: number[] = [];
  /** The latest possible deadlines of the calls that were extended. */
  readonly #latest = new Map<PendingCall, number>();
  readonly #command: LongCommand | undefined;
  #sweeping = false;
  #sweptMs = 0;
  #stopped = false;

  /** @param options.store if set, its long commands extend waits */
  constructor(options: { clock: Clock; limitMs: number; store?: ApplyProgress }) {
    this.#clock = options.clock;
    this.#limitMs = options.limitMs;
    this.#command = options.store && new LongCommand(options.store);
  }

  get size(): number {
    return this.#calls.length;
  }

  /** Adds a call, which must not wait yet. Expires it at once if the member has stopped. */
  add(pending: PendingCall): void {
    if (this.#stopped) return pending.expire('stopped');
    const remainingMs = pending.call.remainingMs() ?? this.#limitMs;
    const left = pending.patient === true ? remainingMs : Math.min(this.#limitMs, remainingMs);
    pending.place = this.#calls.length;
    this.#calls.push(pending);
    this.#deadlines.push(this.#clock.now() + left);
    if (!this.#sweeping) this.#arm();
  }

  /** Removes a call. @returns whether it was still waiting */
  remove(pending: PendingCall): boolean {
    if (this.#latest.size > 0) this.#latest.delete(pending);
    const { place = -1 } = pending;
    if (place < 0) return false;
    pending.place = -1;
    const last = this.#calls.pop();
    const deadlineMs = this.#deadlines.pop();
    if (last === undefined || deadlineMs === undefined || last === pending) return true;
    last.place = place;
    this.#calls[place] = last;
    this.#deadlines[place] = deadlineMs;
    return true;
  }

  /** Ends every waiting call, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    for (const pending of this.#calls.slice()) this.#expire(pending, 'stopped');
  }

  #arm(): void {
    this.#sweeping = true;
    this.#sweptMs = this.#clock.now();
    this.#clock.timeout(SWEEP_MS, () => {
      this.#sweeping = false;
      this.#sweep();
      if (this.#calls.length > 0) this.#arm();
    });
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    if (this.#command?.isInProgress(nowMs) === true) this.#extend(nowMs, nowMs - this.#sweptMs);
    const over = this.#calls.filter(({ call }, place) => call.cancelled || (this.#deadlines[place] ?? 0) <= nowMs);
    for (const pending of over) this.#expire(pending, pending.call.cancelled ? 'cancelled' : 'timeout');
  }

  #extend(nowMs: number, byMs: number): void {
    for (const [place, pending] of this.#calls.entries()) {
      const deadlineMs = this.#deadlines[place] ?? nowMs;
      const latestMs = this.#latest.get(pending) ?? deadlineMs + Math.max(0, EXTENDED_WAIT_MS_MAX - this.#limitMs);
      this.#latest.set(pending, latestMs);
      const ownMs = nowMs + (pending.call.remainingMs() ?? Infinity);
      this.#deadlines[place] = Math.min(deadlineMs + byMs, latestMs, ownMs);
    }
  }

  #expire(pending: PendingCall, why: 'timeout' | 'cancelled' | 'stopped'): void {
    if (this.remove(pending)) pending.expire(why);
  }
}
