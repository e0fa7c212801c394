import { setTimeout as delay } from 'node:timers/promises';
import { withEither } from '../../util/abort.js';
import { assert, defined } from '../../util/assert.js';
import { randomInteger } from '../../util/random.js';
import type { Random } from '../../util/random.js';
import { AUTHENTICATE } from '../auth/methods.js';
import { Tokens } from '../auth/tokens.js';
import type { Credentials } from '../auth/tokens.js';
import { invalidArgument, RaftKvError, withCaller } from '../errors.js';
import { TransportSecurity } from '../tls/transport-security.js';
import type { TlsOptions } from '../tls/tls-options.js';
import type { Connection, OnAttempt } from './connection.js';
import { Connections } from './connections.js';
import { cancelledError, closedError } from './ended-errors.js';
import {
  isAnswer,
  isAuthOff,
  isLearnerRefusal,
  isResult,
  isTooStale,
  isUnreachable,
  isWorthAnotherMember,
} from './failures.js';
import { noneReached, withAnswer, withUnknownFate } from './final-error.js';
import type { Method } from './method.js';

/** Options of every call. */
export interface CallOptions {
  /** Longest duration of the call, with all attempts and pauses, in ms. Default: the client's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** Cancels the call, which then rejects as `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface AttemptedCallOptions extends CallOptions {
  /** Called before each attempt. */
  readonly onAttempt?: () => void;
  /** Gives up after this time if no member has answered by then, in ms. Default: `timeoutMs`. */
  readonly silenceMs?: number;
}

export interface DispatcherOptions {
  readonly endpoints: readonly string[];
  /** Longest duration of a call without a `timeoutMs` of its own, in ms. */
  readonly timeoutMs: number;
  /** Longest wait for one connection to be made, in ms. */
  readonly connectTimeoutMs: number;
  /** How long to keep trying while no member accepts a connection, in ms. */
  readonly unreachableMs: number;
  readonly random: Random;
  /** Undefined: plain connections, except to endpoints that begin with https. */
  readonly tls?: TlsOptions | undefined;
  /** Called after each attempt of a call. */
  readonly onAttempt?: OnAttempt | undefined;
}

const PAUSE_MS = { first: 50, longest: 500 };
/** Rounds over the members after which a stale read fails if none of them is fresh enough: its caller chose not to wait. */
const STALE_ROUNDS = 2;
/** Limit of the time of a log-in, in time limits of a call. */
const LOG_IN_TIMEOUTS_MAX = 4;
/** With less time left than this, in ms, a repeat could only turn a proven failure into a doubtful one. */
const LEAST_ATTEMPT_MS = 5;

