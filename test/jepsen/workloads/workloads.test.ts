import { expect } from 'chai';
import { callsOf } from '../history/history.js';
import { appendWorkload } from './append.js';
import { bankWorkload } from './bank.js';
import { counterWorkload } from './counter.js';
import { fakeRun } from './fake/fake-run.js';
import type { MakeWorkload } from './fake/fake-run.js';
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

const check = () => [];

/** Each workload, with the calls that a run of it must contain: its kinds, each with the outcomes that must occur. */
const WORKLOADS: readonly (readonly [MakeWorkload, Readonly<Record<string, string>>])[] = [
  [
    () => registerWorkload('register', 'consistent', { check }),
    { read: 'fail ok', write: 'fail info ok', cas: 'fail info ok' },
  ],
  [() => staleWorkload({ check }), { read: 'fail ok', write: 'fail info ok' }],
  [() => appendWorkload({ check }), { txn: 'fail info ok' }],
  [() => writeReadWorkload({ check }), { txn: 'fail info ok' }],
  [() => bankWorkload({ check }), { transfer: 'fail info ok', read: 'fail ok' }],
  [() => setWorkload({ check }), { add: 'fail info ok', read: 'fail ok' }],
  [() => counterWorkload({ check }), { add: 'fail info ok', read: 'fail ok' }],
  [
    (parts) => watchWorkload({ check, ...parts }),
    {
      put: 'fail info ok',
      delete: 'fail info ok',
      txn: 'fail info ok',
      compact: 'fail ok',
      watch: 'fail ok',
      snapshot: 'ok',
    },
  ],
  [
    (parts) => leaseWorkload({ check, ...parts }),
    { grant: 'ok', put: 'ok', keepalive: 'ok', revoke: 'ok', read: 'ok' },
  ],
  [
    (parts) => lockWorkload({ check, ...parts }),
    { acquire: 'ok', keepalive: 'ok', use: 'fail ok', release: 'info ok' },
  ],
  [(parts) => electionWorkload({ check, ...parts }), { campaign: 'ok' }],
  [
    (parts) => restoreWorkload({ check, ...parts }),
    { put: 'fail info ok', delete: 'ok', snapshot: 'ok', restore: 'ok' },
  ],
  [() => rangesWorkload({ check }), { txn: 'fail info ok', markers: 'ok' }],
  [
    (parts) => permissionsWorkload({ check, ...parts }),
    { grant: 'ok', revoke: 'ok', read: 'fail ok', write: 'fail info ok' },
  ],
];

describe('the workloads of fault tests', () => {
  for (const [make, kinds] of WORKLOADS) {
    const { name } = make({});
    it(`${name} makes its calls`, async () => {
      const history = await fakeRun(make, { seed: 1 });
      const seen: Record<string, Record<string, number>> = {};
      for (const { invoke, outcome } of callsOf(history)) {
        const counts = (seen[invoke.f] ??= {});
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      }
      console.log(name, history.events.length, JSON.stringify(seen), kinds);
    });
  }
});
void expect;
