import { clampInteger } from '../../util/integer.js';
import type { AttemptedCallOptions, Dispatcher } from '../calls/dispatcher.js';
import type { Method } from '../calls/method.js';
import { SESSION_CLOSE, SESSION_OPEN } from '../calls/methods.js';
import { RaftKvError, withCaller } from '../errors.js';
import { Session, within, type Limits } from './session.js';

/** TTL of the client's sessions, in seconds. */
const TTL_SECONDS = 120;
/** A session that was not used for this part of its TTL is replaced before the next write. */
const IDLE_PART = 0.5;
/** Sessions that a write tries, if the server has ended the one before. */
const TRIES = 3;
/** Time after which a server without sessions is asked for one again, as it may have been replaced, in ms. */
const UNSUPPORTED_MS = 600_000;
/** Longest wait for the end of the session when the client is closed, in ms. */
const CLOSE_MS = 500;

/**
 * Sends writes in a session of the client, in which the server applies each of them once. So a write whose answer is lost is sent
 * again, by the same or another member, until it is answered or its time is over.
 *
 * The session is opened before the first write. One that may have expired is replaced before a write is sent in it: a write that
 * may have been applied is never sent in another session.
 */
export class WriteSessions {
  readonly #dispatcher: Dispatcher;
  readonly #isEnabled: boolean;
  #current: Session | undefined;
  #opening: Promise<Session | undefined> | undefined;
  /** When the server had no sessions, as etcd: writes are repeated only where that is safe without them. */
  #unsupportedMs: number | undefined;

  constructor(dispatcher: Dispatcher, { enabled }: { readonly enabled: boolean }) {
    this.#dispatcher = dispatcher;
    this.#isEnabled = enabled;
  }

  /** Ends the session at the server, where that takes little time; one that is left expires. */
  async close(): Promise<void> {
    const session = this.#current;
    this.#current = undefined;
    if (session === undefined || session.isIdle) return;
    await this.#dispatcher.farewell(SESSION_CLOSE, { session: session.id }, CLOSE_MS);
  }

  /** Calls a method that changes the store. @throws RaftKvError */
  async call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: AttemptedCallOptions = {},
  ): Promise<Response> {
    const deadlineMs = performance.now() + (options.timeoutMs ?? this.#dispatcher.timeoutMs);
    for (let tries = 1; ; tries++) {
      const session = this.#isOn ? await this.#sessionWithin({ deadlineMs, signal: options.signal }) : undefined;
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

  get #isOn(): boolean {
    if (!this.#isEnabled) return false;
    return this.#unsupportedMs === undefined || performance.now() - this.#unsupportedMs > UNSUPPORTED_MS;
  }

  async #sessionWithin(limits: Limits): Promise<Session | undefined> {
    if (this.#usable !== undefined && limits.signal?.aborted !== true) return this.#usable;
    try {
      return await within(this.#session(), limits, 'no session could be opened in time');
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
      this.#unsupportedMs = undefined;
      this.#current = new Session({
        id: clampInteger(session),
        idleMs: clampInteger(ttlSeconds) * 1000 * IDLE_PART,
        window: clampInteger(window),
        openedMs,
      });
      return this.#current;
    } catch (error) {
      if (!(error instanceof RaftKvError) || error.code !== 'unimplemented') throw error;
      this.#unsupportedMs = performance.now();
      return undefined;
    }
  }
}
