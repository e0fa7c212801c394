import { resolve } from 'node:path';
import { positiveNumberOf, runProgram, textOf, UsageError, wholeNumberOf } from '../../support/program.js';
import { addToDay } from '../report/day-file.js';
import { describe, type Line } from './rounds.js';
import { measureCache, measureFeeds, measureHotKeys, measureSessions, type WorkOptions } from './works.js';

// `make bench-features`: what client sessions, the counts of hot keys, the cache of the client and change feeds cost or save, with one
// member. ONLY=sessions, hot, cache or feeds selects; DIST= is another build. Adds to the day's file in bench/results unless QUICK=1.

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const WORKS = { sessions: measureSessions, hot: measureHotKeys, cache: measureCache, feeds: measureFeeds } as const;
type Work = keyof typeof WORKS;
type Results = Partial<Record<Work, readonly (readonly Line[])[]>>;

await runProgram('make bench-features', async () => {
  const rounds = wholeNumberOf('ROUNDS', 1) ?? 3;
  const seconds = positiveNumberOf('SECONDS') ?? 3;
  const options: WorkOptions = { build: resolve(ROOT, textOf('DIST') ?? 'dist'), rounds, seconds };
  const found: Results = {};
  for (const work of selected()) {
    const tables = await WORKS[work](options);
    found[work] = tables;
    for (const table of tables) console.log(describe(table));
  }
  if (textOf('QUICK') !== '1')
    console.log(addToDay<Results>(ROOT, 'features', (stored) => ({ ...stored, rounds, seconds, ...found })));
  return 0;
});

function selected(): readonly Work[] {
  const works = Object.keys(WORKS) as Work[];
  const only = textOf('ONLY');
  if (only === undefined) return works;
  const work = works.find((each) => each === only);
  if (work === undefined) throw new UsageError(`ONLY=${only}: one of ${works.join(', ')} is needed`);
  return [work];
}
