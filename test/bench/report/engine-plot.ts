import { format } from '../run.js';
import { describeMachine, type Machine } from './machine.js';
import { drawing, element, label } from './svg.js';

/** What one engine did. Rates are a second. */
export interface EngineResult {
  readonly keys: number;
  readonly randomPuts: number;
  readonly sequentialPuts: number;
  readonly pointReads: number;
  readonly rangeRows: number;
  /** Bytes that reached the disk, for each byte of a key or value. */
  readonly writeAmplification: number;
  /** Bytes of the files, for each byte of a key or value. */
  readonly spaceAmplification: number;
  readonly restartMs: number;
  readonly rssBytes: number;
  readonly anonymousBytes: number;
}

export interface EngineResults {
  readonly machine: Machine;
  readonly node: string;
  /** By name. */
  readonly engines: Readonly<Record<string, EngineResult>>;
}

const MIB = 1024 * 1024;
const ROWS: readonly {
  readonly title: string;
  readonly of: (result: EngineResult) => number;
  readonly unit: string;
}[] = [
  { title: 'random puts', of: ({ randomPuts }) => randomPuts, unit: '/s' },
  { title: 'sequential puts', of: ({ sequentialPuts }) => sequentialPuts, unit: '/s' },
  { title: 'point reads', of: ({ pointReads }) => pointReads, unit: '/s' },
  { title: 'rows of a range', of: ({ rangeRows }) => rangeRows, unit: '/s' },
  { title: 'write amplification (random)', of: ({ writeAmplification }) => writeAmplification, unit: '×' },
  { title: 'space amplification (random)', of: ({ spaceAmplification }) => spaceAmplification, unit: '×' },
  { title: 'restart', of: ({ restartMs }) => restartMs, unit: ' ms' },
  { title: 'memory, pages of files included', of: ({ rssBytes }) => rssBytes / MIB, unit: ' MiB' },
  { title: 'memory, without pages of files', of: ({ anonymousBytes }) => anonymousBytes / MIB, unit: ' MiB' },
];
const COLOURS: Readonly<Record<string, string>> = { level: '#00798c', lmdb: '#d1495b' };
const BAR = 14;
const [LEFT, WIDTH, TOP] = [260, 760, 60];

/** A group of bars for each measure, on a scale of its own. */
export function enginePlot({ machine, node, engines }: EngineResults): string {
  const names = Object.keys(engines).sort();
  const group = names.length * BAR + 12;
  const bars = ROWS.flatMap(({ title, of, unit }, row) => {
    const values = Object.entries(engines).map(([name, result]) => ({ name, value: of(result) }));
    const most = Math.max(...values.map(({ value }) => value));
    const top = TOP + row * group;
    return [
      label(LEFT - 12, top + (names.length * BAR) / 2 + 4, title, { 'text-anchor': 'end' }),
      ...names.flatMap((name, at) => {
        const value = values.find((each) => each.name === name)?.value ?? 0;
        const length = (value / most) * (WIDTH - LEFT - 140);
        const y = top + at * BAR;
        return [
          element('rect', { x: LEFT, y, width: Math.max(1, length), height: BAR - 2, fill: COLOURS[name] ?? 'grey' }),
          label(LEFT + length + 8, y + BAR - 3, `${name} ${rounded(value)}${unit}`, { 'font-size': 11 }),
        ];
      }),
    ];
  });
  const keys = Math.max(...Object.values(engines).map((result) => result.keys));
  return drawing(WIDTH, TOP + ROWS.length * group + 10, [
    label(10, 20, `Storage engines: ${format(keys)} keys, values of 256 B (Node ${node})`, { 'font-weight': 'bold' }),
    label(10, 38, describeMachine(machine), { fill: '#555555' }),
    ...bars,
  ]);
}

function rounded(value: number): string {
  return value < 100 ? value.toFixed(1) : format(Math.round(value));
}
