import { setTimeout as delay } from 'node:timers/promises';
import { withEither } from '../../util/abort.js';
import { assert, defined } from '../../util/assert.js';
import { randomInteger } from '../../util/random.js';
import type { Random } from '../../util/random.js';
import { cancelledError, closedError, Connection, parseEndpoint } from './connection.js';
import { invalidArgument, RaftKvError } from '../errors.js';
import { isAnswer, isLearners, isTooStale, isUnreachable } from './failures.js';
import type { Method } from './methods.js';

/** What every call takes. */
export interface CallOptions {
  /** How long the call may take, attempts and pauses included, in ms. Default: the client's. */
  readonly timeoutMs?: number;
  /** Gives the call up; it rejects as `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface AttemptedCallOptions extends CallOptions {
  /** Called when the request is about to be sent, each time. */
  readonly onAttempt?: () => void;
}

export interface DispatcherOptions {
  readonly endpoints: readonly string[];
  /** Of a call that says none, in ms. */
  readonly timeoutMs: number;
  /** Longest wait for one connection to be made, in ms. */
  readonly connectTimeoutMs: number;
  /** How long to go on where no member accepts a connection, in ms. */
  readonly unreachableMs: number;
  readonly random: Random;
}

const PAUSE_MS = { first: 50, longest: 500 };
/** A stale read is asked for in order not to wait: this many rounds without a member that is fresh enough end it. */
const STALE_ROUNDS = 2;
/** With less time than this, a repeat could only end in doubt where the failure before it was a proof. */
const LEAST_ATTEMPT_MS = 5;

