import { onAbort } from '../../util/abort.js';

/** The longest timer. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Waits for work, which goes on if the wait ends before it. @throws what the work throws, or what ended the wait */
export async function boundedWait<T>(
  clock: {
    /** Monotonic, in ms. */
    now(): number;
    /** @returns a function that cancels the timer */
    timeout(delayMs: number, callback: () => void): () => void;
  },
  work: Promise<T>,
  limits: {
    /** On the monotonic clock, in ms. */
    readonly deadlineMs: number;
    readonly signals: readonly (AbortSignal | undefined)[];
    /** The error of a wait that a deadline or a signal has ended. */
    readonly reason: () => Error;
  },
): Promise<T> {
  const { deadlineMs, signals, reason } = limits;
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const cancel = clock.timeout(Math.min(TIMER_MS_MAX, Math.max(0, deadlineMs - clock.now())), () => reject(reason()));
    const forget = onAbort(signals, () => reject(reason()));
    stop = () => {
      cancel();
      forget();
    };
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    stop();
  }
}
