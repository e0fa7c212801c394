/** An answer that is made over several turns, as its maker sees it. */
export interface AnswerGrowth {
  /**
   * States how many bytes the answer holds so far.
   * @returns undefined to go on at once; otherwise a promise to await, with false if the caller has gone
   */
  holds(bytes: number): Promise<boolean> | undefined;
  /** To be called once the answer is complete or given up. Idempotent. */
  end(): void;
}

/** Bounds the memory of answers that are being made. */
export interface AnswerMemory {
  /** Begins an answer that may become large. */
  grow(): AnswerGrowth;
}
