/**
 * The Clock port on the system's monotonic clock and the event loop's timers. The timers keep the process alive: a node
 * runs until it is stopped.
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
