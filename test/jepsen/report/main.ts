import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram, UsageError } from '../../support/program.js';
import { readHistory } from '../history/history.js';
import type { RunSummary } from '../history/summary.js';
import type { Verdict } from '../history/verdict.js';
import { writeReport } from './write.js';

// Writes the reports of recorded runs again: node --import tsx test/jepsen/report/main.ts FOLDER... A folder has the files
// history.jsonl and summary.json of a run, and verdicts.json with the events that show each anomaly, if there is one.

await runProgram('jepsen report', () => {
  const folders = process.argv.slice(2);
  if (folders.length === 0) throw new UsageError('name the folders of runs');
  for (const folder of folders) {
    const { header, events } = readHistory(join(folder, 'history.jsonl'));
    const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as RunSummary;
    console.log(writeReport(folder, { header, events, summary, verdicts: verdictsIn(folder, summary) }));
  }
  return Promise.resolve(0);
});

function verdictsIn(folder: string, summary: RunSummary): readonly Verdict[] {
  const path = join(folder, 'verdicts.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as readonly Verdict[];
  return summary.verdicts.map((verdict) => ({
    ...verdict,
    anomalies: verdict.anomalies.map((anomaly) => ({ ...anomaly, events: [] })),
  }));
}
