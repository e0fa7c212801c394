import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';

/** The first fatal error of a store, after which it must not be used. */
export class Failure {
  readonly #logger: Logger;
  #error: Error | undefined;
  #resolve: ((error: Error) => void) | undefined;
  /** Resolves with the error; pending until then. */
  readonly failed = new Promise<Error>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @throws the first fatal error, if there is one */
  assertNone(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Logs and keeps the error if it is the first. @returns what was thrown, as an Error */
  fail(thrown: unknown): Error {
    const error = asError(thrown);
    if (this.#error === undefined) {
      this.#error = error;
      this.#logger.error('the store stops', { error });
      this.#resolve?.(error);
    }
    return error;
  }
}
