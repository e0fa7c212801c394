import { RaftKvError } from '../client/index.js';
import type { Turn } from '../client/index.js';
import { CommandError } from './streams.js';
import type { Streams } from './streams.js';

/** Ctrl-C, as what a command waits for, or what ends its waiting. */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #came: Promise<void>;

  constructor(streams: Streams) {
    this.#came = new Promise((resolve) => {
      streams.onInterrupt(() => {
        this.#abort.abort();
        resolve();
      });
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Work that the signal ends. @throws CommandError where it came too early */
  async before<T>(work: Promise<T>, what: string): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!this.signal.aborted || !(error instanceof RaftKvError) || error.code !== 'cancelled') throw error;
      throw new CommandError(`interrupted before ${what}`);
    }
  }

  /** Resolves when it comes. @throws CommandError where the turn is lost before */
  async orLoss(turn: Turn): Promise<void> {
    const reason = await Promise.race([this.#came, turn.lost]);
    if (reason !== undefined) throw lossOf(reason);
  }
}

export function lossOf({ message }: RaftKvError): CommandError {
  return new CommandError(message);
}
