import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';

/** A call that waits for the log, an index or a revision. */
export interface PendingCall {
  readonly call: CallContext;
  /** The caller asked to wait: only its own deadline counts, if it has one. */
  readonly patient?: boolean;
  /** Called once at the deadline, on cancellation, or when the member stops. */
  readonly expire: (why: 'timeout' | 'cancelled' | 'stopped') => void;
}

interface Entry extends PendingCall {
  readonly deadlineMs: number;
}

/** Interval between checks of the waiting calls, in ms: the precision of their time limits. */
const SWEEP_MS = 100;

/**
 * All waiting calls, with their deadlines. They share one timer, as a timer per call costs more than the call.
 */
export class PendingCalls {
  readonly #clock: Clock;
  /** Longest wait of a call, in ms, whatever its deadline, unless it is patient and has one. */
  readonly #limitMs: number;
  readonly #entries = new Set<Entry>();
  #sweeping = false;
  #stopped = false;

  constructor(options: { clock: Clock; limitMs: number }) {
    this.#clock = options.clock;
    this.#limitMs = options.limitMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Adds a call. @returns a function that removes it, and returns whether it was still waiting */
  add(pending: PendingCall): () => boolean {
    if (this.#stopped) {
      pending.expire('stopped');
      return () => false;
    }
    const remainingMs = pending.call.remainingMs() ?? this.#limitMs;
    const left = pending.patient === true ? remainingMs : Math.min(this.#limitMs, remainingMs);
    const entry: Entry = { ...pending, deadlineMs: this.#clock.now() + left };
    this.#entries.add(entry);
    if (!this.#sweeping) this.#arm();
    return () => this.#entries.delete(entry);
  }

  /** Ends every waiting call, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    for (const entry of [...this.#entries]) this.#expire(entry, 'stopped');
  }

  #arm(): void {
    this.#sweeping = true;
    this.#clock.timeout(SWEEP_MS, () => {
      this.#sweeping = false;
      this.#sweep();
      if (this.#entries.size > 0) this.#arm();
    });
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const entry of [...this.#entries]) {
      if (entry.call.cancelled) this.#expire(entry, 'cancelled');
      else if (entry.deadlineMs <= nowMs) this.#expire(entry, 'timeout');
    }
  }

  #expire(entry: Entry, why: 'timeout' | 'cancelled' | 'stopped'): void {
    if (this.#entries.delete(entry)) entry.expire(why);
  }
}
