import { constants } from 'node:os';
import { RaftKvError } from '../client/index.js';
import type { Turn } from '../client/index.js';
import { CommandError, CommandExit } from './streams.js';
import type { Interrupt, Streams } from './streams.js';

/** Ctrl-C, as what a command waits for, or what ends its waiting. */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #came: Promise<void>;
  #signal: Interrupt | undefined;

  constructor(streams: Streams) {
    this.#came = new Promise((resolve) => {
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

  /** Work that the signal ends, and us with it, as if by the signal. @throws CommandExit where it came */
  async orExit(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.#signal === undefined) throw error;
    }
    if (this.#signal !== undefined) throw new CommandExit(128 + constants.signals[this.#signal]);
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
