import { gunzip } from 'node:zlib';
import { Code, type Status } from '../status.js';

export type Inflated =
  { readonly kind: 'ok'; readonly bytes: Buffer } | { readonly kind: 'error'; readonly status: Status };

interface Waiting {
  readonly bytes: Buffer;
  readonly done: (result: Inflated) => void;
}

/** Messages that are inflated at the same time: as many as Node's thread pool has threads. More wait in their order. */
const AT_ONCE_MAX = 4;

/** Inflates the compressed messages of all calls of a host, off the event loop. */
export class Inflater {
  readonly #bytesMax: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  /** @param bytesMax bound on one inflated message, in bytes */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  inflate(bytes: Buffer, done: (result: Inflated) => void): void {
    this.#waiting.push({ bytes, done });
    this.#goOn();
  }

  #goOn(): void {
    while (this.#running < AT_ONCE_MAX) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      gunzip(next.bytes, { maxOutputLength: this.#bytesMax }, (error, inflated) => {
        this.#running -= 1;
        next.done(error === null ? { kind: 'ok', bytes: inflated } : { kind: 'error', status: this.#statusOf(error) });
        this.#goOn();
      });
    }
  }

  #statusOf(error: NodeJS.ErrnoException): Status {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `grpc: received message after decompression larger than max ${this.#bytesMax}`;
      return { code: Code.RESOURCE_EXHAUSTED, message };
    }
    return { code: Code.INTERNAL, message: `grpc: failed to decompress the received message: ${error.message}` };
  }
}
