import type { StreamCall, Trailers } from '../../src/rpc/service.js';
import type { Status } from '../../src/rpc/status.js';
import type { VirtualClock, VirtualTime } from './virtual-time.js';

export interface VirtualStreamOptions {
  readonly time: VirtualTime;
  /** The clock of the member's process. While it is stopped, messages to the member wait. */
  readonly clock: VirtualClock;
  readonly metadata: Readonly<Record<string, string>>;
  /** Delay of a message, in ms. */
  readonly delayMs: number;
  /** Number of untaken messages at which the member must wait. */
  readonly window: number;
  readonly decode: (body: Uint8Array) => unknown;
  /** Called when the client can take a message, or the stream is over. */
  readonly onReadable: () => void;
}

/** One stream: the member's end, and a client that takes messages at its own pace. */
export class VirtualStream {
  /** The member's end, for its handler. */
  readonly server: StreamCall<unknown>;
  /** The outcome of the stream, once all messages before it are taken. */
  ended: Status | 'well' | undefined;
  readonly #options: VirtualStreamOptions;
  readonly #inbox: Uint8Array[] = [];
  readonly #cancelCallbacks: (() => void)[] = [];
  readonly #drainCallbacks: (() => void)[] = [];
  readonly #held: Uint8Array[] = [];
  #onMessage: (request: unknown) => void = () => undefined;
  #onEnd: () => void = () => undefined;
  /** Messages sent by the member and not taken yet. */
  #untaken = 0;
  #full = false;
  #paused = false;
  #cancelled = false;
  /** Whether the member's handler has ended the stream, or the member's process has ended. */
  #over = false;

  constructor(options: VirtualStreamOptions) {
    this.#options = options;
    this.server = {
      certificate: undefined,
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

  /** Sends a message from the client to the member. */
  send(body: Uint8Array): void {
    const { time, clock, delayMs } = this.#options;
    time.schedule(delayMs, () => this.#receive(body), clock);
  }

  /** Ends the client's side. */
  halfClose(): void {
    const { time, clock, delayMs } = this.#options;
    time.schedule(delayMs, () => (this.#over ? undefined : this.#onEnd()), clock);
  }

  /** Cancels the stream, as a client does. */
  cancel(): void {
    const { time, clock, delayMs } = this.#options;
    this.#cancelled = true;
    time.schedule(delayMs, () => this.#cancel(), clock);
  }

  /** Takes the next arrived message; undefined if there is none. */
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

  /** Breaks the connection: messages in flight are lost. */
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

  /** Delivers to the client, in the order of sending. */
  #later(run: () => void): void {
    this.#options.time.schedule(this.#options.delayMs, run);
  }
}
