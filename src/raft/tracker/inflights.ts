import { ByteWindow } from '../byte-window.js';

export interface InflightLimits {
  /** Unanswered appends to one follower, at least 1. */
  readonly messages: number;
  /** Unanswered bytes of entry data to one follower. The append that crosses the bound is still sent. */
  readonly bytes: number;
}

/**
 * Unanswered appends to a follower in the replicate state. They bound how far the leader runs ahead of it (thesis, section
 * 10.2.2). Each is identified by its last index.
 */
export class Inflights {
  readonly limits: InflightLimits;
  readonly #window = new ByteWindow();

  constructor(limits: InflightLimits) {
    this.limits = limits;
  }

  get count(): number {
    return this.#window.count;
  }

  get bytes(): number {
    return this.#window.bytes;
  }

  get full(): boolean {
    return this.#window.count >= this.limits.messages || this.#window.bytes >= this.limits.bytes;
  }

  add(lastIndex: number, bytes: number): void {
    this.#window.add(lastIndex, bytes);
  }

  /** An acknowledgement covers every append that ends at or below its index. */
  release(index: number): void {
    this.#window.release(index);
  }

  clear(): void {
    this.#window.clear();
  }
}
