import { UsageError } from '../../support/program.js';
import { ADMINISTRATION } from './administration.js';
import { CLOCKS } from './clocks.js';
import { DAMAGE } from './damage.js';
import { DISKS } from './disks.js';
import { LINKS } from './links.js';
import { MEMBERSHIP } from './membership.js';
import { PARTITIONS } from './partitions.js';
import { KILLS, PAUSES } from './kill.js';
import type { Nemesis } from './nemesis.js';

const ALL: readonly Nemesis[] = [
  ...CLOCKS,
  ...DISKS,
  ...DAMAGE,
  ...KILLS,
  ...PAUSES,
  ...PARTITIONS,
  ...LINKS,
  ...MEMBERSHIP,
  ...ADMINISTRATION,
];

const BY_NAME: ReadonlyMap<string, Nemesis> = new Map(ALL.map((nemesis) => [nemesis.name, nemesis]));

/** The names of all faults. `none` is the run without one. */
export const NEMESES: readonly string[] = ['none', ...BY_NAME.keys()];

/**
 * The faults of a name such as `kill-leader`, or of several at the same time: `kill-leader+compact`. Empty for `none`.
 * @throws UsageError with the names that exist
 */
export function nemesesOf(names: string): readonly Nemesis[] {
  if (names === 'none') return [];
  return names.split('+').map((name) => nemesisOf(name));
}

function nemesisOf(name: string): Nemesis {
  const nemesis = BY_NAME.get(name);
  if (nemesis === undefined) throw new UsageError(`NEMESIS=${name}: there are ${NEMESES.join(', ')}`);
  return nemesis;
}
