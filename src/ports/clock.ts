/** Time, as a parameter: monotonic, in milliseconds with fractions, from an origin that means nothing. */
export interface Clock {
  now(): number;
  /** Calls back once, not before `delayMs`; the answer cancels it. */
  timeout(delayMs: number, callback: () => void): Cancel;
  /** Calls back in a later turn of the loop, after what has already arrived was read. */
  soon(callback: () => void): void;
}

export type Cancel = () => void;
