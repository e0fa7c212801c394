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
  #bytesLeft: number;
  #isExceeded = false;

  /** @param bytes undefined if no caller waits for the answer: then nothing is read for it */
  constructor(bytes: number | undefined) {
    this.isWanted = bytes !== undefined;
    this.#bytesLeft = bytes ?? 0;
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
  }
}
