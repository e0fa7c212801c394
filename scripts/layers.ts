import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lintOfLayers } from './layers/lint.js';
import { pageWithLayers } from './layers/page.js';
import { problemsOfTable } from './layers/problems.js';

// The layers of src/, and the rooms of src/server, as one table: scripts/layers/table.ts. From it come the rules in
// .oxlintrc.layers.json, which .oxlintrc.json extends, and the tables in docs/ARCHITECTURE.md. This script writes both. With
// `--check` it writes nothing, and fails if either is out of date or the table does not match src/. oxlint then checks every
// import, type-only ones included.

const ROOT = resolve(import.meta.dirname, '..');
const LINT = join(ROOT, '.oxlintrc.layers.json');
const PAGE = join(ROOT, 'docs', 'ARCHITECTURE.md');

const check = process.argv.includes('--check');
const problems = problemsOfTable(join(ROOT, 'src'));
const current = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
for (const [path, content] of [
  [LINT, lintOfLayers()],
  [PAGE, pageWithLayers(current(PAGE))],
] as const) {
  if (current(path) === content) continue;
  if (check) problems.push(`${path.slice(ROOT.length + 1)} is out of date: run make fix`);
  else writeFileSync(path, content);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
