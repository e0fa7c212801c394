import { expect } from 'chai';
import { checkHistory } from '../checkers/check-history.js';
import type { HistoryEvent } from '../history/event.js';
import { callsOf } from '../history/history.js';
import type { History } from '../history/history.js';
import { appendWorkload } from './append.js';
import { bankWorkload } from './bank.js';
import { cacheWorkload } from './cache.js';
import { counterWorkload } from './counter.js';
import { fakeRun } from './fake/fake-run.js';
import type { MakeWorkload } from './fake/fake-run.js';
import type { Defect } from './fake/fake-store.js';
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

const check = (history: History) => checkHistory(history);

/** Writes fail before they take effect, or their outcome is unknown. */
const WRITE = ['fail', 'info', 'ok'];
const READ = ['fail', 'ok'];
/** A renewal or a wait may have had an effect although it failed: a renewal without an answer counted as none. */
const UNSURE = ['info', 'ok'];

/** Each workload with all kinds of its calls, and the outcomes that they may have. */
const WORKLOADS: readonly (readonly [MakeWorkload, Readonly<Record<string, readonly string[]>>])[] = [
  [() => registerWorkload('register', 'consistent', { check }), { read: READ, write: WRITE, cas: WRITE }],
  [() => staleWorkload({ check }), { read: READ, write: WRITE }],
  [() => cacheWorkload({ check }), { read: READ, write: WRITE, stale: READ }],
  [() => appendWorkload({ check }), { txn: WRITE }],
  [() => writeReadWorkload({ check }), { txn: WRITE }],
  [() => bankWorkload({ check }), { transfer: WRITE, read: READ }],
  [() => setWorkload({ check }), { add: WRITE, read: READ }],
  [() => counterWorkload({ check }), { add: WRITE, read: READ }],
  [
    (parts) => watchWorkload({ check, ...parts }),
    { put: WRITE, delete: WRITE, txn: WRITE, compact: READ, watch: READ, snapshot: READ },
  ],
  [
    (parts) => leaseWorkload({ check, ...parts }),
    { grant: WRITE, put: WRITE, keepalive: UNSURE, revoke: WRITE, read: READ },
  ],
  [(parts) => lockWorkload({ check, ...parts }), { acquire: UNSURE, keepalive: UNSURE, use: READ, release: WRITE }],
  [
    (parts) => electionWorkload({ check, ...parts }),
    { campaign: UNSURE, keepalive: UNSURE, proclaim: WRITE, resign: WRITE, leader: READ, observe: ['ok'] },
  ],
  [
    (parts) => restoreWorkload({ check, ...parts }),
    { put: WRITE, delete: WRITE, snapshot: ['ok'], restore: ['ok'], 'restore-write': ['ok'] },
  ],
  [() => rangesWorkload({ check }), { txn: WRITE, markers: ['ok'] }],
  [(parts) => permissionsWorkload({ check, ...parts }), { grant: WRITE, revoke: WRITE, read: READ, write: WRITE }],
];

/** The defect of a store that each workload must find. */
const SEEN: Readonly<Record<string, Defect>> = {
  register: 'lost-writes',
  append: 'lost-writes',
  wr: 'lost-writes',
  bank: 'lost-writes',
  set: 'lost-writes',
  counter: 'lost-writes',
  permissions: 'late-revocation',
  watch: 'lost-events',
  stale: 'lost-writes',
  cache: 'early-progress',
  ranges: 'lost-writes',
  restore: 'lost-writes',
  lease: 'early-expiry',
  lock: 'early-expiry',
  election: 'early-expiry',
};

/** The outcomes that occur, by the kind of the call. */
function outcomesOf(history: History): Record<string, readonly string[]> {
  const seen: Record<string, Set<string>> = {};
  for (const { invoke, outcome } of callsOf(history)) (seen[invoke.f] ??= new Set()).add(outcome);
  return Object.fromEntries(Object.entries(seen).map(([f, outcomes]) => [f, [...outcomes].sort()]));
}

describe('the workloads of fault tests', () => {
  for (const [make, expected] of WORKLOADS) {
    const { name } = make({});
    it(`${name} makes all of its calls, and finds nothing wrong with a correct store`, async () => {
      const history = await fakeRun(make, { seed: 1, loadMs: 6000, faults: 0.06 });
      const outcomes = outcomesOf(history);
      expect(outcomes).to.have.all.keys(Object.keys(expected));
      for (const [f, allowed] of Object.entries(expected)) {
        expect(allowed, f).to.include.members(outcomes[f] ?? []);
        expect(outcomes[f], f).to.include('ok');
      }
      expect(Object.values(outcomes).flat()).to.include.members(WRITE);
      const verdicts = await make({}).check(history);
      expect(verdicts.filter(({ valid }) => valid !== true)).to.deep.equal([]);
    });

    const defect = SEEN[name];
    if (defect !== undefined) {
      it(`${name} finds a store with ${defect}`, async () => {
        const history = await fakeRun(make, { seed: 3, loadMs: 3000, defect });
        const verdicts = await make({}).check(history);
        expect(verdicts.filter(({ valid }) => valid === false)).to.not.deep.equal([]);
      });
    }

    it(`${name} makes the same calls again with the same seed`, async () => {
      const options = { seed: 2, loadMs: 500 };
      expect(await fakeRun(make, options)).to.deep.equal(await fakeRun(make, options));
    });
  }

  // What was lost at the end of a run, or of a key that was no longer in use, could not be noticed.
  for (const make of [
    () => registerWorkload('register', 'consistent', { check }),
    () => appendWorkload({ check }),
    () => writeReadWorkload({ check }),
  ]) {
    it(`${make().name} ends with reads of all keys`, async () => {
      const { events } = await fakeRun(make, { seed: 1, loadMs: 2000 });
      const keysIn = ({ key, value }: HistoryEvent): readonly string[] =>
        key === undefined ? (value as [string, string][]).map(([, name]) => name) : [key];
      const answered = events.filter(({ type }) => type === 'ok');
      const last = answered.filter(({ time }) => time >= 5_000_000);
      expect(new Set(last.flatMap(keysIn))).to.deep.equal(new Set(answered.flatMap(keysIn)));
    });
  }
});
