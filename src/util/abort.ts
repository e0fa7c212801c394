import { setMaxListeners } from 'node:events';

/**
 * Calls back once, when the first of some signals is aborted; at once if one already is. Unlike `AbortSignal.any`, it
 * leaves no listener on signals that outlive the wait.
 * @returns a function that removes the callback
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
      // Any number of callers may wait for one signal; Node would report the eleventh as a leak on stderr.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', once);
    }
  }
  return stop;
}

/** Runs work with a signal that is aborted when any of the given ones is, until the work is done. */
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
