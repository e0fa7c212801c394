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

/** Faults by their kind, in the order of lists and tables. */
const KINDS: readonly (readonly [kind: string, nemeses: readonly Nemesis[]])[] = [
  ['kills', KILLS],
  ['pauses', PAUSES],
  ['partitions', PARTITIONS],
  ['links', LINKS],
  ['clocks', CLOCKS],
  ['disks', DISKS],
  ['damaged files', DAMAGE],
  ['membership', MEMBERSHIP],
  ['administration', ADMINISTRATION],
];
const COMBINED = 'combinations';
const OTHER = 'other';

const BY_NAME: ReadonlyMap<string, Nemesis> = new Map(
  KINDS.flatMap(([, nemeses]) => nemeses.map((nemesis) => [nemesis.name, nemesis] as const)),
);
const KIND_BY_NAME: ReadonlyMap<string, string> = new Map(
  KINDS.flatMap(([kind, nemeses]) => nemeses.map(({ name }) => [name, kind] as const)),
);

/** The names of all faults. `none` is the run without one. */
export const NEMESES: readonly string[] = ['none', ...BY_NAME.keys()];

/** All kinds of faults, for the order of tables. */
export const FAULT_KINDS: readonly string[] = ['none', ...KINDS.map(([kind]) => kind), COMBINED, OTHER];

/** The kind of a fault by its name: `combinations` for several at once, `other` for a fault that no longer exists. */
export function kindOf(names: string): string {
  if (names === 'none') return names;
  return names.includes('+') ? COMBINED : (KIND_BY_NAME.get(names) ?? OTHER);
}

/**
 * The faults of a name such as `kill-leader`, or of several at the same time: `kill-leader+compact`. Empty for `none`.
 * @throws UsageError with the names that exist; also for two faults of which one would undo the other
 */
export function nemesesOf(names: string): readonly Nemesis[] {
  if (names === 'none') return [];
  const nemeses = names.split('+').map((name) => nemesisOf(name));
  for (const [at, nemesis] of nemeses.entries()) {
    for (const other of nemeses.slice(0, at)) {
      if (nemesis === other) throw new UsageError(`NEMESIS=${names}: ${nemesis.name} is named twice`);
      const { exclusive } = nemesis;
      if (exclusive === undefined || exclusive !== other.exclusive) continue;
      throw new UsageError(`NEMESIS=${names}: ${other.name} and ${nemesis.name} would undo each other's ${exclusive}`);
    }
  }
  return nemeses;
}

function nemesisOf(name: string): Nemesis {
  const nemesis = BY_NAME.get(name);
  if (nemesis === undefined) throw new UsageError(`NEMESIS=${name}: there are ${NEMESES.join(', ')}`);
  return nemesis;
}
