import type { History } from '../history/history.js';
import type { Anomaly, Verdict } from '../history/verdict.js';

// A soak shows that a member at moderate load needs no more of anything after an hour than after some minutes.

interface Level {
  readonly name: 'rss' | 'fds' | 'disk';
  readonly unit: string;
  /** Growth from the second quarter of the run to the last that is within what caches and files of a fixed size take. */
  readonly ratioMax: number;
  readonly moreMax: number;
}

const MIB = 1024 * 1024;

const LEVELS: readonly Level[] = [
  { name: 'rss', unit: 'bytes of resident memory', ratioMax: 1.15, moreMax: 24 * MIB },
  { name: 'fds', unit: 'open files', ratioMax: 1, moreMax: 12 },
  { name: 'disk', unit: 'bytes on disk', ratioMax: 1.1, moreMax: 64 * MIB },
];

/** Samples of a member that a comparison needs in each quarter. */
const SAMPLES_MIN = 5;

/** Compares the medians of what the members used in the second and in the last quarter of the run. */
export function checkLevels(history: Pick<History, 'events'>): Verdict {
  const beganMs = performance.now();
  const samples = history.events.filter(({ process, f }) => process === 'cluster' && f === 'status');
  const end = samples.at(-1)?.time ?? 0;
  const anomalies: Anomaly[] = [];
  const details: Record<string, unknown> = {};
  let compared = 0;
  for (const node of new Set(samples.map((sample) => sample.node))) {
    for (const { name, unit, ratioMax, moreMax } of LEVELS) {
      const values = (from: number, to: number): number[] =>
        samples
          .filter((sample) => sample.node === node && sample.time >= from * end && sample.time <= to * end)
          .map(({ value }) => (value as Partial<Record<string, number>>)[name])
          .filter((value) => value !== undefined);
      const [before, after] = [values(0.25, 0.5), values(0.75, 1)];
      if (before.length < SAMPLES_MIN || after.length < SAMPLES_MIN) continue;
      compared += 1;
      const [early, late] = [median(before), median(after)];
      details[`${node} ${name}`] = [early, late];
      if (late <= early * ratioMax + moreMax) continue;
      anomalies.push({ name: `growing-${name}`, text: `${node}: from ${early} to ${late} ${unit}`, events: [] });
    }
  }
  return {
    checker: 'levels',
    valid: compared === 0 ? 'unknown' : anomalies.length === 0,
    operations: samples.length,
    anomalies,
    ms: Math.round(performance.now() - beganMs),
    details,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;
}
