import type { etcdserverpb } from '../../gen/proto.js';
import { onAbort } from '../../util/abort.js';
import { endable } from '../../util/endable.js';
import { asError } from '../../util/error.js';
import { cancelledError, closedError } from '../calls/ended-errors.js';
import type { Dispatcher } from '../calls/dispatcher.js';
import { mayRenew, pauseBefore } from '../auth/with-token.js';
import { isWorthAnotherMember } from '../calls/failures.js';
import { Reach } from '../calls/reach.js';
import { invalidArgument, RaftKvError } from '../errors.js';
import type { Header } from '../keys/key-value.js';
import type { WatchResponse } from '../calls/methods.js';
import { BatchQueue } from './batch-queue.js';
import type { QueuedBatch } from './batch-queue.js';
import { WatchSession } from './watch-session.js';
import { answersProgressRequest, sizeOf, toBatch, toCreateRequest } from './watch-types.js';
import type { WatchBatch, WatchEvent, WatchHooks, WatchOptions } from './watch-types.js';

/** Memory that a response takes in addition to its keys and values, roughly. */
const RESPONSE_OVERHEAD_BYTES = 500;

/**
 * Time after which a progress request without an answer is repeated, in ms. An etcd drops requests while it has not sent all events;
 * those that a raftkv member holds share one answer.
 */
const PROGRESS_REPEAT_MS = 1000;

/** A session that lasted this long counts as a success, even without an event, in ms. */
const STEADY_MS = 1000;

/**
 * A watch: every event of the keys, in order, exactly once, although members fail and connections break. After a failure it
 * resumes at another member behind the last revision received. It has one consumer, which reads single events or batches.
 * A slow consumer stops the stream; neither side buffers without bound.
 */
export class Watch implements AsyncIterable<WatchEvent>, AsyncDisposable {
  /** Resolves when the watch is created, with the member's header; rejects if no member creates it. */
  readonly started: Promise<Header>;
  readonly #dispatcher: Dispatcher;
  readonly #options: WatchOptions;
  readonly #request: etcdserverpb.WatchCreateRequest.$Properties;
  readonly #stop = new AbortController();
  readonly #queue = new BatchQueue(() => this.#session?.resume());
  readonly #reach = new Reach();
  /** Resolves when no session runs any more. */
  readonly #over: Promise<void>;
  #session: WatchSession | undefined;
  readonly #hooks: WatchHooks;
  /** The least revision of progress that was requested and not answered yet: a new session requests it again. */
  #progressRequested: number | undefined;
  #progressTimer: NodeJS.Timeout | undefined;
  /** The start revision of the next session; 0 for "from now on". */
  #next: number;
  /**
   * All events up to this revision were received, or not requested. Progress notifications do not count, because etcd 3.4
   * sends them too early to a watch that catches up.
   */
  #received: number;
  /** See `revision`. */
  #taken: number;
  #created = false;
  #hasConsumer = false;
  #settleStarted: { resolve: (header: Header) => void; reject: (error: Error) => void } | undefined;

  /** @throws RaftKvError `invalid-argument` */
  constructor(dispatcher: Dispatcher, options: WatchOptions, hooks: WatchHooks = {}) {
    const { startRevision = 0 } = options;
    if (!Number.isSafeInteger(startRevision) || startRevision < 0) {
      throw invalidArgument(`startRevision must be an integer of at least 0, not ${startRevision}`);
    }
    this.#dispatcher = dispatcher;
    this.#options = options;
    this.#hooks = hooks;
    this.#request = toCreateRequest(options);
    this.#next = startRevision;
    this.#taken = Math.max(0, startRevision - 1);
    this.#received = this.#taken;
    this.started = new Promise((resolve, reject) => {
      this.#settleStarted = { resolve, reject };
    });
    // Callers that do not await `started` get the error where they read events.
    this.started.catch(() => undefined);
    this.#over = this.#run();
  }

  /**
   * The consumer has taken all events up to this revision: a watch that starts behind it misses nothing and repeats
   * nothing. An event counts as taken when the next one is requested.
   */
  get revision(): number {
    return this.#taken;
  }

