import { etcdserverpb, type raftkvpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { afterReading } from '../../util/reading-timer.js';
import { boundedWait } from '../calls/bounded-wait.js';
import type { AttemptedCallOptions, Dispatcher } from '../calls/dispatcher.js';
import { cancelledError, timedOutError } from '../calls/ended-errors.js';
import type { Method } from '../calls/method.js';
import { SESSION_OPEN } from '../calls/methods.js';
import { RaftKvError, withCaller } from '../errors.js';

/** TTL of the client's sessions, in seconds. */
const TTL_SECONDS = 120;
/** A session that was not used for this part of its TTL is replaced before the next write. */
const IDLE_PART = 0.5;
/** Sessions that a write tries, if the server has ended the one before. */
const TRIES = 3;

/**
 * Sends writes in a session of the client, in which the server applies each of them once. So a write whose answer is lost is sent
 * again, by the same or another member, until it is answered or its time is over.
 *
 * The session is opened before the first write. One that may have expired is replaced before a write is sent in it: a write that
 * may have been applied is never sent in another session.
 */
export class WriteSessions {
  readonly #dispatcher: Dispatcher;
  readonly #isOn: () => boolean;
  #current: Session | undefined;
  #opening: Promise<Session | undefined> | undefined;
  /** The server has no sessions, as etcd: writes are repeated only where that is safe without them. */
  #isUnsupported = false;

  constructor(dispatcher: Dispatcher, { enabled }: { readonly enabled: boolean }) {
    this.#dispatcher = dispatcher;
    this.#isOn = () => enabled && !this.#isUnsupported;
  }

  /** Calls a method that changes the store. @throws RaftKvError */
  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptedCallOptions = {},
  ): Promise<Response> {
    const deadlineMs = performance.now() + (options.timeoutMs ?? this.#dispatcher.timeoutMs);
    for (let tries = 1; ; tries++) {
      const session = this.#isOn() ? await this.#sessionWithin({ deadlineMs, signal: options.signal }) : undefined;
      const left = { ...options, timeoutMs: Math.max(0, deadlineMs - performance.now()) };
      if (session === undefined) return await this.#dispatcher.call(method, request, left);
      try {
        return await session.call(this.#dispatcher, { method, request, options: left, deadlineMs });
      } catch (error) {
        if (!(error instanceof RaftKvError) || error.code !== 'session-lost') throw error;
        if (this.#current === session) this.#current = undefined;
        if (error.fate !== 'not-applied' || tries === TRIES) throw error;
      }
    }
  }

  async #sessionWithin(limits: Limits): Promise<Session | undefined> {
    if (this.#usable !== undefined && limits.signal?.aborted !== true) return this.#usable;
    try {
      return await within(this.#session(), limits);
    } catch (error) {
      throw withCaller(error);
    }
  }

  /** The present session, unless it may have expired. */
  get #usable(): Session | undefined {
    return this.#current?.isIdle === false ? this.#current : undefined;
  }

  /** A new session for the next write, shared by all that wait for one; undefined if the server has none. */
  #session(): Promise<Session | undefined> {
    if (this.#usable !== undefined) return Promise.resolve(this.#usable);
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<Session | undefined> {
    const openedMs = performance.now();
    try {
      const { session, ttlSeconds, window } = await this.#dispatcher.call(SESSION_OPEN, { ttlSeconds: TTL_SECONDS });
      this.#current = new Session({
        id: clampInteger(session),
        idleMs: clampInteger(ttlSeconds) * 1000 * IDLE_PART,
        window: clampInteger(window),
        openedMs,
      });
      return this.#current;
    } catch (error) {
      if (!(error instanceof RaftKvError) || error.code !== 'unimplemented') throw error;
      this.#isUnsupported = true;
      return undefined;
    }
  }
}

interface SessionOptions {
  readonly id: number;
  /** It may expire once it was not used for longer, in ms. */
  readonly idleMs: number;
  /** Writes that may be open, from the lowest number on. */
  readonly window: number;
  /** When it was asked for. */
  readonly openedMs: number;
}

interface SessionWrite<Request, Response> {
  readonly method: Method<Request, Response>;
  readonly request: Request;
  readonly options: AttemptedCallOptions;
  readonly deadlineMs: number;
}

class Session {
  readonly #options: SessionOptions;
  /** The start of the last call that the server has answered. */
  #usedMs: number;
  #sequence = 0;
  /** Writes without an answer, by ascending number; each promise resolves once there is one. */
  readonly #open = new Map<number, Promise<void>>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#usedMs = options.openedMs;
  }

  /** Whether it may have expired. */
  get isIdle(): boolean {
    return performance.now() - this.#usedMs > this.#options.idleMs;
  }

  async call<Request, Response>(
    dispatcher: Dispatcher,
    { method, request, options, deadlineMs }: SessionWrite<Request, Response>,
  ): Promise<Response> {
    await this.#room({ deadlineMs, signal: options.signal });
    const startMs = performance.now();
    const sequence = ++this.#sequence;
    let answered: () => void = () => undefined;
    this.#open.set(sequence, new Promise((resolve) => (answered = resolve)));
    try {
      const left = { ...options, timeoutMs: Math.max(0, deadlineMs - startMs) };
      const response = await dispatcher.call(this.#once(method, sequence), request, left);
      this.#usedMs = Math.max(this.#usedMs, startMs);
      return response;
    } finally {
      // Also once it is given up: the server then refuses what of it is still on its way.
      this.#open.delete(sequence);
      answered();
    }
  }

  get #lowest(): number {
    for (const sequence of this.#open.keys()) return sequence;
    return this.#sequence + 1;
  }

  /** Waits until the server takes another number. */
  async #room(limits: Limits): Promise<void> {
    while (this.#sequence + 1 >= this.#lowest + this.#options.window) {
      await within(this.#open.get(this.#lowest) ?? Promise.resolve(), limits);
    }
  }

  /** The same method, as a write of this session: it may be sent any number of times. */
  #once<Request, Response>(method: Method<Request, Response>, sequence: number): Method<Request, Response> {
    return {
      ...method,
      once: true,
      encode: (request) => {
        const call = { session: this.#options.id, sequence, acknowledged: Math.min(this.#lowest, sequence) };
        return withSession(method.encode(request), call);
      },
    };
  }
}

/** Appends the session to an encoded request. All write requests have it in the same field. */
function withSession(request: Uint8Array, session: raftkvpb.SessionCall.$Properties): Uint8Array {
  return Buffer.concat([request, etcdserverpb.PutRequest.encode({ session }).finish()]);
}

interface Limits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

const CLOCK = { now: () => performance.now(), timeout: afterReading };

/** Waits for work that others wait for too, no longer than one caller wants to. @throws RaftKvError */
function within<T>(work: Promise<T>, { deadlineMs, signal }: Limits): Promise<T> {
  const reason = (): RaftKvError =>
    signal?.aborted === true
      ? cancelledError('not-applied', signal)
      : timedOutError('no session could be opened in time');
  if (signal?.aborted === true) return Promise.reject(reason());
  return boundedWait(CLOCK, work, { deadlineMs, signals: [signal], reason });
}
