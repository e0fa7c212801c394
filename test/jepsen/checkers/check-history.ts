import { callsOf, type History } from '../history/history.js';
import type { Verdict } from '../history/verdict.js';
import { checkPermissions, checkPermittedValues } from './permissions/check-permissions.js';
import { checkRegisters } from './registers/check-registers.js';
import { checkRevisionOrder } from './revisions/order.js';
import { checkSets } from './sets/check-sets.js';
import { checkBank } from './sums/check-bank.js';
import { checkCounters } from './sums/check-counters.js';

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

const registers = [revisions('write', 'cas'), checkRegisters];

const SUITES: ReadonlyMap<string, Suite> = new Map<string, Suite>([
  ['register', { linearizable: true, checkers: registers }],
  ['register-default', { linearizable: true, checkers: registers }],
  ['bank', { linearizable: true, checkers: [revisions('transfer'), checkBank] }],
  ['set', { linearizable: true, checkers: [revisions('add'), checkSets] }],
  ['counter', { linearizable: true, checkers: [revisions('add'), checkCounters] }],
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
