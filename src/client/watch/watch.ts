import type { etcdserverpb } from '../../gen/proto.js';
import { onAbort } from '../../util/abort.js';
import { endable } from '../../util/endable.js';
import { asError } from '../../util/error.js';
import { toBigInt } from '../../util/integer.js';
import { Signal } from '../../util/signal.js';
import { cancelledError, closedError } from '../calls/connection.js';
import type { Dispatcher } from '../calls/dispatcher.js';
import { invalidArgument, RaftKvError } from '../errors.js';
import type { Header } from '../keys/key-value.js';
import type { WatchResponse } from '../calls/methods.js';
import { WatchSession } from './watch-session.js';
import { toBatch, toCreateRequest } from './watch-types.js';
import type { WatchBatch, WatchEvent, WatchOptions } from './watch-types.js';

/** What a response takes beside its bytes, roughly. */
const RESPONSE_OVERHEAD_BYTES = 500;

/** Bytes that wait for the consumer, roughly, from which on no more is read. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** A stream that has lasted for so long was no failure, even if nothing happened on it, in ms. */
const STEADY_MS = 1000;

interface Waiting {
  readonly batch: WatchBatch;
  readonly bytes: number;
  /** It says how far the watch is to who resumes it, and nobody has asked. */
  readonly silent: boolean;
}

/**
 * A watch: every event of the keys, in order, each once, wherever members die and connections break. It goes on at
 * another member behind the last revision that came. It is taken by one consumer, event by event or in batches; one that
 * is slow is waited for, and costs neither side memory.
 */
export class Watch implements AsyncIterable<WatchEvent>, AsyncDisposable {
  /** Resolves once it has begun, with what the member said; rejects where no member takes it. */
  readonly started: Promise<Header>;
  readonly #dispatcher: Dispatcher;
  readonly #options: WatchOptions;
  readonly #request: etcdserverpb.WatchCreateRequest.$Properties;
  readonly #stop = new AbortController();
  readonly #arrived = new Signal();
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  readonly #room = new Signal();
  readonly #over: Promise<void>;
  #session: WatchSession | undefined;
  /** And not answered: a new session is asked again. */
  #progressAsked = false;
  /** What the next session asks for; 0 for "from now on". */
  #next: number;
  /**
   * Events up to here have come, or were not asked for. Word of the progress does not count: etcd 3.4 gives it too early to
   * a watch that catches up.
   */
  #told: number;
  #revision: number;
  #begun = false;
  #taken = false;
  /** Undefined while it goes on. */
  #end: { readonly error: Error | undefined } | undefined;
  #settleStarted: { resolve: (header: Header) => void; reject: (error: Error) => void } | undefined;

  /** @throws RaftKvError where the options are none */
  constructor(dispatcher: Dispatcher, options: WatchOptions) {
    const { startRevision = 0 } = options;
    if (!Number.isSafeInteger(startRevision) || startRevision < 0) {
      throw invalidArgument(`${startRevision} is no revision to start from`);
    }
    this.#dispatcher = dispatcher;
    this.#options = options;
    this.#request = toCreateRequest(options);
    this.#next = startRevision;
    this.#revision = Math.max(0, startRevision - 1);
    this.#told = this.#revision;
    this.started = new Promise((resolve, reject) => {
      this.#settleStarted = { resolve, reject };
    });
    // Who does not wait for it learns of a failure where he waits for events.
    this.started.catch(() => undefined);
    this.#over = this.#run();
  }

  /**
   * Up to this revision everything has been taken: another watch that starts behind it misses nothing and sees nothing
   * twice. An event counts once the next one is asked for.
   */
  get revision(): number {
    return this.#revision;
  }

  /** Event by event. Ending the iteration ends the watch. @throws RaftKvError */
  [Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void, undefined> {
    return endable(this.#events(), () => this.#finish(undefined));
  }

  /** In batches of whole revisions; those without events tell the progress. Ending the iteration ends the watch. @throws RaftKvError */
  batches(): AsyncGenerator<WatchBatch, void, undefined> {
    return endable(this.#batches(), () => this.#finish(undefined));
  }

  async *#events(): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const { batch } of this.#take()) {
      for (const [at, event] of batch.events.entries()) {
        yield event;
        if (batch.events[at + 1]?.revision !== event.revision)
          this.#revision = Math.max(this.#revision, event.revision);
      }
      this.#revision = Math.max(this.#revision, batch.revision);
    }
  }

  async *#batches(): AsyncGenerator<WatchBatch, void, undefined> {
    for await (const { batch } of this.#take()) {
      yield batch;
      this.#revision = Math.max(this.#revision, batch.revision);
    }
  }

  /** Asks how far the watch is: a batch without events will say it, behind all events that it promises. */
  requestProgress(): void {
    this.#progressAsked = true;
    this.#session?.askProgress();
  }