  /** Iterates over single events. Ending the iteration ends the watch. @throws RaftKvError */
  [Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void, undefined> {
    return endable(this.#events(), () => this.#finish(undefined));
  }

  /** Iterates over batches of whole revisions, empty ones for progress. Ending the iteration ends the watch. @throws RaftKvError */
  batches(): AsyncGenerator<WatchBatch, void, undefined> {
    return endable(this.#batches(), () => this.#finish(undefined));
  }

  async *#events(): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const { batch } of this.#take()) {
      for (const [at, event] of batch.events.entries()) {
        yield event;
        if (batch.events[at + 1]?.revision !== event.revision) this.#taken = Math.max(this.#taken, event.revision);
      }
      this.#taken = Math.max(this.#taken, batch.revision);
    }
  }

  async *#batches(): AsyncGenerator<WatchBatch, void, undefined> {
    for await (const { batch } of this.#take()) {
      yield batch;
      this.#taken = Math.max(this.#taken, batch.revision);
    }
  }

  /**
   * Requests the watch's progress. An empty batch answers it, behind all events up to the batch's revision. A raftkv member
   * sends it once it has reached `atLeastRevision`, and the header then has the freshness of its state; an etcd ignores that. The
   * request is repeated every second until it is answered, so a slow server may answer it more than once.
   */
  requestProgress({ atLeastRevision = 0 }: { readonly atLeastRevision?: number } = {}): void {
    this.#progressRequested = Math.max(this.#progressRequested ?? 0, atLeastRevision);
    this.#session?.askProgress(this.#progressRequested);
    this.#repeatProgress();
  }

