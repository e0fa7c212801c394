/** A monotonic clock, in milliseconds with fractions. Its origin is arbitrary. */
export interface Clock {
  now(): number;
  /**
   * Calls back once, no earlier than `delayMs`; after a pause of the process, once pending input was read.
   * @returns a function that cancels it
   */
  timeout(delayMs: number, callback: () => void): Cancel;
  /** Calls back in a later turn of the event loop, after pending input was read. */
  soon(callback: () => void): void;
}

export type Cancel = () => void;
