import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describeMachine } from './machine.js';
import { curvePlot, ratioPlot } from './plots.js';
import type { Results } from './results.js';
import { cpuTable, markdown, valueTable } from './tables.js';

/** Draws the plots of results. @param prefix of the files' paths. @returns the paths */
export function writePlots(results: Results, prefix: string): string[] {
  const curve = curvePlot(results);
  const plots = [
    ...(results.systems['etcd'] === undefined ? [] : [{ path: `${prefix}-ratios.svg`, text: ratioPlot(results) }]),
    ...(curve === undefined ? [] : [{ path: `${prefix}-curve.svg`, text: curve }]),
  ];
  for (const { path, text } of plots) writeFileSync(path, text);
  return plots.map(({ path }) => path);
}

/** The tables of results as a part of a page. */
export function resultsText(results: Results): string {
  const { rows, systems, machine, node, rpcHost } = results;
  const days = [...new Set(rows.map(({ at }) => at.slice(0, 10)))].join(', ');
  const about = `${describeMachine(machine)}; ${Object.values(systems).join(', ')}; Node ${node}, gRPC host ${rpcHost}; ${days}.`;
  return [about, markdown(valueTable(rows, systems)), markdown(cpuTable(rows, systems))].join('\n\n');
}

const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/** Replaces the part of a page between the two marks. @returns whether the page has them */
export function updatePage(path: string, text: string): boolean {
  if (!existsSync(path)) return false;
  const page = readFileSync(path, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) return false;
  writeFileSync(path, `${page.slice(0, begin)}${BEGIN}\n\n${text}\n\n${page.slice(end)}`);
  return true;
}