/**
 * Sends a call to a member that can answer it. Tries the members in turn, starting with the one that answered last.
 *
 * Repeats a call only where that is safe: a read always, a write only after a failure that proves that it was not
 * applied, or in a session. After any other failure of a write a repeat could apply it twice, so the caller decides.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #members: Connections;
  /** Whether the client has a user, so that a refused token can be renewed. */
  readonly hasUser: boolean;
  readonly #closing = new AbortController();

  /** @throws RaftKvError `invalid-argument` for a malformed endpoint or unusable certificates */
  constructor(options: DispatcherOptions, credentials?: Credentials) {
    if (!Array.isArray(options.endpoints)) throw invalidArgument('endpoints must be a list of host:port');
    if (options.endpoints.length === 0) throw invalidArgument('no endpoint is given');
    this.#options = options;
    this.hasUser = credentials !== undefined;
    this.#members = new Connections(options.endpoints, {
      security: new TransportSecurity(options.tls),
      tokens: credentials === undefined ? undefined : new Tokens(() => this.#authenticate(credentials)),
      onAttempt: options.onAttempt,
    });
  }

  /** Longest duration of a call without a `timeoutMs` of its own, in ms. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  get endpoints(): readonly string[] {
    return this.#members.all.map(({ endpoint }) => endpoint);
  }

  get settings(): Omit<DispatcherOptions, 'tls'> {
    return this.#options;
  }

  /** Aborted once the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The endpoints of a list, without those that lead to the same address in the same way as another. */
  distinct(endpoints: readonly string[]): readonly string[] {
    return this.#members.distinct(endpoints);
  }

  /** The connections in turn, starting with the one that answered last. For streams, which choose a member themselves. */
  connection(attempt: number): Connection {
    return this.#members.nth(attempt);
  }

  /** @throws RaftKvError, whose stack leads to the caller: that of its cause ends in the transport */
  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptedCallOptions = {},
  ): Promise<Response> {
    const { unreachableMs } = this.#options;
    try {
      return await this.#run({ method, request, options, connections: this.#members.all, unreachableMs });
    } catch (error) {
      throw withCaller(error);
    }
  }

  /** Calls the member at the endpoint, which need not be one of the client's. @throws RaftKvError, as `call` */
  async callMember<Request, Response>(
    endpoint: string,
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const known = this.#members.known(endpoint);
    const run = { method, request, options, unreachableMs: 0 };
    const visited = known === undefined ? this.#members.visit(endpoint) : undefined;
    try {
      return await this.#run({ ...run, connections: [known ?? defined(visited, 'connection')] });
    } catch (error) {
      throw withCaller(error);
    } finally {
      visited?.close();
    }
  }

  /**
   * A call that is answered by a stream, from the member at the endpoint or the first that answers. A stream that has
   * started is not repeated. @throws RaftKvError
   */
  async *stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions & { readonly endpoint?: string },
  ): AsyncGenerator<Response, void, undefined> {
    const { endpoint, signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const { connectTimeoutMs } = this.#options;
    const attempt = { deadlineMs: performance.now() + timeoutMs, connectTimeoutMs, signal, kind: method.kind };
    const known = endpoint === undefined ? undefined : this.#members.known(endpoint);
    const visited = endpoint === undefined || known !== undefined ? undefined : this.#members.visit(endpoint);
    const single = known ?? visited;
    const candidates = single === undefined ? this.#members.inTurn() : [single];
    let reached = false;
    try {
      for (const [position, connection] of candidates.entries()) {
        this.checkOpen(signal);
        let started = false;
        try {
          for await (const answer of connection.stream(method, request, attempt)) {
            started = true;
            yield answer;
          }
          return;
        } catch (error) {
          if (started || !(error instanceof RaftKvError) || !isWorthAnotherMember(error)) throw error;
          reached ||= !isUnreachable(error);
          if (position < candidates.length - 1) continue;
          throw reached ? error : noneReached(error, candidates);
        }
      }
    } finally {
      visited?.close();
    }
  }

  /** The failure of a call or stream that no member could be reached for. It names all endpoints. */
  noneReached(last: RaftKvError): RaftKvError {
    return noneReached(last, this.#members.all);
  }

  /** Cancels all calls in progress, and begins no others but a farewell. */
  end(): void {
    this.#closing.abort();
    this.#members.end();
  }

  /** After `end`: a last call to the first member with a connection. Its outcome is of no concern. */
  async farewell<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    timeoutMs: number,
  ): Promise<void> {
    for (const connection of this.#members.inTurn()) {
      if (await connection.farewell(method, request, timeoutMs)) return;
    }
  }

  close(): void {
    this.end();
    this.#members.close();
  }

  /** The token of the user; undefined if the cluster has no authentication. @throws RaftKvError */
  async #authenticate({ user, password }: Credentials): Promise<string | undefined> {
    // A busy member may take longer to hash a password than its share of the time. Each later round has twice the time;
    // calls do not wait beyond their own limits, and one of the next finds the token.
    for (let timeouts = 1; ; timeouts *= 2) {
      try {
        const options = { timeoutMs: timeouts * this.#options.timeoutMs };
        return (await this.call(AUTHENTICATE, { name: user, password }, options)).token;
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        if (isAuthOff(error)) return undefined;
        if (error.code !== 'deadline-exceeded' || timeouts >= LOG_IN_TIMEOUTS_MAX) throw error;
      }
    }
  }

  async #run<Request, Response>(run: Run<Request, Response>): Promise<Response> {
    const outcome = { isUncertain: false };
    try {
      return await this.#attempts(run, outcome);
    } catch (error) {
      const isOpen = outcome.isUncertain && error instanceof RaftKvError && !isResult(error);
      throw isOpen ? withUnknownFate(error) : error;
    }
  }

  /** @param outcome told of each attempt that may have been applied */
  async #attempts<Request, Response>(
    run: Run<Request, Response>,
    outcome: { isUncertain: boolean },
  ): Promise<Response> {
    const { method, request, options, connections } = run;
    const startMs = performance.now();
    const deadlineMs = startMs + (options.timeoutMs ?? this.#options.timeoutMs);
    const silenceEndMs = startMs + (options.silenceMs ?? Number.POSITIVE_INFINITY);
    const shared = connections === this.#members.all;
    const first = shared ? this.#members.preferred : 0;
    let reached = false;
    let answer: RaftKvError | undefined;
    let silent = false;
    let learners = 0;
    let insecure = 0;
    for (let attempt = 0; ; attempt++) {
      this.checkOpen(options.signal);
      const index = (first + attempt) % connections.length;
      const connection = defined(connections[index], 'connection');
      const leftInRound = connections.length - (attempt % connections.length);
      const limitMs = answer === undefined ? Math.min(deadlineMs, silenceEndMs) : deadlineMs;
      // A member that hangs gets its share of the time only, so that a read has some left for the other members.
      const endMs = method.kind === 'read' || method.once === true ? share(limitMs, leftInRound) : limitMs;
      const tooStale = answer !== undefined && isTooStale(answer);
      options.onAttempt?.();
      try {
        const response = await connection.attempt(method, request, {
          deadlineMs: tooStale ? Math.min(endMs, performance.now() + this.#options.connectTimeoutMs) : endMs,
          connectTimeoutMs: this.#options.connectTimeoutMs,
          signal: options.signal,
          kind: method.kind,
        });
        if (shared) this.#members.preferred = index;
        return response;
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        if (shared && isWorthAnotherMember(error) && this.#members.preferred === index)
          this.#members.preferred = (index + 1) % connections.length;
        // A learner's refusal says nothing about the cluster.
        if (isLearnerRefusal(error)) learners++;
        else if (isAnswer(error)) answer = error;
        if (error.fate === 'unknown') outcome.isUncertain = true;
        const mayRepeat = error.fate !== 'unknown' || method.once === true;
        if (!mayRepeat || !isWorthAnotherMember(error)) throw withAnswer(error, answer);
        if (error.code === 'tls-failed') insecure++;
        reached ||= !isUnreachable(error);
        silent ||= error.code === 'deadline-exceeded';
        if (leftInRound === 1) {
          if (learners === connections.length) throw error;
          // To wait does not make certificates valid.
          if (insecure === connections.length) throw noneReached(error, connections);
          learners = 0;
          insecure = 0;
          // A member that hangs has used its share of the time, and would use another.
          const lastRound = silent || attempt + 1 >= STALE_ROUNDS * connections.length;
          if (answer !== undefined && isTooStale(answer) && lastRound) throw answer;
          if (!reached && performance.now() - startMs >= run.unreachableMs) throw noneReached(error, connections);
          await this.pause(attempt / connections.length, { deadlineMs: limitMs, signal: options.signal });
        }
        const giveUpMs = answer === undefined ? Math.min(deadlineMs, silenceEndMs) : deadlineMs;
        if (giveUpMs - performance.now() < LEAST_ATTEMPT_MS) {
          throw reached ? withAnswer(error, answer) : noneReached(error, connections);
        }
      }
    }
  }

  /** @throws RaftKvError if the client is closed or the caller has cancelled */
  checkOpen(signal: AbortSignal | undefined): void {
    if (this.#closing.signal.aborted) throw closedError('not-applied');
    if (signal?.aborted === true) throw cancelledError('not-applied', signal);
  }

  /** The pause between two rounds over the members: it grows, and is random, so that clients do not fall into step. */
  async pause(
    round: number,
    { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<void> {
    const ceilingMs = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** Math.floor(round));
    const pauseMs = randomInteger(this.#options.random, Math.ceil(ceilingMs / 2), ceilingMs + 1);
    const leftMs = Math.max(0, deadlineMs - performance.now());
    await withEither([signal, this.#closing.signal], async (stop) => {
      try {
        await delay(Math.min(pauseMs, leftMs), undefined, { signal: stop });
      } catch (error) {
        // An aborted pause ends early, and the next checkOpen reports why. A timer fails for no other reason.
        assert(stop.aborted, `a timer failed: ${String(error)}`);
      }
    });
  }
}

interface Run<Request, Response> {
  readonly method: Method<Request, Response>;
  readonly request: Request;
  readonly options: AttemptedCallOptions;
  readonly connections: readonly Connection[];
  /** How long to keep trying while none of them accepts a connection, in ms. */
  readonly unreachableMs: number;
}

/** The end of an attempt that leaves an equal share of the time to each member still to be tried. */
function share(deadlineMs: number, members: number): number {
  const nowMs = performance.now();
  return nowMs + Math.max(0, deadlineMs - nowMs) / members;
}
