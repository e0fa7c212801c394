import { figuresOf } from './figures.js';

/** The collections of one kind, with the time for which each held the main thread, in ms. */
export interface Pauses {
  readonly young: readonly number[];
  readonly wholeHeap: readonly number[];
}

/** A line of `node --trace-gc`, of Node 20 to 26: the isolate, the kind, the pause. Steps of marking between pauses are not counted. */
const COLLECTION =
  /^\[\d+:(\w+)(?::\d+)?\]\s+\d+ ms: (?:Incremental )?(Scavenge|Minor Mark-Compact|Mark-Compact) .*? MB, ([\d.]+) \/ /;

/** @param lines from the start of the process, whose first collection is that of the main thread */
export function parsePauses(lines: readonly string[]): Pauses {
  const pauses = { young: [] as number[], wholeHeap: [] as number[] };
  let main: string | undefined;
  for (const line of lines) {
    const [, isolate, kind, ms] = COLLECTION.exec(line) ?? [];
    if (isolate === undefined || isolate !== (main ??= isolate)) continue;
    pauses[kind === 'Mark-Compact' ? 'wholeHeap' : 'young'].push(Number(ms));
  }
  return pauses;
}

/** For example `42: 1.2; 2.0; 0`: number, median, longest, number above a limit. */
export function describePauses(pauses: readonly number[], limitMs: number): string {
  if (pauses.length === 0) return 'none';
  const { median, max } = figuresOf(pauses);
  const long = pauses.filter((each) => each > limitMs).length;
  return `${pauses.length}: ${median.toFixed(1)}; ${max.toFixed(1)}; ${long}`;
}
