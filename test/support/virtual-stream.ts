import type { StreamCall, Trailers } from '../../src/rpc/service.js';
import type { Status } from '../../src/rpc/status.js';
import type { VirtualClock, VirtualTime } from './virtual-time.js';

export interface VirtualStreamOptions {
  readonly time: VirtualTime;
  /** Of the member's process: what reaches it waits while that is stopped. */
  readonly clock: VirtualClock;
  readonly metadata: Readonly<Record<string, string>>;
  /** How long a message is on its way, in ms. */
  readonly delayMs: number;
  /** Messages that the client has not taken yet, from which on the member is told to wait. */
  readonly window: number;
  readonly decode: (body: Uint8Array) => unknown;
  /** The client has something to take, or the stream is over. */
  readonly onReadable: () => void;
}

/** One stream: the member's end of it, and a client that takes what comes when it likes. */
export class VirtualStream {
  /** The end that the member's handler has. */
  readonly server: StreamCall<unknown>;
  /** How it ended, once all before has been taken. */
  ended: Status | 'well' | undefined;
  readonly #options: VirtualStreamOptions;
  readonly #inbox: Uint8Array[] = [];
  readonly #cancelCallbacks: (() => void)[] = [];
  readonly #drainCallbacks: (() => void)[] = [];
  readonly #held: Uint8Array[] = [];
  #onMessage: (request: unknown) => void = () => undefined;
  #onEnd: () => void = () => undefined;
  /** Sent by the member, and not yet taken. */
  #untaken = 0;
  #full = false;
  #paused = false;
  #cancelled = false;
  /** The member's handler has ended it, or its process is gone. */
  #over = false;

  constructor(options: VirtualStreamOptions) {
    this.#options = options;
    this.server = {
      metadata: (name) => options.metadata[name],
      remainingMs: () => undefined,
      cancelled: false,
      onCancel: (callback) => this.#cancelCallbacks.push(callback),
      onMessage: (callback) => (this.#onMessage = callback),
      onEnd: (callback) => (this.#onEnd = callback),
      onDrain: (callback) => this.#drainCallbacks.push(callback),
      send: (body) => this.#send(body),
      pause: () => (this.#paused = true),
      resume: () => {
        this.#paused = false;
        for (const body of this.#held.splice(0)) this.#receive(body);
      },
      end: (_trailers?: Trailers) => this.#finish('well'),
      fail: (status) => this.#finish(status),
    };
  }

  /** From the client to the member. */
  send(body: Uint8Array): void {
    const { time, clock, delayMs } = this.#options;
    time.schedule(delayMs, () => this.#receive(body), clock);
  }

  /** The client will send no more. */
  halfClose(): void {
    const { time, clock, delayMs } = this.#options;
    time.schedule(delayMs, () => (this.#over ? undefined : this.#onEnd()), clock);
  }

  /** The client gives it up. */
  cancel(): void {
    const { time, clock, delayMs } = this.#options;
    this.#cancelled = true;
    time.schedule(delayMs, () => this.#cancel(), clock);
  }

  /** The next message that has come; undefined for none. */
  take(): Uint8Array | undefined {
    const body = this.#inbox.shift();
    if (body === undefined) return undefined;
    this.#untaken--;
    if (this.#full && this.#untaken <= this.#options.window / 2) {
      this.#full = false;
      const { time, clock, delayMs } = this.#options;
      time.schedule(
        delayMs,
        () => (this.#over ? undefined : this.#drainCallbacks.forEach((callback) => callback())),
        clock,
      );
    }
    return body;
  }

  /** The connection broke: what was on its way is lost. */
  lose(): void {
    if (this.#over) return;
    this.#over = true;
    this.#end({ code: 14, message: 'the connection broke' });
  }

  #receive(body: Uint8Array): void {
    if (this.#over || this.#cancelled) return;
    if (this.#paused) this.#held.push(body);
    else this.#onMessage(this.#options.decode(body));
  }

  #cancel(): void {
    if (this.#over) return;
    this.#over = true;
    for (const callback of this.#cancelCallbacks) callback();
  }

  #send(body: Uint8Array): boolean {
    if (this.#over || this.#cancelled) return true;
    const copy = Uint8Array.from(body);
    this.#untaken++;
    this.#full ||= this.#untaken >= this.#options.window;
    this.#later(() => {
      if (this.ended !== undefined) return;
      this.#inbox.push(copy);
      this.#options.onReadable();
    });
    return !this.#full;
  }

  #finish(how: Status | 'well'): void {
    if (this.#over || this.#cancelled) return;
    this.#over = true;
    this.#later(() => this.#end(how));
  }

  #end(how: Status | 'well'): void {
    if (this.ended !== undefined || this.#cancelled) return;
    this.ended = how;
    this.#options.onReadable();
  }

  /** On the client's side, in the order in which it was sent. */
  #later(run: () => void): void {
    this.#options.time.schedule(this.#options.delayMs, run);
  }
}
