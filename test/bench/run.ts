import { GroupClusters } from './clusters.js';
import type { Measured } from './report/results.js';
import type { Group, Sample, Scenario } from './scenario.js';
import type { Settings } from './settings.js';
import type { System } from './systems.js';

export interface RunOptions {
  readonly groups: readonly Group[];
  readonly systems: readonly System[];
  readonly settings: Settings;
  readonly onProgress: (line: string) => void;
  /** Called for each row once all its rounds are done. */
  readonly onMeasured: (measured: Measured) => void;
}

/** Measures all scenarios. In each round the systems take turns, every other round in the opposite order. */
export async function runAll({ groups, systems, settings, onProgress, onMeasured }: RunOptions): Promise<void> {
  const total = groups.reduce((sum, { scenarios }) => sum + scenarios.length, 0) * settings.rounds * systems.length;
  let done = 0;
  for (const { scenarios } of groups) {
    const clusters = new GroupClusters(settings);
    try {
      for (const scenario of scenarios) {
        onProgress(titleOf(scenario));
        if (scenario.warmsUp === true) for (const system of systems) await clusters.use(system, scenario.measure);
        const rounds: Round[] = [];
        for (let round = 0; round < settings.rounds; round += 1) {
          for (const system of round % 2 === 0 ? systems : systems.toReversed()) {
            const samples = await clusters.use(system, scenario.measure);
            rounds.push({ system, samples });
            done += 1;
            onProgress(`  ${done}/${total}  ${system.label.padEnd(12)} ${shown(scenario, samples)}`);
          }
        }
        for (const measured of collect(scenario, systems, rounds)) onMeasured(measured);
      }
    } finally {
      await clusters.dispose();
    }
  }
}

interface Round {
  readonly system: System;
  readonly samples: Readonly<Record<string, Sample>>;
}

function titleOf({ rows: [first, ...others] }: Scenario): string {
  return `${first?.title ?? ''}${others.length === 0 ? '' : `, and ${others.length} more`}`;
}

function shown({ rows }: Scenario, samples: Readonly<Record<string, Sample>>): string {
  const texts = rows.flatMap(({ id, unit }) => {
    const sample = samples[id];
    return sample === undefined ? [] : [`${id} ${format(sample.value)}${unit === '/s' ? '' : ' '}${unit}`];
  });
  return texts.join(', ');
}

/** With three digits, or more for whole numbers. */
export function format(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

/** Rows without samples, as for sizes that the settings exclude, are left out. */
function collect({ rows }: Scenario, systems: readonly System[], rounds: readonly Round[]): Measured[] {
  return rows.flatMap((row) => {
    const samples = systems.map(({ id }): [System['id'], Sample[]] => [
      id,
      rounds.flatMap(({ system, samples: all }) => (system.id === id ? (all[row.id] ?? []) : [])),
    ]);
    return samples.every(([, each]) => each.length > 0) ? [{ row, samples: Object.fromEntries(samples) }] : [];
  });
}
