import type { SimOptions } from './options.js';
import type { Pool } from './pool.js';
import { simpler } from './simpler.js';

export interface ShrinkOptions {
  readonly pool: Pool;
  readonly start: SimOptions;
  /** Maximum number of steps. Default: unlimited. */
  readonly limit?: number;
  /** Called with the simpler run after each successful step. */
  readonly onStep: (options: SimOptions, violation: string) => void;
}

export interface Shrunk {
  readonly options: SimOptions;
  readonly violation: string;
  readonly runs: number;
}

/** Seeds that are tried before a simpler run counts as passing, since it makes other random choices. */
const SEEDS_TRIED = 8;
/** Seeds are below this, so that the next seed is exact. */
const SEED_STEP = 1_000_003;

/**
 * Simplifies a failing run, one option at a time, while it fails in the same way.
 * @returns undefined if the initial run passes
 */
export async function shrink({ pool, start, limit = Infinity, onStep }: ShrinkOptions): Promise<Shrunk | undefined> {
  let runs = 0;
  const firstFailure = async (
    candidates: readonly SimOptions[],
    kind: string | undefined,
  ): Promise<{ options: SimOptions; violation: string } | undefined> => {
    const failures = new Map<SimOptions, string>();
    let next = 0;
    await pool.runAll({
      next: () => (failures.size > 0 ? undefined : candidates[next++]),
      onDone: ({ result: { violation } }, options) => {
        runs++;
        if (violation !== undefined && (kind === undefined || kindOf(violation) === kind)) {
          failures.set(options, violation);
        }
      },
    });
    const options = candidates.find((candidate) => failures.has(candidate));
    return options === undefined ? undefined : { options, violation: failures.get(options) ?? '' };
  };

  let failing = await firstFailure([start], undefined);
  if (failing === undefined) return undefined;
  const kind = kindOf(failing.violation);
  for (let steps = 0; steps < limit; steps++) {
    // First tries all simplifications with the same seed, then with others.
    const candidates = simpler(failing.options);
    const more = candidates.flatMap((candidate) =>
      Array.from({ length: SEEDS_TRIED - 1 }, (_, at) => ({
        ...candidate,
        seed: (candidate.seed + (at + 1) * SEED_STEP) % 2 ** 32,
      })),
    );
    const found: { options: SimOptions; violation: string } | undefined =
      (await firstFailure(candidates, kind)) ?? (await firstFailure(more, kind));
    if (found === undefined) break;
    failing = found;
    onStep(failing.options, failing.violation);
  }
  return { ...failing, runs };
}

/** Two runs fail in the same way if only members and numbers differ. */
export function kindOf(violation: string): string {
  const [line = ''] = violation.split('\n');
  return line
    .replace(/^m\d+: /, '')
    .replaceAll(/\d+/g, '#')
    .slice(0, 60);
}
