import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReport } from './report.js';
import type { ReportInput } from './run-data.js';

/** Writes the report of a run into its folder. @returns the path of the page */
export function writeReport(folder: string, input: ReportInput): string {
  const path = join(folder, 'index.html');
  writeFileSync(path, renderReport(input));
  return path;
}
