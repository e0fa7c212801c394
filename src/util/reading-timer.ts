/** Turns of the event loop that what lies in a socket takes to be read, generously. */
const READING_TURNS = 8;

/**
 * A timer for what should have arrived by then. In a process that stood still, timers come before what has arrived
 * meanwhile: this one lets it be read first, which takes some turns of the event loop, and no time to speak of.
 * @returns takes it back
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
