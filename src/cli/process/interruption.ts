import { constants } from 'node:os';
import { RaftKvError } from '../../client/index.js';
import type { Turn } from '../../client/index.js';
import { CommandError, CommandExit } from './streams.js';
import type { Interrupt, Streams } from './streams.js';

/** Ctrl-C or SIGTERM, as an event that a command waits for or that ends its wait. */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #received: Promise<void>;
  #signal: Interrupt | undefined;

  constructor(streams: Streams) {
    this.#received = new Promise((resolve) => {
      streams.onInterrupt((signal) => {
        this.#signal ??= signal;
        this.#abort.abort();
        resolve();
      });
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Awaits work that the signal ends, then exits as a process that the signal killed. @throws CommandExit after a signal */
  async orExit(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.#signal === undefined) throw error;
    }
    if (this.#signal !== undefined) throw new CommandExit(128 + constants.signals[this.#signal]);
  }

  /** Awaits work that the signal cancels. @throws CommandError if the signal came before the work was done */
  async before<T>(work: Promise<T>, what: string): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!this.signal.aborted || !(error instanceof RaftKvError) || error.code !== 'cancelled') throw error;
      throw new CommandError(`interrupted before ${what}`);
    }
  }

  /** Resolves when the signal comes. @throws CommandError if the turn is lost first */
  async orLoss(turn: Turn): Promise<void> {
    const reason = await Promise.race([this.#received, turn.lost]);
    if (reason !== undefined) throw lostError(reason);
  }
}

export function lostError({ message }: RaftKvError): CommandError {
  return new CommandError(message);
}