/**
 * Brings a call to a member that can answer it. Members are tried in turn, beginning with the one that answered last.
 *
 * A call is repeated only where that can do no harm: a read always, a write only after a failure that proves that it
 * was not applied. Any other failure of a write is the caller's to judge; repeating it here could apply it twice.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #connections: readonly Connection[];
  #preferred = 0;
  readonly #closing = new AbortController();

  constructor(options: DispatcherOptions) {
    if (!Array.isArray(options.endpoints)) throw invalidArgument('endpoints is a list of host:port');
    if (options.endpoints.length === 0) throw invalidArgument('no endpoint is given');
    this.#options = options;
    this.#connections = options.endpoints.map((endpoint) => new Connection(endpoint));
  }

  /** Of a call that says none, in ms. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  get endpoints(): readonly string[] {
    return this.#connections.map(({ endpoint }) => endpoint);
  }

  get settings(): DispatcherOptions {
    return this.#options;
  }

  /** Aborted once the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** One connection after the other, for what outlives a single answer; the one that answered last first. */
  connection(attempt: number): Connection {
    return defined(this.#inTurn()[attempt % this.#connections.length], 'connection');
  }

  /** @throws RaftKvError */
  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptedCallOptions = {},
  ): Promise<Response> {
    const { unreachableMs } = this.#options;
    return await this.#run({ method, request, options, connections: this.#connections, unreachableMs });
  }

  /** A call that concerns one member, whether or not it is among the client's endpoints. @throws RaftKvError */
  async callMember<Request, Response>(
    endpoint: string,
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const known = this.#known(endpoint);
    const run = { method, request, options, unreachableMs: 0 };
    if (known !== undefined) return await this.#run({ ...run, connections: [known] });
    const visited = new Connection(endpoint);
    try {
      return await this.#run({ ...run, connections: [visited] });
    } finally {
      visited.close();
    }
  }

  /**
   * A call with many answers: of the member at the endpoint, or else of the first that has one. What has begun is never
   * begun again. @throws RaftKvError
   */
  async *stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions & { readonly endpoint?: string },
  ): AsyncGenerator<Response, void, undefined> {
    const { endpoint, signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const { connectTimeoutMs } = this.#options;
    const deadlineMs = performance.now() + timeoutMs;
    const known = endpoint === undefined ? undefined : this.#known(endpoint);
    const visited = endpoint === undefined || known !== undefined ? undefined : new Connection(endpoint);
    const one = known ?? visited;
    const asked = one === undefined ? this.#inTurn() : [one];
    try {
      for (const [position, connection] of asked.entries()) {
        this.checkOpen(signal);
        let begun = false;
        try {
          const kind = method.kind;
          for await (const answer of connection.stream(method, request, {
            deadlineMs,
            connectTimeoutMs,
            signal,
            kind,
          })) {
            begun = true;
            yield answer;
          }
          return;
        } catch (error) {
          const isLast = position === asked.length - 1;
          if (begun || isLast || !(error instanceof RaftKvError) || !error.retryable) throw error;
        }
      }
    } finally {
      visited?.close();
    }
  }

  close(): void {
    this.#closing.abort();
    for (const connection of this.#connections) connection.close();
  }

  async #run<Request, Response>(run: Run<Request, Response>): Promise<Response> {
    const { method, request, options, connections } = run;
    const startMs = performance.now();
    const deadlineMs = startMs + (options.timeoutMs ?? this.#options.timeoutMs);
    const shared = connections === this.#connections;
    const first = shared ? this.#preferred : 0;
    let reached = false;
    let answer: RaftKvError | undefined;
    let silent = false;
    let learners = 0;
    for (let attempt = 0; ; attempt++) {
      this.checkOpen(options.signal);
      const index = (first + attempt) % connections.length;
      const connection = defined(connections[index], 'connection');
      const leftInRound = connections.length - (attempt % connections.length);
      // A member that hangs gets its share of the time, so that a read is left some for the others.
      const endMs = method.kind === 'read' ? share(deadlineMs, leftInRound) : deadlineMs;
      const tooStale = answer !== undefined && isTooStale(answer);
      options.onAttempt?.();
      try {
        const response = await connection.attempt(method, request, {
          deadlineMs: tooStale ? Math.min(endMs, performance.now() + this.#options.connectTimeoutMs) : endMs,
          connectTimeoutMs: this.#options.connectTimeoutMs,
          signal: options.signal,
          kind: method.kind,
        });
        if (shared) this.#preferred = index;
        return response;
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        if (shared && error.retryable && this.#preferred === index) this.#preferred = (index + 1) % connections.length;
        // What a learner answers says nothing of the cluster.
        if (isLearners(error)) learners++;
        else if (isAnswer(error)) answer = error;
        if (error.fate === 'unknown' || !error.retryable) throw withAnswer(error, answer);
        reached ||= !isUnreachable(error);
        silent ||= error.code === 'deadline-exceeded';
        if (leftInRound === 1) {
          if (learners === connections.length) throw error;
          learners = 0;
          // One that hangs has cost its share of the time already, and would cost another.
          const lastRound = silent || attempt + 1 >= STALE_ROUNDS * connections.length;
          if (answer !== undefined && isTooStale(answer) && lastRound) throw answer;
          if (!reached && performance.now() - startMs >= run.unreachableMs) throw exhausted(error, connections);
          await this.pause(attempt / connections.length, { deadlineMs, signal: options.signal });
        }
        if (deadlineMs - performance.now() < LEAST_ATTEMPT_MS) {
          throw reached ? withAnswer(error, answer) : exhausted(error, connections);
        }
      }
    }
  }

  #known(endpoint: string): Connection | undefined {
    return this.#connections.find((connection) => connection.endpoint === parseEndpoint(endpoint));
  }

  /** Beginning with the one that answered last. */
  #inTurn(): readonly Connection[] {
    return [...this.#connections.slice(this.#preferred), ...this.#connections.slice(0, this.#preferred)];
  }

  /** @throws RaftKvError where the client is closed, or the caller has given up */
  checkOpen(signal: AbortSignal | undefined): void {
    if (this.#closing.signal.aborted) throw closedError('not-applied');
    if (signal?.aborted === true) throw cancelledError('not-applied', signal);
  }

  /** Between two rounds over the members: a little longer each time, and never in step with other clients. */
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
        // The pause was cut short. The next check says why; nothing else makes a timer fail.
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
  /** How long to go on where none of them accepts a connection, in ms. */
  readonly unreachableMs: number;
}

/** No member could even be reached: says so of all of them, not of the last that was tried. */
function exhausted(last: RaftKvError, connections: readonly Connection[]): RaftKvError {
  if (connections.length === 1) return last;
  const endpoints = connections.map(({ endpoint }) => endpoint).join(', ');
  return new RaftKvError({
    code: 'unavailable',
    message: `no member can be reached at ${endpoints} (last tried ${last.message})`,
    fate: 'not-applied',
    retryable: true,
    cause: last,
    ...(last.grpcCode === undefined ? {} : { grpcCode: last.grpcCode }),
  });
}

/**
 * What the caller gets to see: where the last attempt met silence or a dead member, the last thing that a living member
 * said is what explains the failure. The fate is that of the last attempt, since all before it were proven harmless.
 */
function withAnswer(last: RaftKvError, answer: RaftKvError | undefined): RaftKvError {
  if (answer === undefined || answer === last || !last.retryable) return last;
  if (isUnreachable(last)) return answer;
  const { code, fate, retryable, grpcCode, message } = last;
  return new RaftKvError({
    code,
    message: `${message}; the last one: ${answer.message}`,
    fate,
    retryable,
    cause: last,
    ...(grpcCode === undefined ? {} : { grpcCode }),
  });
}

/** The end of an attempt that leaves as much time to each member that is still to be tried. */
function share(deadlineMs: number, members: number): number {
  const nowMs = performance.now();
  return nowMs + Math.max(0, deadlineMs - nowMs) / members;
}
