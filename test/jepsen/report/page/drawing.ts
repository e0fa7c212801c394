import { FAULT_KINDS, kindOf, NEMESES } from '../../nemesis/registry.js';
import type { RunSummary } from '../../history/summary.js';
import { el, textOf, trusted, type Child } from '../markup.js';

/** A drawing for a page of the documentation, readable on a light and on a dark ground. */
const STYLE = `text { font: 12px system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; fill: #1b2026 }
.title { font-weight: 600; font-size: 13.5px } .kind { font-weight: 600 } .quiet { fill: #59636e } .grid { stroke: #dfe2e5 }
.limit { stroke: #c22f12; stroke-width: 1.5; stroke-dasharray: 5 3 } .limit-text { fill: #c22f12 } .dot { fill: #0068ad; fill-opacity: .45 }
.bar { fill: #0068ad } .bar.late { fill: #c22f12 } .median { stroke: #1b2026; stroke-width: 2 }
.valid { fill: #cfe8de } .invalid { fill: #f2b8a8 } .undecided { fill: #f3dfae } .none { fill: none; stroke: #dfe2e5 } .ground { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e5e8eb } .quiet { fill: #9ba6b1 } .grid { stroke: #30363d } .limit { stroke: #ff8060 }
.limit-text { fill: #ff8060 } .dot, .bar { fill: #5aaeee } .dot { fill-opacity: .65 } .bar.late { fill: #ff8060 } .median { stroke: #e5e8eb }
.valid { fill: #1d4f3e } .invalid { fill: #7a2f1d } .undecided { fill: #5d4a17 } .none { stroke: #30363d } .ground { fill: #121518 } }`;

export const WIDTH = 1000;
/** Where plots begin; names of rows end before. */
export const LEFT = 220;
export const ROW = 22;
/** Room above each group of rows but the first. */
const GROUP_GAP = 10;

export function drawing(width: number, height: number, title: string, ...content: readonly Child[]): string {
  const size = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' };
  const svg = el(
    'svg',
    size,
    el('title', {}, title),
    trusted(`<style>${STYLE}</style>`),
    el('rect', { class: 'ground', width, height }),
    content,
  );
  return `${textOf(svg).replaceAll('><', '>\n<')}\n`;
}

/** The kinds of the runs' faults, in the order of tables and plots. */
export function kindsOf(runs: readonly RunSummary[]): string[] {
  const present = new Set(runs.map(({ nemesis }) => kindOf(nemesis)));
  return FAULT_KINDS.filter((kind) => present.has(kind));
}

/** The runs' faults by kind, both in the order of tables and plots. */
export function nemesesByKind(runs: readonly RunSummary[]): { readonly kind: string; readonly names: string[] }[] {
  const present = [...new Set(runs.map(({ nemesis }) => nemesis))].sort();
  const rank = (name: string): number => (NEMESES.includes(name) ? NEMESES.indexOf(name) : NEMESES.length);
  present.sort((left, right) => rank(left) - rank(right));
  return kindsOf(runs).map((kind) => ({ kind, names: present.filter((name) => kindOf(name) === kind) }));
}

/** A row for each fault, with a gap between kinds. */
export function nemesisRows(
  runs: readonly RunSummary[],
  top: number,
): { readonly rows: readonly { readonly name: string; readonly y: number }[]; readonly bottom: number } {
  const rows: { name: string; y: number }[] = [];
  let y = top;
  for (const { names } of nemesesByKind(runs)) {
    if (rows.length > 0) y += GROUP_GAP;
    for (const name of names) {
      rows.push({ name, y });
      y += ROW;
    }
  }
  return { rows, bottom: y };
}
