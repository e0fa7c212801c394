import type { AnswerGrowth } from '../../util/answer-growth.js';

/**
 * Bytes of answers to ranges after which a transaction reads no further ones, and bytes of answers after which a batch of
 * commands ends so that they are delivered: 512 MiB.
 */
export const TXN_ANSWER_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Bounds the memory for the answer of a command: each operation of a transaction may read the whole store, and a deletion
 * may return it. A range that begins within the budget is read whole, as a request of its own would be.
 */
export class AnswerBudget {
  /** Whether a caller waits for the answer. */
  readonly isWanted: boolean;
  readonly #growth: AnswerGrowth | undefined;
  #bytesLeft: number;
  #spentBytes = 0;
  #isExceeded = false;

  /**
   * @param bytes undefined if no caller waits for the answer: then nothing is read for it
   * @param growth bounds it together with the member's other answers. Not in a command: the log cannot wait for room.
   */
  constructor(bytes: number | undefined, growth?: AnswerGrowth) {
    this.isWanted = bytes !== undefined;
    this.#bytesLeft = bytes ?? 0;
    this.#growth = growth;
  }

  /** Whether something was left out of an answer that a caller waits for. */
  get isExceeded(): boolean {
    return this.#isExceeded;
  }

  /** Whether another range, or version that was deleted, may be read. */
  admits(): boolean {
    const isSpent = this.#bytesLeft <= 0;
    if (isSpent && this.isWanted) this.#isExceeded = true;
    return !isSpent;
  }

  spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    this.#spentBytes += bytes;
  }

  /** See AnswerGrowth. @param bytes those of the range that is being read */
  holds(bytes: number): Promise<boolean> | undefined {
    return this.#growth?.holds(this.#spentBytes + bytes);
  }

  /** Ends the answer: no one takes it any more. */
  giveUp(): void {
    this.#bytesLeft = 0;
    this.#isExceeded = true;
  }
}
