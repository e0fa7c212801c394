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
