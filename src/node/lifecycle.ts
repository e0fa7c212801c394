import { assert } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import { Signal } from '../util/signal.js';
import { Topic } from '../util/topic.js';

/** Phases of a node, from construction to its end. */
export class Lifecycle {
  /** Resolves after a clean stop; rejects with the error that stopped the node. */
  readonly closed: Promise<void>;
  /** Published once, if the node stops because of an error. */
  readonly failed = new Topic<Error>();
  /** Wakes the Ready loop. */
  readonly signal = new Signal();
  readonly #logger: Logger;
  #started = false;
  #stopping = false;
  #error: Error | undefined;
  #settle: (error: Error | undefined) => void = () => undefined;

  constructor({ logger }: { readonly logger: Logger }) {
    this.#logger = logger;
    this.closed = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Callers that care await `closed`. Without one, a failed node must not end its process.
    this.closed.catch(() => undefined);
  }

  get running(): boolean {
    return this.#started && !this.#stopping;
  }

  start(): void {
    assert(!this.#started, 'a node starts once');
    this.#started = true;
  }

  /** Ends the Ready loop. @returns whether the node had been started */
  stop(): boolean {
    this.#stopping = true;
    this.signal.set();
    return this.#started;
  }

  /** Stops the node because of an error that it must not outlive. The first error counts. */
  fail(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#stopping = true;
    this.#logger.error('the node stops', { error: error.message });
    this.failed.publish(error);
    this.signal.set();
  }

  /** All resources are closed. @param error why one of them could not be closed */
  end(error: Error | undefined): void {
    this.#settle(this.#error ?? error);
  }
}
