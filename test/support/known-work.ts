import { seededRandom } from '../../src/util/random.js';
import { shuffled } from './shuffled.js';
import { mainThreadMs } from './turn-probe.js';

/** Processor time of the known work where the limits of the tests were chosen, in ms. */
const USUAL_MS = 20;
/** Faults that a limit guards against must exceed the limit also on the slowest machine. */
const SLOWNESS_MAX = 8;
const REPETITIONS = 8;

const TEXT = JSON.stringify(
  Array.from({ length: 2_000 }, (_, at) => ({ key: `key-${at}`, at, value: 'v'.repeat(40) })),
);

/** Steps through memory, each of which depends on the one before, and the time of one where the limits were chosen, in ns. */
const STEPS = 200_000;
const USUAL_STEP_NS = 25;
/** 4 MiB: more than the caches of a core hold, less than those that cores share, unless neighbours take these. */
const PLACES = 2 ** 20;

/**
 * How much slower than usual the processor is at present, from 1 to 8: virtual machines whose neighbours are busy, and cores
 * that share a cache, need more processor time for the same work. Measures known work in this process: calculation, and
 * reads of memory far apart, which may be slow when the other is not.
 */
export function slowness(): number {
  return Math.min(SLOWNESS_MAX, Math.max(1, slownessOfCalculation(), slownessOfMemory()));
}

function slownessOfCalculation(): number {
  const beganMs = mainThreadMs();
  for (let at = 0; at < REPETITIONS; at += 1) JSON.stringify(JSON.parse(TEXT));
  return (mainThreadMs() - beganMs) / USUAL_MS;
}

let nextPlaces: Uint32Array | undefined;

function slownessOfMemory(): number {
  const next = (nextPlaces ??= oneCycle(PLACES));
  const beganMs = mainThreadMs();
  let place = 0;
  for (let step = 0; step < STEPS; step += 1) place = next[place] ?? 0;
  const tookMs = mainThreadMs() - beganMs;
  // Its result is used, so that no compiler leaves the loop out.
  if (place < 0) throw new Error('a place is negative');
  return (tookMs * 1e6) / STEPS / USUAL_STEP_NS;
}

/** For each place the next one, in a random order that visits all. */
function oneCycle(places: number): Uint32Array {
  const order = shuffled(
    Array.from({ length: places }, (_, place) => place),
    seededRandom(1),
  );
  const next = new Uint32Array(places);
  for (const [at, place] of order.entries()) next[place] = order[at + 1] ?? order[0] ?? 0;
  return next;
}
