/** A timer that is later than this runs after input that waits, in ms. */
const LATE_MS = 20;

/** Turns of the event loop in which sockets that have data are read, after a pause. */
const LATE_TURNS = 2;

/**
 * A timer that runs on time, or, if the process did nothing for a while, after the input that arrived meanwhile: a
 * renewal that waits in a socket then comes before the expiry that it prevents.
 * @returns a function that cancels the timer
 */
export function inputFirst(delayMs: number, callback: () => void): () => void {
  const dueMs = performance.now() + delayMs;
  let over = false;
  const turn = (left: number): void => {
    if (over) return;
    if (left === 0) callback();
    else setImmediate(() => turn(left - 1));
  };
  const timer = setTimeout(() => turn(performance.now() - dueMs > LATE_MS ? LATE_TURNS : 0), delayMs);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** Turns of the event loop that it takes to read the bytes waiting in a socket, with a margin. */
const READING_TURNS = 8;

/**
 * A timer for something that should have arrived. After a process was stopped, timers run before data that arrived
 * meanwhile is read; this one waits some turns of the event loop, so that the data is read first.
 * @returns a function that cancels the timer
 */
export function afterReading(delayMs: number, callback: () => void): () => void {
  let over = false;
  const turn = (left: number): void => {
    if (over) return;
    if (left === 0) callback();
    else setImmediate(() => turn(left - 1));
  };
  const timer = setTimeout(() => turn(READING_TURNS), delayMs);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