  #repeatProgress(): void {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
    if (this.#progressRequested === undefined || this.#queue.isEnded) return;
    this.#progressTimer = setTimeout(() => {
      if (this.#progressRequested !== undefined && this.#session !== undefined) {
        this.#session.askProgress(this.#progressRequested);
        this.#hooks.onRepeated?.();
      }
      this.#repeatProgress();
    }, PROGRESS_REPEAT_MS);
  }

  /** Leaves the present member, as one that does not keep up, and goes on at the next. */
  moveOn(): void {
    this.#session?.moveOn();
  }

  /** Ends the watch and its iteration. */
  async close(): Promise<void> {
    this.#finish(undefined);
    await this.#over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *#take(): AsyncGenerator<QueuedBatch, void, undefined> {
    if (this.#hasConsumer) throw invalidArgument('a watch can have only one consumer');
    this.#hasConsumer = true;
    try {
      for (;;) {
        const next = await this.#queue.take();
        if (next === undefined) return;
        if (next.silent) this.#taken = Math.max(this.#taken, next.batch.revision);
        else yield next;
      }
    } finally {
      await this.close();
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    const { closing } = this.#dispatcher;
    const forget = onAbort([closing, signal], () => {
      const error = signal?.aborted === true ? cancelledError('not-applied', signal) : closedError('not-applied');
      this.#finish(error, { drop: true });
    });
    try {
      await this.#runSessions();
    } catch (error) {
      this.#finish(asError(error));
    } finally {
      forget();
    }
  }

  /** Runs one session after another until the watch ends. */
  async #runSessions(): Promise<void> {
    const { endpoints, hasUser } = this.#dispatcher;
    let failures = 0;
    let renewals = 0;
    for (let attempt = 0; !this.#queue.isEnded; attempt++) {
      // Sessions that break and restart must not receive more each time than a slow consumer has taken.
      await this.#queue.room();
      const { error, succeeded } = await this.#runSession(attempt);
      if (this.#queue.isEnded) return;
      if (hasUser && mayRenew(error, renewals)) {
        renewals = succeeded ? 1 : renewals + 1;
        await pauseBefore(renewals - 1);
        continue;
      }
      renewals = 0;
      if (!isWorthAnotherMember(error)) return this.#finish(error);
      failures = succeeded ? 1 : failures + 1;
      const roundOver = failures % endpoints.length === 0;
      const isInsecure = !this.#created && this.#reach.isInsecure(endpoints.length);
      if (isInsecure || this.#reach.isOver(this.#limits(), roundOver)) {
        return this.#finish(this.#reach.reached ? error : this.#dispatcher.noneReached(error));
      }
      // The other members may be well, so only a whole round without success is a reason to pause.
      if (roundOver) {
        const rounds = failures / endpoints.length;
        await this.#dispatcher.pause(rounds, { deadlineMs: Number.POSITIVE_INFINITY, signal: this.#stop.signal });
      }
    }
  }

  #limits() {
    const { timeoutMs, unreachableMs } = this.#dispatcher.settings;
    const { reconnectMs = Number.POSITIVE_INFINITY } = this.#options;
    return this.#created
      ? { totalMs: reconnectMs, unreachableMs: reconnectMs }
      : { totalMs: timeoutMs, unreachableMs: Math.min(timeoutMs, unreachableMs) };
  }

  /** Runs one session to its end. A member that creates the watch and ends it at once has not succeeded. */
  async #runSession(attempt: number): Promise<{ readonly error: RaftKvError; readonly succeeded: boolean }> {
    let createdMs: number | undefined;
    let createdNext = 0;
    const error = await this.#watchAt(attempt, () => {
      createdMs = performance.now();
      createdNext = this.#next;
    });
    if (createdMs === undefined) {
      this.#reach.failed(error);
      return { error, succeeded: false };
    }
    this.#reach.working();
    return { error, succeeded: this.#next > createdNext || performance.now() - createdMs >= STEADY_MS };
  }

  /** @returns the reason for which the session ended */
  async #watchAt(attempt: number, onCreated: () => void): Promise<RaftKvError> {
    const { timeoutMs, connectTimeoutMs } = this.#dispatcher.settings;
    try {
      const session = await WatchSession.open({
        connection: this.#dispatcher.connection(attempt),
        request: { ...this.#request, startRevision: this.#next },
        connectTimeoutMs,
        deadlineMs: performance.now() + timeoutMs / 2,
        signal: this.#stop.signal,
        onCreated: (header) => {
          this.#onCreated(header);
          onCreated();
        },
        onResponse: (responses) => this.#receive(responses),
      });
      this.#session = session;
      if (this.#progressRequested !== undefined) session.askProgress(this.#progressRequested);
      return await session.ended;
    } catch (error) {
      if (error instanceof RaftKvError) return error;
      throw error;
    } finally {
      this.#session = undefined;
      this.#hooks.onInterrupted?.();
    }
  }

  #onCreated(header: Header): void {
    this.#created = true;
    // Pins "from now on" to a revision, which the next session uses too.
    if (this.#next === 0) {
      this.#next = header.revision + 1;
      this.#taken = header.revision;
      this.#received = header.revision;
    }
    this.#settleStarted?.resolve(header);
    this.#hooks.onCreated?.(header);
  }

  #receive(responses: readonly WatchResponse[]): void {
    const batch = toBatch(responses, this.#received + 1);
    const isProgress = responses.every((response) => response.events.length === 0);
    if (this.#queue.isEnded || (batch.events.length === 0 && !isProgress)) return;
    // A member that lags reports its own revision, which may be older than what the watch has received.
    const revision = Math.max(batch.revision, this.#next - 1);
    this.#next = revision + 1;
    this.#received = batch.events.at(-1)?.revision ?? this.#received;
    const isAnswer = isProgress && responses.some(answersProgressRequest);
    if (isAnswer) {
      this.#progressRequested = undefined;
      this.#repeatProgress();
    }
    const silent = isProgress && this.#options.progressNotify !== true && !isAnswer;
    const bytes = RESPONSE_OVERHEAD_BYTES + sizeOf(batch.events);
    this.#queue.push({ batch: { ...batch, revision }, bytes, silent });
    if (this.#queue.isFull) this.#session?.pause();
  }

  /** @param options.drop discards events that the consumer has not taken */
  #finish(error: Error | undefined, { drop = error === undefined }: { readonly drop?: boolean } = {}): void {
    if (this.#queue.isEnded) return;
    this.#queue.end(error, { drop });
    this.#repeatProgress();
    this.#settleStarted?.reject(error ?? closedError('not-applied'));
    this.#stop.abort();
  }
}
