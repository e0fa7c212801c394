import type { ServerHttp2Stream } from 'node:http2';

/** Bound on resets at once. At a thousand, Node's HTTP/2 stops reading and leaves the socket open. */
const RESETS_MAX = 800;
/** Bound on resets per second, on average. */
const RESETS_PER_SECOND = 30;
const NO_ERROR = 0;

/**
 * Bounds the streams that one connection opens and resets: each costs the work of a call, and a client can
 * open the next one without waiting (CVE-2023-44487).
 */
export class ResetBound {
  readonly #exceeded: () => void;
  #resets = 0;
  #atMs = performance.now();

  /** @param exceeded called with each reset above the bound */
  constructor(exceeded: () => void) {
    this.#exceeded = exceeded;
  }

  watch(stream: ServerHttp2Stream): void {
    stream.once('close', () => {
      if (stream.rstCode !== NO_ERROR) this.#count();
    });
  }

  #count(): void {
    const nowMs = performance.now();
    this.#resets = Math.max(0, this.#resets - ((nowMs - this.#atMs) / 1_000) * RESETS_PER_SECOND) + 1;
    this.#atMs = nowMs;
    if (this.#resets > RESETS_MAX) this.#exceeded();
  }
}
