import { resolve } from 'node:path';
import { positiveNumberOf, runProgram, textOf, UsageError, wholeNumberOf } from '../../support/program.js';
import { addToDay } from '../report/day-file.js';
import { measureBackfill, measurePuts, measureQueries } from './works.js';
import type { Backfill, Figure, WorkOptions } from './works.js';

// `make bench-indexes`: puts with 0, 1 and 3 secondary indexes, queries against reads of one key, and the backfill of
// KEYS=1000000 keys while writes go on, with one member. ONLY=puts, queries or backfill selects; DIST= is another build. Adds to the day's file in
// bench/results unless QUICK=1.

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
/** Keys of puts and queries. */
const FEW_KEYS = 10_000;
const WORKS = ['puts', 'queries', 'backfill'] as const;
type Work = (typeof WORKS)[number];

interface Results {
  figures: Figure[];
  backfill?: Backfill;
}

await runProgram('make bench-indexes', async () => {
  const rounds = wholeNumberOf('ROUNDS', 1) ?? 3;
  const seconds = positiveNumberOf('SECONDS') ?? 3;
  const options: WorkOptions = { build: resolve(ROOT, textOf('DIST') ?? 'dist'), keys: FEW_KEYS, rounds, seconds };
  const found: Results = { figures: [] };
  for (const work of selected()) {
    if (work === 'backfill') {
      const backfill = await measureBackfill({ ...options, keys: wholeNumberOf('KEYS', 1) ?? 1_000_000 });
      found.backfill = backfill;
      say(describe(backfill));
    } else {
      const figures = await (work === 'puts' ? measurePuts(options) : measureQueries(options));
      found.figures.push(...figures);
      for (const figure of figures) say(describeFigure(figure, figures));
    }
  }
  if (textOf('QUICK') !== '1')
    say(addToDay<Results>(ROOT, 'indexes', (stored) => ({ rounds, seconds, ...merged(stored, found) })));
  return 0;
});

function selected(): readonly Work[] {
  const only = textOf('ONLY');
  if (only === undefined) return WORKS;
  const work = WORKS.find((each) => each === only);
  if (work === undefined) throw new UsageError(`ONLY=${only}: one of ${WORKS.join(', ')} is needed`);
  return [work];
}

function describeFigure({ title, rate, p50Ms, p99Ms, memberUs }: Figure, [first]: readonly Figure[]): string {
  const share = `${((100 * rate) / (first?.rate ?? rate)).toFixed(0)} %`;
  const times = `median ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`;
  return `${title}: ${rate}/s (${share}), ${times}, ${memberUs.toFixed(1)} µs of the member`;
}

function describe({ keys, seconds, keysPerSecond, writesPerSecond, slowestWriteMs }: Backfill): string {
  const phases = (['before', 'during', 'after'] as const).map(
    (phase) => `${phase} ${writesPerSecond[phase]}/s, slowest ${slowestWriteMs[phase]} ms`,
  );
  return `backfill of ${keys} keys: ${seconds.toFixed(1)} s, ${keysPerSecond} keys/s; writes ${phases.join('; ')}`;
}

function merged(stored: Partial<Results>, { figures, backfill }: Results): Results {
  const ids = new Set(figures.map(({ id }) => id));
  const others = stored.figures?.filter(({ id }) => !ids.has(id)) ?? [];
  const latest = backfill ?? stored.backfill;
  return { figures: [...others, ...figures], ...(latest !== undefined && { backfill: latest }) };
}

function say(line: string): void {
  console.log(line);
}
