import type { Random } from '../util/random.js';
import type { CallAttempt } from './calls/connection.js';
import type { DispatcherOptions } from './calls/dispatcher.js';
import type { Consistency } from './keys/range.js';
import type { Credentials } from './auth/tokens.js';
import { invalidArgument } from './errors.js';
import type { TlsOptions } from './tls/tls-options.js';

export interface ClientOptions {
  /**
   * Members, as host:port, http://host:port, https://host:port or unix:///path. The client uses any of them; several allow
   * for failures. Without a scheme, connections use TLS if `tls` is given.
   */
  readonly endpoints: readonly string[];
  /** How connections use TLS. Default: not, except for endpoints that begin with https. */
  readonly tls?: TlsOptions;
  /**
   * The user whose permissions calls have. The client authenticates at first use, and again when its token is no longer
   * accepted. A cluster without authentication ignores it. Needs `password`.
   */
  readonly user?: string;
  readonly password?: string;
  /** The consistency of reads that specify none. Default: `default`. */
  readonly consistency?: Consistency;
  /**
   * Whether writes are sent in a session, in which the server applies each of them once, so that they are repeated after lost
   * answers. A server without sessions, as etcd, is recognized at the first write. Default true.
   */
  readonly sessions?: boolean;
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
    tls: options.tls,
    random: options.random ?? { next: Math.random },
    onAttempt: options.onAttempt,
  };
}

/** The user; undefined without one. @throws RaftKvError `invalid-argument` unless both name and password are given */
export function credentialsOf({ user, password }: ClientOptions): Credentials | undefined {
  if (user === undefined && password === undefined) return undefined;
  if (typeof user !== 'string' || user === '') throw invalidArgument('a password needs the name of its user');
  if (typeof password !== 'string' || password === '')
    throw invalidArgument('a user needs a password that is not empty');
  return { user, password };
}
