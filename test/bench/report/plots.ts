import { defined } from '../../../src/util/assert.js';
import { format } from '../run.js';
import { describeMachine } from './machine.js';
import { medianOf, type Measured, type Results } from './results.js';
import { drawing, element, label, line } from './svg.js';
import { judge } from './verdict.js';

const COLOURS = { aim: '#2a7d2a', must: '#7fb800', no: '#d1495b', none: '#8d99ae' } as const;
const SYSTEM_COLOURS: Readonly<Record<string, string>> = {
  raftkv: '#d1495b',
  etcd: '#00798c',
  'etcd-installed': '#8d99ae',
};
const GRID = { stroke: '#dddddd' } as const;
const ROW = 20;
const LEFT = 560;
const WIDTH = 1060;

/** How many times better than the newest etcd raftkv does each work: bars on a logarithmic scale, with ticks at `must`. */
export function ratioPlot(results: Results): string {
  const bars = results.rows.flatMap((each) => {
    const { ratio, met } = judge(each);
    if (ratio === undefined || each.row.targetsOf === 'value' || each.row.id.startsWith('curve-')) return [];
    const times = (value: number): number => (each.row.better === 'more' ? value : 1 / value);
    const must = each.row.must === undefined ? undefined : times(each.row.must);
    return [{ title: each.row.title, times: times(ratio), must, colour: COLOURS[met ?? 'none'] }];
  });
  const [top, width] = [60, WIDTH - LEFT - 60];
  const bound = Math.max(4, ...bars.map(({ times, must }) => Math.max(times, 1 / times, must ?? 1))) * 1.2;
  const x = (times: number): number => LEFT + (width * (Math.log(times) + Math.log(bound))) / (2 * Math.log(bound));
  const bottom = top + bars.length * ROW;
  const marks = [0.1, 0.25, 0.5, 1, 2, 4, 10].filter((mark) => mark < bound && mark > 1 / bound);
  return drawing(WIDTH, bottom + 50, [
    label(10, 20, `raftkv (Node ${results.node}) compared with ${results.systems['etcd']}`, { 'font-weight': 'bold' }),
    label(10, 38, `times better; a line marks the target. ${describeMachine(results.machine)}`, { fill: '#555555' }),
    ...marks.flatMap((mark) => [
      line(x(mark), top - 6, x(mark), bottom, mark === 1 ? { stroke: '#555555' } : GRID),
      label(x(mark), bottom + 16, `${mark}×`, { 'text-anchor': 'middle' }),
    ]),
    ...bars.flatMap(({ title, times, must, colour }, at) => {
      const y = top + at * ROW;
      const [from, to] = [Math.min(x(1), x(times)), Math.max(x(1), x(times))];
      return [
        label(LEFT - 70, y + 13, title, { 'text-anchor': 'end', 'font-size': 11 }),
        element('rect', { x: from, y: y + 3, width: Math.max(1, to - from), height: ROW - 6, fill: colour }),
        ...(must === undefined
          ? []
          : [line(x(must), y + 1, x(must), y + ROW - 1, { stroke: 'black', 'stroke-width': 2 })]),
        label(LEFT - 15, y + 13, `${times.toFixed(2)}×`, { 'text-anchor': 'end' }),
      ];
    }),
  ]);
}

/** Rates of puts and reads while the store grows, on logarithmic scales; undefined without measurements. */
export function curvePlot(results: Results): string | undefined {
  const rows = results.rows.filter(({ row }) => row.id.startsWith('curve-'));
  const sizes = [...new Set(rows.map(({ row }) => sizeOf(row.id)))].sort((a, b) => a - b);
  if (sizes.length < 2) return undefined;
  const values = rows.flatMap(({ samples }) => Object.values(samples).map((each) => medianOf(each).value));
  const [low, high] = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  const [left, top, width, height] = [80, 60, 620, 300];
  const [first, last] = [defined(sizes[0], 'a size'), defined(sizes.at(-1), 'a size')];
  const x = (keys: number): number => left + (width * Math.log(keys / first)) / Math.log(last / first);
  const y = (rate: number): number => top + height - (height * Math.log(rate / low)) / Math.log(high / low);
  const marks = [1, 2, 5].flatMap((digit) => [3, 4, 5, 6].map((power) => digit * 10 ** power));
  return drawing(WIDTH, top + height + 60, [
    label(10, 20, `Operations a second while the store grows (Node ${results.node})`, { 'font-weight': 'bold' }),
    label(10, 38, `three members, 10 × 100, 256 B. ${describeMachine(results.machine)}`, { fill: '#555555' }),
    ...marks
      .filter((mark) => mark > low && mark < high)
      .flatMap((mark) => [
        line(left, y(mark), left + width, y(mark), GRID),
        label(left - 8, y(mark) + 4, format(mark), { 'text-anchor': 'end' }),
      ]),
    ...sizes.flatMap((size) => [
      line(x(size), top, x(size), top + height, GRID),
      label(x(size), top + height + 18, `${format(size)} keys`, { 'text-anchor': 'middle' }),
    ]),
    ...['put', 'range'].flatMap((work) => Object.keys(results.systems).flatMap((system) => curve(work, system))),
  ]);

  function curve(work: string, system: string): string[] {
    const points = rows
      .filter(({ row, samples }) => row.id.startsWith(`curve-${work}-`) && samples[system] !== undefined)
      .map(({ row, samples }: Measured) => ({
        keys: sizeOf(row.id),
        rate: medianOf(defined(samples[system], system)).value,
      }))
      .sort((a, b) => a.keys - b.keys);
    const end = points.at(-1);
    if (end === undefined) return [];
    const colour = SYSTEM_COLOURS[system] ?? 'black';
    const dash = work === 'put' ? {} : { 'stroke-dasharray': '5 3' };
    return [
      element('polyline', {
        points: points.map(({ keys, rate }) => `${x(keys).toFixed(1)},${y(rate).toFixed(1)}`).join(' '),
        fill: 'none',
        stroke: colour,
        'stroke-width': 2,
        ...dash,
      }),
      label(x(end.keys) + 8, y(end.rate) + 4, `${results.systems[system] ?? system}: ${work}`, { fill: colour }),
    ];
  }
}

function sizeOf(id: string): number {
  return Number(id.split('-').at(-1));
}
