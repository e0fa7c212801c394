import type { FileCoverage } from './coverage.js';
import { areaOf, DECODERS } from './decoders.js';

/** A table of the lines and functions that were reached, by area; then what was not, by file. */
export function coverageReport(files: readonly FileCoverage[]): string {
  const rows = Object.keys(DECODERS).map((area) =>
    rowOf(
      area,
      files.filter(({ file }) => areaOf(file) === area),
    ),
  );
  const missed = files.filter(({ missed: lines }) => lines.length > 0);
  return [
    '| decoders of | files | lines | functions |',
    '|---|---|---|---|',
    ...rows,
    rowOf('all', files),
    '',
    'not reached:',
    ...missed.map(
      ({ file, missed: lines, missedFunctions }) =>
        `  src/${file}: lines ${rangesOf(lines)}${missedFunctions.length === 0 ? '' : ` (${missedFunctions.join(', ')})`}`,
    ),
  ].join('\n');
}

function rowOf(area: string, files: readonly FileCoverage[]): string {
  const sum = (of: (file: FileCoverage) => number): number => files.reduce((total, file) => total + of(file), 0);
  const lines = share(
    sum((file) => file.missed.length),
    sum((file) => file.lines),
  );
  const functions = share(
    sum((file) => file.missedFunctions.length),
    sum((file) => file.functions),
  );
  return `| ${area} | ${files.length} | ${lines} | ${functions} |`;
}

function share(missed: number, all: number): string {
  return all === 0 ? 'none' : `${all - missed} of ${all}, ${(100 * (1 - missed / all)).toFixed(1)} %`;
}

/** Lines as text: 3, 5-8. */
function rangesOf(lines: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (lines[end + 1] === (lines[end] ?? 0) + 1) end += 1;
    ranges.push(end === at ? String(lines[at]) : `${lines[at]}-${lines[end]}`);
    at = end + 1;
  }
  return ranges.join(', ');
}
