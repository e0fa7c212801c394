/** Frames of content of which the answers may still come, after a client has sent none for a while. */
const UNUSED_MAX = 1_000;

/**
 * Frames that a client may send because it has received content: grpc-go measures the bandwidth with a PING, and returns the
 * window, for each round trip in which HEADERS or DATA came, thousands of times a second on a busy connection. Such frames are
 * no flood, since each follows a larger one that the server sent.
 */
export class ContentCredit {
  readonly #perFrame: number;
  #used = 0;

  /** @param perFrame frames of the client for each of the server */
  constructor(perFrame: number) {
    this.#perFrame = perFrame;
  }

  /** @param contentFrames HEADERS and DATA frames that the server has sent so far @returns whether content has earned the frame */
  take(contentFrames: number): boolean {
    const earned = contentFrames * this.#perFrame;
    if (earned - this.#used > UNUSED_MAX) this.#used = earned - UNUSED_MAX;
    if (this.#used >= earned) return false;
    this.#used += 1;
    return true;
  }
}
