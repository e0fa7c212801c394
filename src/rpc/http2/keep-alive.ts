import type { FrameWriter } from './frame-writer.js';
import type { Http2Limits } from './limits.js';

/** Finds clients that have gone without a word: the server sends a PING after a time of silence. */
export class KeepAlive {
  readonly #limits: Http2Limits;
  readonly #writer: FrameWriter;
  #receivedMs: number;
  #pingSentMs: number | undefined;

  constructor(limits: Http2Limits, writer: FrameWriter, nowMs: number) {
    this.#limits = limits;
    this.#writer = writer;
    this.#receivedMs = nowMs;
  }

  /** Bytes have come, of whatever kind. */
  received(nowMs: number): void {
    this.#receivedMs = nowMs;
    this.#pingSentMs = undefined;
  }

  /** Sends a PING if it is time. @returns false once its acknowledgement is overdue */
  check(nowMs: number): boolean {
    const { keepaliveMs, keepaliveTimeoutMs } = this.#limits;
    if (this.#pingSentMs !== undefined) return nowMs - this.#pingSentMs <= keepaliveTimeoutMs;
    if (nowMs - this.#receivedMs <= keepaliveMs) return true;
    this.#pingSentMs = nowMs;
    this.#writer.ping();
    return true;
  }
}
