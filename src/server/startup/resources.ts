import { asError } from '../../util/error.js';
import type { Logger } from '../../util/logger.js';

/** Resources that a start has opened. They are closed, the last one first, if it fails later. */
export class Resources {
  readonly #logger: Logger;
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Registers a resource that was opened. @returns the resource */
  keep<T>(resource: T, close: () => Promise<void>): T {
    this.#closers.push(close);
    return resource;
  }

  /** Closes all. Errors while closing are logged: the error that failed the start is the one to report. */
  async closeAll(): Promise<void> {
    for (const close of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error('an error while closing after a failed start', { error: asError(error).message });
      }
    }
  }
}
