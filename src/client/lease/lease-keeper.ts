import type { Dispatcher } from '../calls/dispatcher.js';
import { RaftKvError } from '../errors.js';
import { KeepAliveStream } from './keep-alive-stream.js';
import type { LeaseKeepAliveResult } from './lease-requests.js';

/** One who wants a lease renewed. */
export interface Kept {
  readonly id: bigint;
  /** The request has been sent, and will be answered, or lost. */
  asked(): void;
  answered(answer: LeaseKeepAliveResult): void;
  /** The client is closed: nothing is renewed any more. */
  closed(): void;
}

/**
 * Renews all leases of one client, on one stream to one member. When that breaks, or says nothing any more, it goes on at
 * the next: what was asked and not answered is asked again.
 */
export class LeaseKeeper {
  readonly #dispatcher: Dispatcher;
  readonly #held = new Set<Kept>();
  /** Those that have to be renewed, and are not asked for on the stream of now. */
  readonly #wanting = new Set<Kept>();
  /** Who has asked on the stream of now, by the lease, in the order in which answers come; a gap for who has left. */
  readonly #asked = new Map<bigint, (Kept | undefined)[]>();
  #stream: KeepAliveStream | undefined;
  #running = false;
  /** Counts streams: each is to the member after the one before, for that one has failed. */
  #streams = 0;
  #lastFailure: RaftKvError | undefined;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
    dispatcher.closing.addEventListener('abort', () => {
      for (const kept of [...this.#held]) kept.closed();
    });
  }

  /** Why the last stream ended, or did not begin: what is known of it where nobody answers. */
  get lastFailure(): string {
    return this.#lastFailure === undefined ? '' : ` (${this.#lastFailure.message})`;
  }

  hold(kept: Kept): void {
    this.#held.add(kept);
  }

  /** Asks for a renewal of what is held, now or as soon as there is a member to ask. Its answer may never come. */
  renew(kept: Kept): void {
    if (!this.#held.has(kept)) return;
    if (this.#stream === undefined) this.#wanting.add(kept);
    else this.#ask(this.#stream, kept);
    if (!this.#running) void this.#run();
  }

  /** No answer has come in the time that there was: another member may have one. */
  stalled(): void {
    this.#stream?.end('no answer in time');
  }

  release(kept: Kept): void {
    this.#held.delete(kept);
    this.#wanting.delete(kept);
    const asked = this.#asked.get(kept.id) ?? [];
    for (const [place, other] of asked.entries()) if (other === kept) asked[place] = undefined;
    if (this.#held.size === 0) this.#stream?.end('no lease is left');
  }

  #ask(stream: KeepAliveStream, kept: Kept): void {
    const asked = this.#asked.get(kept.id);
    if (asked === undefined) this.#asked.set(kept.id, [kept]);
    else asked.push(kept);
    kept.asked();
    stream.send(kept.id);
  }

  async #run(): Promise<void> {
    const { closing } = this.#dispatcher;
    this.#running = true;
    for (let failures = 0; this.#held.size > 0 && !closing.aborted;) {
      failures = (await this.#serve()) ? 0 : failures + 1;
      if (failures > 0 && this.#held.size > 0) await this.#pause(failures - 1);
    }
    this.#running = false;
  }

  /** One stream, from its beginning to its end. @returns whether anything was answered on it */
  async #serve(): Promise<boolean> {
    const { connectTimeoutMs, timeoutMs } = this.#dispatcher.settings;
    let answered = false;
    try {
      const stream = await KeepAliveStream.begin({
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
      if (this.#held.size === 0) stream.end('no lease is left');
      for (const kept of this.#wanting) this.#ask(stream, kept);
      this.#wanting.clear();
      this.#lastFailure = await stream.ended;
    } catch (error) {
      // No connection to this member: the next one is tried.
      if (!(error instanceof RaftKvError)) throw error;
      this.#lastFailure = error;
    }
    this.#stream = undefined;
    for (const some of this.#asked.values()) {
      for (const kept of some) if (kept !== undefined) this.#wanting.add(kept);
    }
    this.#asked.clear();
    return answered;
  }

  /** Each gets the answer to its own request: what an earlier one was promised began earlier. */
  #answer(answer: LeaseKeepAliveResult): void {
    const asked = this.#asked.get(answer.id) ?? [];
    const kept = asked.shift();
    if (asked.length === 0) this.#asked.delete(answer.id);
    kept?.answered(answer);
  }

  /** The more members have failed one after the other, the less hurry there is. */
  async #pause(failures: number): Promise<void> {
    const members = this.#dispatcher.endpoints.length;
    if (failures % members !== members - 1) return;
    const deadlineMs = performance.now() + this.#dispatcher.settings.timeoutMs;
    await this.#dispatcher.pause(Math.floor(failures / members), { deadlineMs, signal: undefined });
  }
}
