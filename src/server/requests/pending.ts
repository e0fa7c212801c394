import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';

/** A call that waits for something: the log, an index, a revision. */
export interface PendingCall {
  readonly call: CallContext;
  /** The caller asked to wait: its own deadline counts, if it has one, even past the limit of others. */
  readonly patient?: boolean;
  /** Called once if time runs out, the caller goes, or the member stops. */
  readonly expire: (why: 'timeout' | 'cancelled' | 'stopped') => void;
}

interface Entry extends PendingCall {
  readonly deadlineMs: number;
}

/** How often waiting calls are looked through, in ms: the grain of a time limit of seconds. */
const SWEEP_MS = 100;

/**
 * Every call that waits, with the time at which it stops waiting. One timer for all of them: a timer a call costs more
 * than the call.
 */
export class PendingCalls {
  readonly #clock: Clock;
  /** The longest that a call waits, in ms, whatever its own deadline; a patient one with a deadline aside. */
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

  /** The answer takes the call off the list; it says whether it still was on it. */
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
