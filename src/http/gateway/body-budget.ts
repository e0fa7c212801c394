import type { ServerResponse } from 'node:http';

export interface BodyShare {
  /** Takes bytes from the budget. False if too few are left. */
  grow(bytes: number): boolean;
  shrink(bytes: number): void;
}

/** Bounds the bytes that the requests of all clients have in memory together, until each is answered. */
export class BodyBudget {
  readonly #bytesMax: number;
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The share of one request, which it gives back when its response closes. */
  share(response: ServerResponse): BodyShare {
    let takenBytes = 0;
    response.once('close', () => {
      this.#used -= takenBytes;
      takenBytes = 0;
    });
    return {
      grow: (bytes) => {
        if (response.closed || this.#used + bytes > this.#bytesMax) return false;
        this.#used += bytes;
        takenBytes += bytes;
        return true;
      },
      shrink: (bytes) => {
        const freed = Math.min(bytes, takenBytes);
        this.#used -= freed;
        takenBytes -= freed;
      },
    };
  }
}