  /** Ends the watch, and the iteration over it. */
  async close(): Promise<void> {
    this.#finish(undefined);
    await this.#over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *#take(): AsyncGenerator<Waiting, void, undefined> {
    if (this.#taken) throw invalidArgument('a watch is taken by one consumer only');
    this.#taken = true;
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next !== undefined) {
          this.#makeRoom(next.bytes);
          if (next.silent) this.#revision = Math.max(this.#revision, next.batch.revision);
          else yield next;
        } else if (this.#end !== undefined) {
          if (this.#end.error !== undefined) throw this.#end.error;
          return;
        } else await this.#arrived.wait();
      }
    } finally {
      await this.close();
    }
  }

  #makeRoom(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (this.#waitingBytes >= WAITING_BYTES_MAX / 2) return;
    this.#session?.resume();
    this.#room.set();
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    const { closing } = this.#dispatcher;
    const forget = onAbort([closing, signal], () => {
      const given = signal?.aborted === true ? cancelledError('not-applied', signal) : closedError('not-applied');
      this.#finish(given, { drop: true });
    });
    try {
      await this.#keepUp();
    } catch (error) {
      this.#finish(asError(error));
    } finally {
      forget();
    }
  }

  /** One session after the other, until it is over. */
  async #keepUp(): Promise<void> {
    const { endpoints, settings } = this.#dispatcher;
    let lostMs = performance.now();
    let failed = 0;
    for (let attempt = 0; this.#end === undefined; attempt++) {
      // Streams that break and begin again must not bring more each time than a consumer that is slow has taken.
      while (this.#waitingBytes >= WAITING_BYTES_MAX / 2 && this.#end === undefined) await this.#room.wait();
      const begunBefore = this.#begun;
      let createdMs = Number.POSITIVE_INFINITY;
      let createdNext = Number.POSITIVE_INFINITY;
      const error = await this.#watchAt(attempt, () => {
        createdMs = performance.now();
        createdNext = this.#next;
      });
      if (this.#end !== undefined) return;
      if (!error.retryable) return this.#finish(error);
      const nowMs = performance.now();
      if (createdMs <= nowMs) lostMs = nowMs;
      // A member that takes it and at once gives it up has not helped.
      if (this.#next > createdNext || nowMs - createdMs >= STEADY_MS) failed = 0;
      failed++;
      const patienceMs = begunBefore ? (this.#options.reconnectMs ?? Number.POSITIVE_INFINITY) : settings.timeoutMs;
      if (nowMs - lostMs >= patienceMs) return this.#finish(error);
      // Every other member may be well: only a round without success is a reason to wait.
      if (failed % endpoints.length === 0) {
        const rounds = failed / endpoints.length;
        await this.#dispatcher.pause(rounds, { deadlineMs: Number.POSITIVE_INFINITY, signal: this.#stop.signal });
      }
    }
  }

  /** @returns why it ended */
  async #watchAt(attempt: number, onCreated: () => void): Promise<RaftKvError> {
    const { timeoutMs, connectTimeoutMs } = this.#dispatcher.settings;
    try {
      const session = await WatchSession.begin({
        connection: this.#dispatcher.connection(attempt),
        request: { ...this.#request, startRevision: this.#next },
        connectTimeoutMs,
        deadlineMs: performance.now() + timeoutMs / 2,
        signal: this.#stop.signal,
        onCreated: (header) => {
          this.#created(header);
          onCreated();
        },
        onResponse: (responses) => this.#receive(responses),
      });
      this.#session = session;
      if (this.#progressAsked) session.askProgress();
      return await session.ended;
    } catch (error) {
      if (error instanceof RaftKvError) return error;
      throw error;
    } finally {
      this.#session = undefined;
    }
  }

  #created(header: Header): void {
    this.#begun = true;
    // "From now on" is a revision from here on, whichever member is asked next.
    if (this.#next === 0) {
      this.#next = header.revision + 1;
      this.#revision = header.revision;
      this.#told = header.revision;
    }
    this.#settleStarted?.resolve(header);
  }

  #receive(responses: readonly WatchResponse[]): void {
    const batch = toBatch(responses, this.#told + 1);
    const isProgress = responses.every((response) => response.events.length === 0);
    if (this.#end !== undefined || (batch.events.length === 0 && !isProgress)) return;
    // A member that lags says how far it is, not how far the watch is.
    const revision = Math.max(batch.revision, this.#next - 1);
    this.#next = revision + 1;
    this.#told = batch.events.at(-1)?.revision ?? this.#told;
    const bytes = RESPONSE_OVERHEAD_BYTES + sizeOf(batch.events);
    const isAnswer = isProgress && responses.some(answersAQuestion);
    if (isAnswer) this.#progressAsked = false;
    const silent = isProgress && this.#options.progressNotify !== true && !isAnswer;
    this.#waiting.push({ batch: { ...batch, revision }, bytes, silent });
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= WAITING_BYTES_MAX) this.#session?.pause();
    this.#arrived.set();
  }

  /** @param options.drop what came and was not taken is of no interest any more */
  #finish(error: Error | undefined, options: { readonly drop?: boolean } = {}): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    if (error === undefined || options.drop === true) this.#waiting.length = 0;
    this.#settleStarted?.reject(error ?? closedError('not-applied'));
    this.#stop.abort();
    this.#arrived.set();
    this.#room.set();
  }
}

/** Whether it is the answer to `requestProgress`, and not what comes now and then. */
function answersAQuestion({ watchId }: WatchResponse): boolean {
  return toBigInt(watchId) === -1n;
}

function sizeOf(events: readonly WatchEvent[]): number {
  let bytes = 0;
  for (const event of events) {
    bytes += event.key.length + (event.prevKv?.value.length ?? 0);
    if (event.type === 'put') bytes += event.kv.value.length;
  }
  return bytes;
}
