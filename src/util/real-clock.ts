/**
 * The machine's monotonic clock and the event loop's timers: the Clock port, by its shape. Its timers hold the process
 * alive, as they should: a node runs until it is stopped.
 */
export const realClock = {
  now: (): number => performance.now(),
  timeout: (delayMs: number, callback: () => void): (() => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (callback: () => void): void => {
    setImmediate(callback);
  },
};
