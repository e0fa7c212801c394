import { setMaxListeners } from 'node:events';

/**
 * Calls back once, when the first of some signals is aborted; at once where one is already. Unlike a signal that
 * `AbortSignal.any` makes, it leaves nothing behind on those that outlive it.
 * @returns takes the callback back
 */
export function onAbort(signals: readonly (AbortSignal | undefined)[], callback: () => void): () => void {
  const given = signals.filter((signal) => signal !== undefined);
  const stop = (): void => {
    for (const signal of given) signal.removeEventListener('abort', once);
  };
  const once = (): void => {
    stop();
    callback();
  };
  if (given.some(({ aborted }) => aborted)) callback();
  else {
    for (const signal of given) {
      // Any number may wait for one signal. Node takes eleven for a leak, and says so on stderr.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', once);
    }
  }
  return stop;
}

/** Work with a signal that is aborted with any of some others, for as long as it takes. */
export async function withEither<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const either = new AbortController();
  const stop = onAbort(signals, () => either.abort(signals.find((signal) => signal?.aborted)?.reason));
  try {
    return await work(either.signal);
  } finally {
    stop();
  }
}
