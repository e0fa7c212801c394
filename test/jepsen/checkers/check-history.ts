import { callsOf, type History } from '../history/history.js';
import type { Verdict } from '../history/verdict.js';
import { checkLeases } from './leases/check-leases.js';
import { checkPermissions, checkPermittedValues } from './permissions/check-permissions.js';
import { checkRanges } from './ranges/check-ranges.js';
import { checkRegisters } from './registers/check-registers.js';
import { checkRestore } from './restore/check-restore.js';
import { checkReplay } from './revisions/check-replay.js';
import { checkRevisionOrder } from './revisions/order.js';
import { checkSets } from './sets/check-sets.js';
import { staleOnly, withoutStale } from './stale/cached.js';
import { checkStale } from './stale/check-stale.js';
import { deletedOf } from './store/writes.js';
import { checkBank } from './sums/check-bank.js';
import { checkCounters } from './sums/check-counters.js';
import { checkAppends, checkWriteReads } from './transactions/check-transactions.js';
import { checkElections } from './turns/check-elections.js';
import { checkLocks } from './turns/check-locks.js';
import { checkWatches } from './watches/check-watches.js';

/** Calls that every history of registers consists of. */
const REGISTER_CALLS: ReadonlySet<string> = new Set(['read', 'write', 'cas']);

export interface HistoryCheckOptions {
  /** Processor time of each search, in ms. Default 120,000. */
  readonly timeLimitMs?: number;
  /** Memory of each search, in MiB. Default 256. */
  readonly memoryLimitMiB?: number;
}

type Checker = (history: History, options: HistoryCheckOptions) => Verdict;

interface Suite {
  /** Whether a history that passes is linearizable: then each call, or each transaction, has one instant. */
  readonly linearizable: boolean;
  readonly checkers: readonly Checker[];
}

/** The order of revisions, where these calls write. */
const revisions =
  (...writes: readonly string[]): Checker =>
  (history) =>
    checkRevisionOrder(history, { wrote: ({ invoke, outcome }) => outcome === 'ok' && writes.includes(invoke.f) });

const registers = [revisions('write', 'cas'), checkReplay, checkRegisters];

/** A deletion that found no key has no revision of its own. A restored cluster has revisions of its own. */
const storeRevisions: Checker = (history) =>
  checkRevisionOrder(history, {
    wrote: (call) =>
      call.outcome === 'ok' &&
      (call.invoke.f === 'put' || call.invoke.f === 'txn' || (call.invoke.f === 'delete' && deletedOf(call) > 0)),
    ignored: ({ invoke }) => invoke.f.startsWith('restore'),
  });

/** Stale reads have old revisions. */
const staleRevisions: Checker = (history) =>
  checkRevisionOrder(history, {
    wrote: ({ invoke, outcome }) => outcome === 'ok' && invoke.f === 'write',
    ignored: ({ invoke }) => invoke.f === 'read',
  });

/** A transaction on ranges that only reads has no id. */
const rangeRevisions: Checker = (history) =>
  checkRevisionOrder(history, {
    wrote: ({ invoke, outcome }) =>
      outcome === 'ok' && invoke.f === 'txn' && (invoke.value as { readonly id: number | null }).id !== null,
  });

/** A transaction that only reads has no revision of its own. */
const transactionRevisions: Checker = (history) =>
  checkRevisionOrder(history, {
    wrote: ({ invoke, outcome }) => outcome === 'ok' && (invoke.value as unknown[][]).some(([kind]) => kind !== 'r'),
  });

const SUITES: ReadonlyMap<string, Suite> = new Map<string, Suite>([
  ['register', { linearizable: true, checkers: registers }],
  ['register-default', { linearizable: true, checkers: registers }],
  ['append', { linearizable: true, checkers: [transactionRevisions, checkAppends] }],
  ['wr', { linearizable: true, checkers: [transactionRevisions, checkWriteReads] }],
  ['bank', { linearizable: true, checkers: [revisions('transfer'), checkBank] }],
  ['set', { linearizable: true, checkers: [revisions('add'), checkSets] }],
  ['counter', { linearizable: true, checkers: [revisions('add'), checkCounters] }],
  ['watch', { linearizable: false, checkers: [storeRevisions, checkWatches] }],
  ['lease', { linearizable: false, checkers: [checkLeases] }],
  [
    'cache',
    {
      linearizable: false,
      checkers: [
        ...[revisions('write'), checkReplay, checkRegisters].map(
          (checker): Checker =>
            (history, options) =>
              checker(withoutStale(history), options),
        ),
        (history) => checkStale(staleOnly(history)),
      ],
    },
  ],
  ['stale', { linearizable: false, checkers: [staleRevisions, checkStale] }],
  ['lock', { linearizable: false, checkers: [checkLocks] }],
  ['election', { linearizable: false, checkers: [checkElections] }],
  ['ranges', { linearizable: true, checkers: [rangeRevisions, checkRanges] }],
  ['restore', { linearizable: false, checkers: [storeRevisions, checkRestore] }],
  ['permissions', { linearizable: true, checkers: [checkPermissions, checkPermittedValues] }],
]);

/** Runs the checkers of the header's workload. No verdicts: there is no checker for it. */
export function checkHistory(history: History, options: HistoryCheckOptions = {}): Verdict[] {
  return (suiteOf(history)?.checkers ?? []).map((check) => check(history, options));
}

/** Whether passing the checkers of a history's workload means that it is linearizable. */
export function provesLinearizability(history: History): boolean {
  return suiteOf(history)?.linearizable === true;
}

/** By the workload; histories of other names that have the calls of registers are checked as registers. */
function suiteOf(history: History): Suite | undefined {
  const suite = SUITES.get(history.header.workload);
  if (suite !== undefined) return suite;
  const isRegister = callsOf(history).every(({ invoke }) => REGISTER_CALLS.has(invoke.f));
  return isRegister ? SUITES.get('register') : undefined;
}
