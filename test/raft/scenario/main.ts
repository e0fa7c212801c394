import { diff } from './diff.js';
import { differences, rewrite, scenarioFiles } from './run.js';

/* `npm run test:scenarios -- DIR`, or with `--rewrite` before it */
const rewrites = process.argv[2] === '--rewrite';
const directory = process.argv[rewrites ? 3 : 2];
if (directory === undefined) {
  console.error('usage: npm run test:scenarios -- DIR, which holds the folders interaction, quorum and confchange');
  process.exit(2);
}
let passed = 0;
let failed = 0;
for (const file of scenarioFiles(directory)) {
  if (rewrites) rewrite(file);
  const found = differences(file);
  if (found.length === 0) passed++;
  else failed++;
  for (const { line, command, expected, actual } of found) {
    console.log(`${file.path}:${line} ${command}\n${diff(expected, actual)}\n`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
