import { gunzip } from 'node:zlib';
import { Code, type Status } from '../status.js';

export type Inflated =
  { readonly kind: 'ok'; readonly bytes: Buffer } | { readonly kind: 'error'; readonly status: Status };

export interface Inflation {
  /** The connection that the message came on: connections take turns. */
  readonly owner: object;
  readonly bytes: Buffer;
  /** Whether the result is still wanted when its turn comes. */
  readonly isWanted: () => boolean;
  /** Called once; with undefined if the result was not wanted. */
  readonly done: (result: Inflated | undefined) => void;
}

/** Messages that are inflated at the same time: fewer than libuv's threads, which also sync the log. */
const AT_ONCE_MAX = 2;

/**
 * Inflates the compressed messages of all calls of a host, off the event loop and few at a time: 4 KB can inflate to 4 MB, and a
 * connection may send thousands of such messages at once.
 */
export class Inflater {
  readonly #bytesMax: number;
  /** What waits, by owner, in the order of their turns. */
  readonly #waiting = new Map<object, Inflation[]>();
  #running = 0;

  /** @param bytesMax bound on one inflated message, in bytes */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  inflate(inflation: Inflation): void {
    const waiting = this.#waiting.get(inflation.owner);
    if (waiting === undefined) this.#waiting.set(inflation.owner, [inflation]);
    else waiting.push(inflation);
    this.#goOn();
  }

  #goOn(): void {
    while (this.#running < AT_ONCE_MAX) {
      const next = this.#take();
      if (next === undefined) return;
      if (next.isWanted()) this.#run(next);
      else next.done(undefined);
    }
  }

  /** The next message of the owner whose turn it is, which comes last from then on. */
  #take(): Inflation | undefined {
    for (const [owner, waiting] of this.#waiting) {
      const next = waiting.shift();
      this.#waiting.delete(owner);
      if (waiting.length > 0) this.#waiting.set(owner, waiting);
      return next;
    }
    return undefined;
  }

  #run({ bytes, done }: Inflation): void {
    this.#running += 1;
    gunzip(bytes, { maxOutputLength: this.#bytesMax }, (error, inflated) => {
      this.#running -= 1;
      done(error === null ? { kind: 'ok', bytes: inflated } : { kind: 'error', status: this.#statusOf(error) });
      this.#goOn();
    });
  }

  #statusOf(error: NodeJS.ErrnoException): Status {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `grpc: received message after decompression larger than max ${this.#bytesMax}`;
      return { code: Code.RESOURCE_EXHAUSTED, message };
    }
    return { code: Code.INTERNAL, message: `grpc: failed to decompress the received message: ${error.message}` };
  }
}
