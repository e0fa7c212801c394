import { ByteWindow } from '../byte-window.js';

export interface InflightLimits {
  /** Appends under way to one follower, at least 1. */
  readonly messages: number;
  /** Bytes of entry data under way to one follower. The append that crosses the bound is still sent. */
  readonly bytes: number;
}

/**
 * The appends that a follower in the replicate state has been sent and not answered: the bound on how far the leader
 * runs ahead of it (thesis, section 10.2.2). Each is known by its last index.
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

  /** An answer at an index answers every append that ends at or below it. */
  release(index: number): void {
    this.#window.release(index);
  }

  clear(): void {
    this.#window.clear();
  }
}
