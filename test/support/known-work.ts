import { mainThreadMs } from './turn-probe.js';

/** Processor time of the known work where the limits of the tests were chosen, in ms. */
const USUAL_MS = 20;
/** Faults that a limit guards against must exceed the limit also on the slowest machine. */
const SLOWNESS_MAX = 8;
const REPETITIONS = 8;

const TEXT = JSON.stringify(
  Array.from({ length: 2_000 }, (_, at) => ({ key: `key-${at}`, at, value: 'v'.repeat(40) })),
);

/**
 * How much slower than usual the processor is at present, from 1 to 8: virtual machines whose neighbours are busy, and cores
 * that share a cache, need more processor time for the same work. Measures known work in this process.
 */
export function slowness(): number {
  const beganMs = mainThreadMs();
  for (let at = 0; at < REPETITIONS; at += 1) JSON.stringify(JSON.parse(TEXT));
  return Math.min(SLOWNESS_MAX, Math.max(1, (mainThreadMs() - beganMs) / USUAL_MS));
}
