import type { Dispatcher } from '../calls/dispatcher.js';
import { isTokenRefused } from '../calls/failures.js';
import { Reach } from '../calls/reach.js';
import { RaftKvError } from '../errors.js';
import { KeepAliveStream } from './keep-alive-stream.js';
import type { LeaseKeepAliveResult } from './lease-requests.js';

/** A lease to be renewed, once or again and again. */
export interface Renewal {
  readonly id: bigint;
  /** A request was sent. It will be answered, or sent again at another member. */
  sent(): void;
  answered(answer: LeaseKeepAliveResult): void;
  /**
   * No member has accepted a connection for as long as the client waits for one, or the user is not accepted. Renewal
   * continues until the lease is released.
   */
  unreachable?(error: RaftKvError): void;
  /** The user may not renew this lease. It is not requested again before the next call of `renew`. */
  refused(error: RaftKvError): void;
  /** The client was closed: there are no more renewals. */
  closed(): void;
}

/** A request on the current stream. */
interface Requested {
  /** Number of requests that were sent before it. */
  readonly place: number;
  /** Undefined once it is released. */
  renewal: Renewal | undefined;
}

/**
 * Renews all leases of one client, on one stream to one member. When the stream breaks or stalls, continues at the next
 * member and repeats the requests that were not answered. A member that refuses one lease ends the stream for all: that lease
 * waits for its next turn, and the others continue.
 */
export class LeaseKeeper {
  readonly #dispatcher: Dispatcher;
  readonly #renewals = new Set<Renewal>();
  /** Renewals that are due and not yet requested on the current stream. */
  readonly #due = new Set<Renewal>();
  /** Requests on the current stream, by lease, in the order in which answers come. */
  readonly #pending = new Map<bigint, Requested[]>();
  #sentCount = 0;
  #stream: KeepAliveStream | undefined;
  #running = false;
  /** Number of streams opened. Each goes to the member after the previous one, which has failed. */
  #streams = 0;
  #lastFailure: RaftKvError | undefined;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
    dispatcher.closing.addEventListener('abort', () => {
      for (const renewal of [...this.#renewals]) renewal.closed();
    });
  }

  /** The reason why the last stream ended or could not be opened, in parentheses, for error messages. */
  get lastFailure(): string {
    return this.#lastFailure === undefined ? '' : ` (${this.#lastFailure.message})`;
  }

  add(renewal: Renewal): void {
    this.#renewals.add(renewal);
  }

  /** Requests a renewal, now or as soon as a member can be reached. The answer may never come. */
  renew(renewal: Renewal): void {
    if (!this.#renewals.has(renewal)) return;
    if (this.#stream === undefined) this.#due.add(renewal);
    else this.#send(this.#stream, renewal);
    if (!this.#running) void this.#run();
  }

  /** Moves to the next member, because an answer is overdue. */
  stalled(): void {
    this.#stream?.end('no answer in time');
  }

  release(renewal: Renewal): void {
    this.#renewals.delete(renewal);
    this.#due.delete(renewal);
    for (const requested of this.#pending.get(renewal.id) ?? []) {
      if (requested.renewal === renewal) requested.renewal = undefined;
    }
    if (this.#renewals.size === 0) this.#stream?.end('no lease is left');
  }

  #send(stream: KeepAliveStream, renewal: Renewal): void {
    const requested = { place: this.#sentCount++, renewal };
    const pending = this.#pending.get(renewal.id);
    if (pending === undefined) this.#pending.set(renewal.id, [requested]);
    else pending.push(requested);
    renewal.sent();
    stream.send(renewal.id);
  }

  async #run(): Promise<void> {
    const { closing, endpoints } = this.#dispatcher;
    const reach = new Reach();
    this.#running = true;
    for (let failures = 0; this.#renewals.size > 0 && !closing.aborted;) {
      if (await this.#runStream(reach)) {
        failures = 0;
        reach.working();
        continue;
      }
      failures++;
      this.#reportRefused();
      if (failures % endpoints.length !== 0) continue;
      this.#reportUnreachable(reach);
      if (this.#renewals.size > 0) await this.#pause(failures / endpoints.length - 1);
    }
    this.#running = false;
  }

  /** Runs one stream from its opening to its end. @returns whether it answered anything, or refused a lease */
  async #runStream(reach: Reach): Promise<boolean> {
    const { connectTimeoutMs, timeoutMs } = this.#dispatcher.settings;
    let answered = false;
    try {
      const stream = await KeepAliveStream.open({
        connection: this.#dispatcher.connection(this.#streams++),
        connectTimeoutMs,
        deadlineMs: performance.now() + timeoutMs,
        signal: this.#dispatcher.closing,
        onAnswer: (answer) => {
          answered = true;
          this.#answer(answer);
        },
      });
      this.#stream = stream;
      if (this.#renewals.size === 0) stream.end('no lease is left');
      for (const renewal of this.#due) this.#send(stream, renewal);
      this.#due.clear();
      this.#lastFailure = await stream.ended;
    } catch (error) {
      // There is no connection to this member, so the next one is tried.
      if (!(error instanceof RaftKvError)) throw error;
      this.#lastFailure = error;
    }
    reach.failed(this.#lastFailure);
    this.#stream = undefined;
    const refused = this.#lastFailure.code === 'permission-denied' ? this.#oldest() : undefined;
    for (const some of this.#pending.values()) {
      for (const { renewal } of some) if (renewal !== undefined) this.#due.add(renewal);
    }
    this.#pending.clear();
    if (refused?.renewal === undefined) return answered || refused !== undefined;
    this.#due.delete(refused.renewal);
    refused.renewal.refused(this.#lastFailure);
    return true;
  }

  /** The first request without an answer. It is the one that a member refused, as it answers in order. */
  #oldest(): Requested | undefined {
    let oldest: Requested | undefined;
    for (const [first] of this.#pending.values()) {
      if (first !== undefined && (oldest === undefined || first.place < oldest.place)) oldest = first;
    }
    return oldest;
  }

  /** Answers the oldest request for the lease: an answer to it must not extend a later request's time. */
  #answer(answer: LeaseKeepAliveResult): void {
    const pending = this.#pending.get(answer.id) ?? [];
    const requested = pending.shift();
    if (pending.length === 0) this.#pending.delete(answer.id);
    requested?.renewal?.answered(answer);
  }

  /** After a round over the members that reached none of them. */
  #reportUnreachable(reach: Reach): void {
    if (reach.reached || this.#lastFailure === undefined) return;
    this.#lastFailure = this.#dispatcher.noneReached(this.#lastFailure);
    const { unreachableMs } = this.#dispatcher.settings;
    const isInsecure = reach.isInsecure(this.#dispatcher.endpoints.length);
    if (!isInsecure && !reach.isOver({ unreachableMs, totalMs: Number.POSITIVE_INFINITY }, true)) return;
    this.#report(this.#lastFailure);
  }

  /** After a refusal that another token does not help against. */
  #reportRefused(): void {
    const failure = this.#lastFailure;
    if (failure?.code !== 'unauthenticated') return;
    if (!this.#dispatcher.hasUser || !isTokenRefused(failure)) this.#report(failure);
  }

  #report(failure: RaftKvError): void {
    for (const renewal of [...this.#renewals]) renewal.unreachable?.(failure);
  }

  async #pause(rounds: number): Promise<void> {
    const deadlineMs = performance.now() + this.#dispatcher.settings.timeoutMs;
    await this.#dispatcher.pause(rounds, { deadlineMs, signal: undefined });
  }
}
