import { runInNewContext } from 'node:vm';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { seededRandom } from '../../../src/util/random.js';
import type { Target } from '../targets.js';
import { Trial } from './trial.js';

/** How long a target runs; all of it if nothing is given. */
export interface Amount {
  readonly runs: number | undefined;
  readonly inputs: number | undefined;
  /** Of processor time. */
  readonly minutes: number | undefined;
}

interface Progress {
  readonly runs: number;
  readonly inputs: number;
  /** Of processor time. */
  readonly seconds: number;
}

export interface Report extends Progress {
  readonly name: string;
  readonly seed: number;
  /** What the last run found. */
  readonly failure: string | undefined;
}

/** Whether a target has run long enough: as soon as one of the amounts is reached. */
export function limitOf({
  runs = Infinity,
  inputs = Infinity,
  minutes = Infinity,
}: Amount): (progress: Progress) => boolean {
  return (progress) => progress.runs >= runs || progress.inputs >= inputs || progress.seconds >= minutes * 60;
}

/** Memory that a target may keep between its runs, in bytes: caches that fill up. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;
/** Runs after which the kept memory is measured for the first time. */
const WARM_RUNS = 20;

/** Runs a target with one seed after the other, until the limit or a failure. */
export async function runTarget(
  { name, run }: Target,
  { seed, limit }: { readonly seed: number; readonly limit: (progress: Progress) => boolean },
): Promise<Report> {
  const beganMs = processorMs();
  let [runs, inputs, warmBytes] = [0, 0, Infinity];
  const progress = (): Progress => ({ runs, inputs, seconds: (processorMs() - beganMs) / 1000 });
  while (!limit(progress())) {
    try {
      inputs += await runOnce(run, seed + runs);
      runs += 1;
      if (runs === WARM_RUNS) warmBytes = keptBytes();
    } catch (error) {
      return {
        name,
        seed,
        ...progress(),
        failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  }
  const kept = runs > WARM_RUNS ? keptBytes() - warmBytes : 0;
  const failure = kept > KEPT_BYTES_MAX ? `it keeps ${kept} bytes after all runs` : undefined;
  return { name, seed, ...progress(), failure };
}

/** @returns the number of inputs */
export async function runOnce(run: Target['run'], seed: number): Promise<number> {
  const trial = new Trial(seededRandom(seed));
  await run(trial);
  await trial.settle();
  // A target that does not count feeds one input.
  return Math.max(1, trial.inputs);
}

/** Processor time of this process, in ms: unlike elapsed time it does not depend on other processes. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Memory that is left after a collection of garbage. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}
