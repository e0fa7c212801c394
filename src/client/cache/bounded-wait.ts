import { onAbort } from '../../util/abort.js';
import type { CacheSource } from './cache-source.js';

/** Waits for work, which goes on if the wait ends before it. @throws what the work throws, or what ended the wait */
export async function boundedWait<T>(
  source: Pick<CacheSource, 'now' | 'timeout'>,
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
    const cancel = source.timeout(Math.max(0, deadlineMs - source.now()), () => reject(reason()));
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
