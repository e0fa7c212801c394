import type { Http2Limits } from './limits.js';

/** What the connection has done since the last PING. */
export interface PingContext {
  readonly nowMs: number;
  /** Open streams. */
  readonly streams: number;
  /** HEADERS and DATA frames that the server has sent so far. */
  readonly contentFrames: number;
}

/** Bounds how often a client may ask whether the server is alive, as grpc-go's enforcement policy does. */
export class PingPolicy {
  readonly #limits: Http2Limits;
  #lastMs = -Infinity;
  #contentFrames = 0;
  #early = 0;

  constructor(limits: Http2Limits) {
    this.#limits = limits;
  }

  /** A PING of the client has come. @returns false once too many came early */
  allows({ nowMs, streams, contentFrames }: PingContext): boolean {
    const { pingMinMs, idlePingMinMs, earlyPings } = this.#limits;
    if (pingMinMs === 0) return true;
    const minMs = streams > 0 ? pingMinMs : idlePingMinMs;
    const isEarly = nowMs - this.#lastMs < minMs;
    this.#lastMs = nowMs;
    if (contentFrames !== this.#contentFrames) {
      this.#contentFrames = contentFrames;
      this.#early = 0;
    } else if (isEarly) this.#early += 1;
    return this.#early <= earlyPings;
  }
}
