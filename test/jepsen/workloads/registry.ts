import { UsageError } from '../../support/program.js';
import { checkHistory } from '../checkers/check-history.js';
import type { History } from '../history/history.js';
import type { Verdict } from '../history/verdict.js';
import type { Workload } from '../run/workload.js';
import { appendWorkload } from './append.js';
import { bankWorkload } from './bank.js';
import { cacheWorkload } from './cache.js';
import { counterWorkload } from './counter.js';
import { leaseWorkload } from './lease.js';
import { permissionsWorkload } from './permissions/permissions.js';
import { rangesWorkload } from './ranges.js';
import { registerWorkload } from './register.js';
import { restoreWorkload } from './restore/restore.js';
import { setWorkload } from './set.js';
import { staleWorkload } from './stale.js';
import { electionWorkload } from './turns/election.js';
import { lockWorkload } from './turns/lock.js';
import { watchWorkload } from './watch/watch.js';
import { writeReadWorkload } from './wr.js';

/** The checkers of the workload in the history's header. */
const check = (history: History): readonly Verdict[] => checkHistory(history);

/** Every workload, by its name. A run makes its own. */
const MAKERS: ReadonlyMap<string, () => Workload> = new Map([
  ['register', () => registerWorkload('register', 'consistent', { check })],
  ['register-default', () => registerWorkload('register-default', 'default', { check })],
  ['stale', () => staleWorkload({ check })],
  ['cache', () => cacheWorkload({ check })],
  ['append', () => appendWorkload({ check })],
  ['wr', () => writeReadWorkload({ check })],
  ['bank', () => bankWorkload({ check })],
  ['set', () => setWorkload({ check })],
  ['counter', () => counterWorkload({ check })],
  ['watch', () => watchWorkload({ check })],
  ['lease', () => leaseWorkload({ check })],
  ['lock', () => lockWorkload({ check })],
  ['election', () => electionWorkload({ check })],
  ['restore', () => restoreWorkload({ check })],
  ['ranges', () => rangesWorkload({ check })],
  ['permissions', () => permissionsWorkload({ check })],
]);

export const WORKLOADS: readonly string[] = [...MAKERS.keys()];

/** @throws UsageError with the names that exist */
export function makeWorkload(name: string): Workload {
  const make = MAKERS.get(name);
  if (make === undefined) throw new UsageError(`WORKLOAD=${name}: there are ${WORKLOADS.join(', ')}`);
  return make();
}
