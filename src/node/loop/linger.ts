import type { Clock } from '../../ports/clock.js';
import type { Signal } from '../../util/signal.js';
import type { ReadQueue } from '../authority/reads.js';

export interface LingerOptions {
  readonly clock: Clock;
  readonly reads: Pick<ReadQueue, 'underWay'>;
  /** See NodeConfig.readLingerMs. */
  readonly lingerMs: number;
}

/**
 * Keeps the process awake for a moment while the next step of a read is likely to arrive: the answer to a ReadIndex round,
 * or the next read of a client that reads one value after the other. To wake a sleeping core takes a large part of the
 * time of such a read. Every turn of the event loop meanwhile serves whatever has arrived.
 */
export class Linger {
  readonly #options: LingerOptions;
  #untilMs = -Infinity;

  constructor(options: LingerOptions) {
    this.#options = options;
  }

  /** Reads were answered, so that the next ones may arrive. */
  answered(): void {
    this.#untilMs = this.#options.clock.now() + this.#options.lingerMs;
  }

  /**
   * Resolves when the signal is set, or when there is no reason to stay awake any longer; undefined if there is none now.
   */
  await(signal: Signal): Promise<void> | undefined {
    const { clock, reads, lingerMs } = this.#options;
    const untilMs = reads.underWay ? clock.now() + lingerMs : this.#untilMs;
    return signal.isSet || clock.now() >= untilMs ? undefined : this.#stayAwake(signal, untilMs);
  }

  async #stayAwake(signal: Signal, untilMs: number): Promise<void> {
    const { clock } = this.#options;
    while (!signal.isSet && clock.now() < untilMs) await new Promise<void>((resolve) => clock.soon(resolve));
  }
}
