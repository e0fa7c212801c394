import { ConnectionError, ErrorCode } from './errors.js';
import type { Http2Limits } from './limits.js';
import { RateLimiter } from './rate-limiter.js';

/** Counts frames that cost the server more than the client. Each method throws a ConnectionError above its rate. */
export class Floods {
  readonly #resets: RateLimiter;
  readonly #violations: RateLimiter;
  readonly #controlFrames: RateLimiter;
  readonly #emptyFrames: RateLimiter;

  /** @param now monotonic time in ms */
  constructor({ resets, violations, controlFrames, emptyFrames }: Http2Limits, now: () => number) {
    this.#resets = new RateLimiter(resets, now);
    this.#violations = new RateLimiter(violations, now);
    this.#controlFrames = new RateLimiter(controlFrames, now);
    this.#emptyFrames = new RateLimiter(emptyFrames, now);
  }

  /** A stream that is reset. @param reason for the error above the rate */
  countReset(reason: string): void {
    if (!this.#resets.take()) throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, reason);
  }

  /** A stream on which the client has broken a rule. */
  countViolation(): void {
    if (this.#violations.take()) return;
    throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'streams are broken too fast');
  }

  /** @param count more than 1 for a frame that costs more than others */
  countControl(count = 1): void {
    if (!this.#controlFrames.take(count))
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'too many control frames');
  }

  countEmpty(): void {
    if (this.#emptyFrames.take()) return;
    throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'too many frames without content');
  }
}
