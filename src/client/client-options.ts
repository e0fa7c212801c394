import type { Random } from '../util/random.js';
import type { CallAttempt } from './calls/connection.js';
import type { DispatcherOptions } from './calls/dispatcher.js';
import type { Consistency } from './keys/range.js';

export interface ClientOptions {
  /** Members, as host:port, http://host:port or unix:///path. The client uses any of them; several allow for failures. */
  readonly endpoints: readonly string[];
  /** The consistency of reads that specify none. Default: `default`. */
  readonly consistency?: Consistency;
  /** Longest duration of one call, with repeats, in ms. Default 5000. */
  readonly timeoutMs?: number;
  /** Longest wait for one connection before the next member is tried, in ms. Default 1000. */
  readonly connectTimeoutMs?: number;
  /** How long to keep trying while no member accepts a connection, in ms. Default: no limit but that of the call. */
  readonly unreachableMs?: number;
  /** Randomizes the pauses between repeats. */
  readonly random?: Random;
  /** Called after each attempt of a call, for logs. It must not throw. */
  readonly onAttempt?: (attempt: CallAttempt) => void;
}

/** The dispatcher's options, with the defaults. */
export function dispatcherOptions(options: ClientOptions): DispatcherOptions {
  return {
    endpoints: options.endpoints,
    timeoutMs: options.timeoutMs ?? 5000,
    connectTimeoutMs: options.connectTimeoutMs ?? 1000,
    unreachableMs: options.unreachableMs ?? Number.POSITIVE_INFINITY,
    random: options.random ?? { next: Math.random },
    onAttempt: options.onAttempt,
  };
}
