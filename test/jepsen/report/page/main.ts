import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'prettier';
import { updatePart } from './part.js';
import { runProgram, textOf, UsageError } from '../../../support/program.js';
import { counted } from '../figures.js';
import { pageText, plotsOf } from './page.js';
import { isOfCommit, merged, readFresh, readKept, standingOf, writeKept } from './runs.js';

// `make jepsen-faults`: adds the runs in test/jepsen/out (FROM='DIR DIR' for other folders) to those that docs/faults keeps, and writes
// docs/faults.md and its plots from all of them; with INTO=DIR, it writes copies there. Runs of uncommitted sources are left out.

const ROOT = resolve(import.meta.dirname, '../../../..');
const DOCS = join(ROOT, 'docs');

await runProgram('make jepsen-faults', async () => {
  const folders = textOf('FROM')?.split(/\s+/) ?? [join(ROOT, 'test/jepsen/out')];
  const { runs: fresh, unfinished } = readFresh(folders);
  for (const name of unfinished) console.log(`left out: ${name}: the run did not end`);
  const wild = fresh.filter((run) => !isOfCommit(run));
  for (const { workload, nemesis, commit } of wild)
    console.log(`left out: ${workload} × ${nemesis}: of ${commit}, which is no commit`);
  const runs = merged(readKept(join(DOCS, 'faults/runs.jsonl')), fresh.filter(isOfCommit));
  if (runs.length === 0) throw new UsageError('there are no runs: make jepsen makes them');
  const docs = textOf('INTO') ?? DOCS;
  const [folder, page] = [join(docs, 'faults'), join(docs, 'faults.md')];
  mkdirSync(folder, { recursive: true });
  if (docs !== DOCS) copyFileSync(join(DOCS, 'faults.md'), page);
  writeKept(join(folder, 'runs.jsonl'), runs);
  const standing = standingOf(runs);
  for (const [name, drawing] of plotsOf(standing)) writeFileSync(join(folder, name), drawing);
  await updatePart(
    page,
    pageText(standing),
    async (text) => await format(text, { parser: 'markdown', printWidth: 120 }),
  );
  console.log(`${counted(standing.last.length, 'run')} in ${page}`);
  return 0;
});
