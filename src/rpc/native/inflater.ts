import { gunzip } from 'node:zlib';
import { OwnerTurns } from '../../util/owner-turns.js';
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
  readonly #waiting = new OwnerTurns<object, Inflation>();
  #running = 0;

  /** @param bytesMax bound on one inflated message, in bytes */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  inflate(inflation: Inflation): void {
    this.#waiting.add(inflation.owner, inflation);
    this.#goOn();
  }

  #goOn(): void {
    while (this.#running < AT_ONCE_MAX) {
      const next = this.#waiting.take();
      if (next === undefined) return;
      if (next.isWanted()) this.#run(next);
      else next.done(undefined);
    }
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
