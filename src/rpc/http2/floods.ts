import { tooMuch } from './errors.js';
import type { Http2Limits } from './limits.js';
import { RateLimiter } from './rate-limiter.js';
import type { SourceRates } from './source-rates.js';

/** Counts frames that cost the server more than the client. Each method throws a ConnectionError above its rate. */
export class Floods {
  readonly #resets: RateLimiter;
  readonly #violations: RateLimiter;
  readonly #controlFrames: RateLimiter;
  readonly #emptyFrames: RateLimiter;
  readonly #ofSource: SourceRates | undefined;

  /**
   * @param now monotonic time in ms
   * @param ofSource counts the same for all connections of an address together
   */
  constructor(limits: Http2Limits, now: () => number, ofSource?: SourceRates) {
    this.#resets = new RateLimiter(limits.resets, now);
    this.#violations = new RateLimiter(limits.violations, now);
    this.#controlFrames = new RateLimiter(limits.controlFrames, now);
    this.#emptyFrames = new RateLimiter(limits.emptyFrames, now);
    this.#ofSource = ofSource;
  }

  /** A stream that is reset. @param reason for the error above the rate */
  countReset(reason: string): void {
    if (!this.#resets.take() || this.#ofSource?.resets.take() === false) throw tooMuch('reset_rate', reason);
  }

  /** A stream on which the client has broken a rule. */
  countViolation(): void {
    if (!this.#violations.take()) throw tooMuch('violation_rate', 'streams are broken too fast');
  }

  /** @param count more than 1 for a frame that costs more than others */
  countControl(count = 1): void {
    if (!this.#controlFrames.take(count) || this.#ofSource?.controlFrames.take(count) === false) {
      throw tooMuch('control_frame_rate', 'too many control frames');
    }
  }

  countEmpty(): void {
    if (!this.#emptyFrames.take()) throw tooMuch('empty_frame_rate', 'too many frames without content');
  }
}
