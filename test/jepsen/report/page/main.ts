import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'prettier';
import { updatePart } from './part.js';
import { runProgram, textOf, UsageError } from '../../../support/program.js';
import { counted } from '../figures.js';
import { pageText, plotsOf } from './page.js';
import { isOfCommit, merged, readFresh, readKept, standingOf, writeKept } from './runs.js';

// `make jepsen-faults`: adds the runs in test/jepsen/out (FROM= for another folder) to those that docs/faults keeps, and writes
// docs/faults.md and its plots from all of them. Runs of uncommitted sources are left out.

const ROOT = resolve(import.meta.dirname, '../../../..');
const FOLDER = join(ROOT, 'docs/faults');
const PAGE = join(ROOT, 'docs/faults.md');
const KEPT = join(FOLDER, 'runs.jsonl');

await runProgram('make jepsen-faults', async () => {
  const { runs: fresh, unfinished } = readFresh(textOf('FROM') ?? join(ROOT, 'test/jepsen/out'));
  for (const name of unfinished) console.log(`left out: ${name}: the run did not end`);
  const wild = fresh.filter((run) => !isOfCommit(run));
  for (const { workload, nemesis, commit } of wild)
    console.log(`left out: ${workload} × ${nemesis}: of ${commit}, which is no commit`);
  const runs = merged(readKept(KEPT), fresh.filter(isOfCommit));
  if (runs.length === 0) throw new UsageError('there are no runs: make jepsen makes them');
  if (!existsSync(PAGE)) throw new UsageError(`${PAGE} is missing`);
  mkdirSync(FOLDER, { recursive: true });
  writeKept(KEPT, runs);
  const standing = standingOf(runs);
  for (const [name, drawing] of plotsOf(standing)) writeFileSync(join(FOLDER, name), drawing);
  await updatePart(
    PAGE,
    pageText(standing),
    async (text) => await format(text, { parser: 'markdown', printWidth: 120 }),
  );
  console.log(`${counted(standing.last.length, 'run')} in docs/faults.md`);
  return 0;
});
