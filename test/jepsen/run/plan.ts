import { UsageError } from '../../support/program.js';
import { unmetNeeds } from '../nemesis/needs.js';
import { NEMESES, nemesesOf } from '../nemesis/registry.js';
import { makeWorkload, WORKLOADS } from '../workloads/registry.js';
import { settingsOf } from './settings.js';

/** One run of the matrix: the variables of `make jepsen`, apart from its time and seed. */
export type PlannedRun = Readonly<Record<string, string>> & { readonly WORKLOAD: string; readonly NEMESIS: string };

export interface PlanOptions {
  /** Names; undefined for the standing plan, or for all if nemeses are given. */
  readonly workloads?: readonly string[] | undefined;
  readonly nemeses?: readonly string[] | undefined;
  /** Variables of every run: TARGET, NET, TLS. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  /** Runs that this machine cannot do, with the reason. */
  readonly left: readonly { readonly run: PlannedRun; readonly reason: string }[];
}

/** Faults that every workload meets. */
const COMMON = ['none', 'kill-all', 'kill-leader', 'pause-leader', 'partition-halves', 'partition-one-way', 'compact'];
/** Workloads that every fault meets: one that is checked per key, and one across keys. */
const GENERAL = ['register', 'append'];
/** Each further workload meets every fault of one of these groups, in turn. */
const COMBINED = [
  'kill-leader+compact',
  'partition-leader+transfer',
  'links-slow+kill-one',
  'pause-random+clock-jump',
  'member-learner+kill-one',
  'rolling-restart+links-lossy',
];

/** Dimensions, each with two faults. */
const DIMENSIONS: readonly Readonly<Record<string, string>>[] = [
  { TLS: '1' },
  { AUTH: '1' },
  { TLS: '1', AUTH: '1' },
  { RPC_HOST: 'grpc-js' },
  { RPC_HOST: 'grpc-js', TLS: '1' },
  { NODES: '5' },
  { NET: 'netns' },
  // Cut logs and sent snapshots are frequent.
  { FLAGS: '--snapshot-count=50 --snapshot-catchup-entries=10 --wal-segment-bytes=65536 --wal-flush-bytes=65536' },
  { FLAGS: '--engine-table-bytes=0 --engine-write-buffer-bytes=1048576' },
  { FLAGS: '--storage-engine=lmdb' },
  {
    FLAGS:
      '--storage-engine=lmdb --snapshot-count=50 --snapshot-catchup-entries=10 --wal-segment-bytes=65536 --wal-flush-bytes=65536',
  },
  { FLAGS: '--pre-vote=false' },
  { FLAGS: '--wal-dir={folder}/log' },
  // The history is compacted all the time, up to what was written 2 s ago.
  { FLAGS: '--auto-compaction-mode=periodic --auto-compaction-retention=2s' },
  // The leader compares the members all the time; a difference would stop all writes.
  { FLAGS: '--corrupt-check-time=1s --initial-corrupt-check=true' },
  // A quota that no run reaches: no write may be refused.
  { FLAGS: '--quota-backend-bytes=67108864' },
];

/** What `make jepsen-all` runs. @throws UsageError for a name that does not exist */
export function planOf({ workloads, nemeses, variables }: PlanOptions): Plan {
  for (const name of workloads ?? []) known('WORKLOADS', name, WORKLOADS);
  for (const name of nemeses ?? []) for (const each of name.split('+')) known('NEMESES', each, NEMESES);
  const chosen = workloads === undefined && nemeses === undefined ? standing() : product(workloads, nemeses);
  const runs: PlannedRun[] = [];
  const left: { run: PlannedRun; reason: string }[] = [];
  for (const run of chosen.map((each) => ({ ...each, ...ownVariables(each.WORKLOAD), ...variables }))) {
    const reason = obstacle(run);
    if (reason === undefined) runs.push(run);
    else left.push({ run, reason });
  }
  return { runs, left };
}

/**
 * A part of a plan, for several machines or sittings.
 * @param part `2/3`: every third run from the second on
 * @throws UsageError for any other form
 */
export function partOf(runs: readonly PlannedRun[], part: string): readonly PlannedRun[] {
  const [, number, parts] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(part) ?? [];
  if (number === undefined || Number(number) > Number(parts)) throw new UsageError(`PART=${part}: for example 2/3`);
  return runs.filter((_, at) => at % Number(parts) === Number(number) - 1);
}

/** How a run is called in lists. */
export function titleOf({ WORKLOAD, NEMESIS, ...dimensions }: PlannedRun): string {
  const others = Object.entries(dimensions).map(([name, value]) => ` ${name}=${value}`);
  return `${WORKLOAD} × ${NEMESIS}${others.join('')}`;
}

function product(workloads: readonly string[] = WORKLOADS, nemeses: readonly string[] = NEMESES): PlannedRun[] {
  return workloads.flatMap((WORKLOAD) => nemeses.map((NEMESIS) => ({ WORKLOAD, NEMESIS })));
}

/** Every workload with the common faults, every fault with the general workloads and one other, and every dimension. */
function standing(): PlannedRun[] {
  const runs = [...product(WORKLOADS, COMMON), ...product(GENERAL, NEMESES), ...product(GENERAL, COMBINED)];
  const others = WORKLOADS.filter((name) => !GENERAL.includes(name));
  for (const [at, NEMESIS] of NEMESES.entries()) runs.push({ WORKLOAD: others[at % others.length] ?? '', NEMESIS });
  for (const dimension of DIMENSIONS) {
    runs.push({ WORKLOAD: 'register', NEMESIS: 'kill-all', ...dimension });
    runs.push({ WORKLOAD: 'append', NEMESIS: 'partition-halves', ...dimension });
    runs.push({ WORKLOAD: 'watch', NEMESIS: 'kill-leader', ...dimension });
  }
  runs.push({ WORKLOAD: 'register', NEMESIS: 'certificates', TLS: '1' });
  runs.push({ WORKLOAD: 'watch', NEMESIS: 'certificates', TLS: '1' });
  runs.push({ WORKLOAD: 'register', NEMESIS: 'partition-ring', NODES: '5' });
  runs.push({ WORKLOAD: 'append', NEMESIS: 'partition-bridge', NODES: '5' });
  for (const NEMESIS of ['bitflip-log', 'bitflip-store']) runs.push({ WORKLOAD: 'register', NEMESIS, NODES: '5' });
  return [...new Map(runs.map((run) => [titleOf(run), run])).values()];
}

/** What a workload cannot be without. */
function ownVariables(workload: string): Readonly<Record<string, string>> {
  return makeWorkload(workload).needsUsers === true ? { AUTH: '1' } : {};
}

function obstacle(run: PlannedRun): string | undefined {
  const settings = settingsOf(run);
  const { targets = ['raftkv', 'etcd'] } = makeWorkload(run.WORKLOAD);
  if (!targets.includes(settings.target)) return `is for ${targets.join(', ')} alone`;
  if (settings.net === 'netns' && process.getuid?.() !== 0) return 'NET=netns needs root';
  return unmetNeeds(nemesesOf(run.NEMESIS), settings);
}

function known(variable: string, name: string, names: readonly string[]): void {
  if (!names.includes(name)) throw new UsageError(`${variable}=${name}: there are ${names.join(', ')}`);
}
