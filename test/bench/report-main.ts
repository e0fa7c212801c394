import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defined } from '../../src/util/assert.js';
import { resultsText, updatePage, writePlots } from './report/pages.js';
import { readResults } from './report/results.js';

// `make bench-report`: draws the plots of the newest results again (FILE= for others), and updates the tables in
// docs/PERFORMANCE.md between its marks.

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'bench/results');
const file = process.env['FILE'] || join(folder, newest());
const results = defined(readResults(file), file);
const kind = /\d{4}-\d\d-\d\d-(.+)\.json$/.exec(file)?.[1] ?? 'results';
const page = join(root, 'docs/PERFORMANCE.md');
for (const plot of writePlots(results, join(dirname(file), kind))) process.stdout.write(`${plot}\n`);
const text = resultsText(results);
if (updatePage(page, text)) process.stdout.write(`${page}: run make fix to align its tables\n`);
else process.stdout.write(`${text}\n`);

/** The file of the last day; of the lowest version of Node, as the page shows that one. */
function newest(): string {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.json$/.test(name))
    .sort();
  const day = defined(files.at(-1), `results in ${folder}: run make bench`).slice(0, 'YYYY-MM-DD'.length);
  return defined(
    files.find((name) => name.startsWith(day)),
    'results of the last day',
  );
}
