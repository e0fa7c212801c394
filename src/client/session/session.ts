import { etcdserverpb, type raftkvpb } from '../../gen/proto.js';
import { afterReading } from '../../util/reading-timer.js';
import { hasSessionMark } from '../../util/session-mark.js';
import { boundedWait } from '../calls/bounded-wait.js';
import type { AttemptedCallOptions, Dispatcher } from '../calls/dispatcher.js';
import { cancelledError, timedOutError } from '../calls/ended-errors.js';
import type { Method } from '../calls/method.js';
import { RaftKvError, withFate } from '../errors.js';

export interface SessionOptions {
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

/** A session of the client, with the sequence numbers of its writes. */
export class Session {
  readonly #options: SessionOptions;
  /** The start of the last call that the server has answered. */
  #usedMs: number;
  #sequence = 0;
  /** Numbers of writes without an answer, ascending. */
  readonly #open = new Set<number>();
  /** Writes that wait for a number, in order. */
  readonly #waiting = new Set<() => void>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#usedMs = options.openedMs;
  }

  get id(): number {
    return this.#options.id;
  }

  /** Whether it may have expired. */
  get isIdle(): boolean {
    return performance.now() - this.#usedMs > this.#options.idleMs;
  }

  /** @throws RaftKvError */
  async call<Request, Response>(
    dispatcher: Dispatcher,
    { method, request, options, deadlineMs }: SessionWrite<Request, Response>,
  ): Promise<Response> {
    const sequence = await this.#number({ deadlineMs, signal: options.signal });
    const startMs = performance.now();
    const sent = { attempts: 0, isMarked: false };
    try {
      const onAttempt = (): void => {
        sent.attempts += 1;
        options.onAttempt?.();
      };
      const left = { ...options, onAttempt, timeoutMs: Math.max(0, deadlineMs - startMs) };
      const response = await dispatcher.call(this.#once(method, sequence, sent), request, left);
      if (!sent.isMarked) this.#leave(sent.attempts);
      else this.#usedMs = Math.max(this.#usedMs, startMs);
      return response;
    } finally {
      // Also once it is given up: the server then refuses what of it is still on its way.
      this.#end(sequence);
    }
  }

  /**
   * The member that answered does not know sessions: it is of an older version, or another server in its place. A write that was
   * sent once was applied once.
   */
  #leave(attempts: number): void {
    this.#usedMs = Number.NEGATIVE_INFINITY;
    if (attempts === 1) return;
    const message = 'the server has applied the write outside of its session, as it does not know sessions';
    throw new RaftKvError({
      code: 'session-lost',
      message: withFate(`${message}, and an earlier attempt`, 'unknown'),
      fate: 'unknown',
      retryable: false,
    });
  }

  get #lowest(): number {
    for (const sequence of this.#open) return sequence;
    return this.#sequence + 1;
  }

  get #hasRoom(): boolean {
    return this.#sequence + 1 < this.#lowest + this.#options.window;
  }

  #begin(): number {
    const sequence = ++this.#sequence;
    this.#open.add(sequence);
    return sequence;
  }

  /** Its answer, if there is one, is known: the server need not keep it. */
  #end(sequence: number): void {
    this.#open.delete(sequence);
    for (const begin of this.#waiting) {
      if (!this.#hasRoom) break;
      this.#waiting.delete(begin);
      begin();
    }
  }

  /** The number of the next write, once the server takes another one. Check and choice are one step: many may wait. */
  async #number(limits: Limits): Promise<number> {
    if (this.#waiting.size === 0 && this.#hasRoom) return this.#begin();
    let begun: number | undefined;
    let begin: () => void = () => undefined;
    const number = new Promise<number>((resolve) => {
      begin = () => {
        begun = this.#begin();
        resolve(begun);
      };
    });
    this.#waiting.add(begin);
    try {
      return await within(number, limits, 'too many writes of the session wait for their answers');
    } catch (error) {
      this.#waiting.delete(begin);
      if (begun !== undefined) this.#end(begun);
      throw error;
    }
  }

  /** The same method, as a write of this session: it may be sent any number of times. */
  #once<Request, Response>(
    method: Method<Request, Response>,
    sequence: number,
    sent: { isMarked: boolean },
  ): Method<Request, Response> {
    return {
      ...method,
      once: true,
      encode: (request) => {
        const call = { session: this.#options.id, sequence, acknowledged: Math.min(this.#lowest, sequence) };
        return withSession(method.encode(request), call);
      },
      decode: (body) => {
        sent.isMarked = hasSessionMark(body);
        return method.decode(body);
      },
    };
  }
}

/** Appends the session to an encoded request. All write requests have it in the same field. */
function withSession(request: Uint8Array, session: raftkvpb.SessionCall.$Properties): Uint8Array {
  return Buffer.concat([request, etcdserverpb.PutRequest.encode({ session }).finish()]);
}

export interface Limits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

const CLOCK = { now: () => performance.now(), timeout: afterReading };

/** Waits for work that others wait for too, no longer than one caller wants to. @throws RaftKvError */
export function within<T>(work: Promise<T>, { deadlineMs, signal }: Limits, late: string): Promise<T> {
  const reason = (): RaftKvError =>
    signal?.aborted === true ? cancelledError('not-applied', signal) : timedOutError(late);
  if (signal?.aborted === true) return Promise.reject(reason());
  return boundedWait(CLOCK, work, { deadlineMs, signals: [signal], reason });
}
