import type { Logger } from '../../util/logger.js';

export interface SlowWarningsOptions {
  readonly logger: Logger;
  /** Time to apply a command after which it is slow, in ms; 0: never. */
  readonly applyMs: number;
  /** Time of a unary call after which it is slow, in ms; 0: never. */
  readonly unaryMs: number;
}

/** Shortest time between two warnings of one kind, in ms: slowness must not grow by its own log. */
const INTERVAL_MS = 1_000;

/** Logs slow commands and calls. */
export class SlowWarnings {
  readonly #options: SlowWarningsOptions;
  readonly #apply = new Pace();
  readonly #unary = new Pace();

  constructor(options: SlowWarningsOptions) {
    this.#options = options;
  }

  /** Bound of the metric of slow commands, in ms. */
  get applyMs(): number {
    const { applyMs } = this.#options;
    return applyMs === 0 ? Infinity : applyMs;
  }

  /** A command took longer than the bound: the share of its batch, in ms. */
  applied(command: string, ms: number): void {
    this.#apply.pass((suppressed) => {
      this.#options.logger.warn('apply took too long', {
        command,
        ms: Math.round(ms),
        thresholdMs: this.applyMs,
        suppressed,
      });
    });
  }

  /** A unary call ended. */
  answered(path: string, ms: number): void {
    const { logger, unaryMs } = this.#options;
    if (unaryMs === 0 || ms <= unaryMs) return;
    this.#unary.pass((suppressed) => {
      logger.warn('call took too long', { method: path, ms: Math.round(ms), thresholdMs: unaryMs, suppressed });
    });
  }
}

/** Lets one event through in each interval, with the number of events suppressed since the last one. */
class Pace {
  #nextMs = -Infinity;
  #suppressed = 0;

  pass(warn: (suppressed: number) => void): void {
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) {
      this.#suppressed += 1;
      return;
    }
    this.#nextMs = nowMs + INTERVAL_MS;
    warn(this.#suppressed);
    this.#suppressed = 0;
  }
}
