import { ConnectionError, ErrorCode } from './errors.js';
import type { Http2Limits } from './limits.js';

/** Bounds how long a client may take for its settings, and for a frame or a header block that it has begun. */
export class TimeLimits {
  readonly #limits: Http2Limits;
  readonly #openedMs: number;
  /** When the frame or block began that has not ended. */
  #begunMs: number | undefined;
  /** The client has sent its SETTINGS, which must be its first frame. */
  hasSettings = false;
  /** The client has acknowledged the server's SETTINGS. */
  isAcknowledged = false;

  constructor(limits: Http2Limits, nowMs: number) {
    this.#limits = limits;
    this.#openedMs = nowMs;
  }

  /** Bytes have come. @param isInside a frame or a header block has begun and not ended */
  received(nowMs: number, isInside: boolean): void {
    if (!isInside) this.#begunMs = undefined;
    else this.#begunMs ??= nowMs;
  }

  /** A frame has ended, and no header block is to be continued. */
  ended(): void {
    this.#begunMs = undefined;
  }

  /** @throws ConnectionError for a client that is too slow */
  check(nowMs: number): void {
    const { settingsMs, frameMs } = this.#limits;
    const isSettled = this.hasSettings && this.isAcknowledged;
    if (!isSettled && nowMs - this.#openedMs > settingsMs) {
      throw new ConnectionError(ErrorCode.SETTINGS_TIMEOUT, 'no SETTINGS in time', 'setup_time');
    }
    if (this.#begunMs !== undefined && nowMs - this.#begunMs > frameMs) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'a frame did not arrive in time', 'request_time');
    }
  }
}
