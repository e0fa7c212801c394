import { inputFirst } from './reading-timer.js';

/**
 * The Clock port on the system's monotonic clock and the event loop's timers. The timers keep the process alive: a node
 * runs until it is stopped. After a pause of the process, input that arrived meanwhile comes before ticks, deadlines and
 * expiries.
 */
export const realClock = {
  now: (): number => performance.now(),
  timeout: inputFirst,
  soon: (callback: () => void): void => {
    setImmediate(callback);
  },
};
