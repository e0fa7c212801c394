import type { History, RecordedCall } from '../../history/history.js';
import { MalformedHistory } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { byRevision, callsNamed, isAnswered, type AnsweredCall } from '../answered.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';
import { explain, type Balances, type Gap, type Transfer } from './transfers.js';

/**
 * Accounts between which money is moved. Each read has all accounts, with the total of the header's `options.total`, and none is negative
 * unless `options.negative` is true: `wrong-total`, `missing-account`, `negative-balance`. By revision, a read is the
 * initial balances (`options.balance` in each account; without it, those of the first read) with all answered transfers up to its revision, and some of those of unknown outcome, which later
 * reads have too: `wrong-balances`.
 */
export function checkBank(history: History): Verdict {
  return verdictOf('bank', () => {
    const calls = callsNamed(history, 'transfer', 'read');
    const { accounts, total, balance, negative } = history.header.options;
    const reads = calls.filter(isAnswered).filter(({ invoke }) => invoke.f === 'read');
    const anomalies = reads.flatMap((read) => checkRead(read, { accounts, total, negative: negative === true }));
    if (anomalies.length > 0) return { operations: calls.length, anomalies };
    const replayed = replay(calls, balance);
    return { operations: calls.length, ...replayed };
  });
}

interface UnknownTransfer extends Transfer {
  readonly call: RecordedCall;
}

interface Rules {
  readonly accounts: unknown;
  readonly total: unknown;
  readonly negative: boolean;
}

function checkRead(read: AnsweredCall, { accounts, total, negative }: Rules): Anomaly[] {
  const balances = balancesOf(read);
  const found = [...balances.values()];
  const sum = found.reduce((a, b) => a + b, 0);
  const anomalies: Anomaly[] = [];
  const add = (name: string, what: string): number =>
    anomalies.push(anomaly(name, `${what}: ${describeCall(read)}`, [read]));
  if (typeof accounts === 'number' && found.length !== accounts)
    add('missing-account', `${found.length} of ${accounts} accounts`);
  else if (typeof total === 'number' && sum !== total) add('wrong-total', `the total is ${sum} instead of ${total}`);
  if (!negative && found.some((balance) => balance < 0)) add('negative-balance', 'an account is negative');
  return anomalies;
}

/** Compares the reads, in the order of their revisions, with the transfers up to there. */
function replay(
  calls: readonly RecordedCall[],
  balance: unknown,
): { anomalies: Anomaly[]; undecided: string | undefined } {
  const sorted = byRevision(calls);
  const transfers = calls.filter(({ invoke }) => invoke.f === 'transfer');
  const unknown: readonly UnknownTransfer[] = transfers
    .filter(({ outcome }) => outcome === 'info')
    .map((call) => ({ call, ...transferOf(call) }));
  let open = unknown;
  /** Answered transfers before the first read. */
  const answeredEarly: Transfer[] = [];
  /** The initial balances or the first read, with the answered transfers since. */
  let answered: Balances | undefined;
  let balances: Balances | undefined;
  let previous: AnsweredCall | undefined;
  /** `answered` at the previous read. */
  let answeredBefore: Balances | undefined;
  let undecided: string | undefined;
  const anomalies: Anomaly[] = [];
  // The writes of a revision come before the reads at it.
  const rank = ({ invoke }: RecordedCall): number => (invoke.f === 'transfer' ? 0 : 1);
  sorted.sort((a, b) => a.revision - b.revision || rank(a) - rank(b) || a.at - b.at);
  for (const call of sorted) {
    if (call.invoke.f === 'transfer') {
      if (balances === undefined) answeredEarly.push(transferOf(call));
      else balances = moved(balances, transferOf(call));
      if (answered !== undefined) answered = moved(answered, transferOf(call));
      continue;
    }
    const read = balancesOf(call);
    // Without known initial balances the first read is taken as it is.
    balances ??= initialOf(read);
    answered ??= balances;
    if (balances !== undefined) {
      const candidates = open.filter((one) => one.call.invoke.time <= call.completion.time);
      const explanation = explained([{ from: balances, to: read, candidates }]) ?? retry(balances, call, read);
      if (explanation === undefined)
        anomalies.push(
          anomaly(
            'wrong-balances',
            `${describeCall(call)}\nis not what the transfers leave after\n${previous === undefined ? 'the beginning' : describeCall(previous)}: ${JSON.stringify(Object.fromEntries(balances))}`,
            previous === undefined ? [call] : [previous, call],
          ),
        );
      else if (explanation === 'too many') undecided ??= 'too many transfers of unknown outcome';
      else open = open.filter((one) => !explanation.includes(one));
    }
    answered ??= read;
    answeredBefore = answered;
    balances = read;
    previous = call;
  }
  return { anomalies, undecided };

  /**
   * If transfers were taken for the reads before that have not happened, those that have happened may be missing: so looks for others
   * that explain the previous read too. What that read has seen has happened, and stays.
   */
  function retry(now: Balances, call: AnsweredCall, read: Balances): ReturnType<typeof explained<UnknownTransfer>> {
    const until = ({ completion }: AnsweredCall): UnknownTransfer[] =>
      unknown.filter((one) => one.call.invoke.time <= completion.time);
    if (answeredBefore === undefined || previous === undefined) return undefined;
    const found = explained([
      { from: answeredBefore, to: balancesOf(previous), candidates: until(previous) },
      { from: now, to: read, candidates: until(call) },
    ]);
    if (Array.isArray(found)) open = unknown;
    return found;
  }

  /** Before the first transfer every account has the same balance, if the header states it. */
  function initialOf(read: Balances): Balances | undefined {
    if (typeof balance !== 'number') return undefined;
    let initial: Balances = new Map([...read.keys()].map((name) => [name, balance]));
    for (const transfer of answeredEarly) initial = moved(initial, transfer);
    return initial;
  }
}

/** The transfers that close some gaps, in one list. */
function explained<Candidate extends Transfer>(
  gaps: readonly Gap<Candidate>[],
): readonly Candidate[] | 'too many' | undefined {
  const found = explain(gaps);
  return Array.isArray(found) ? (found as readonly Candidate[][]).flat() : (found as 'too many' | undefined);
}

function moved(balances: Balances, { from, to, amount }: Transfer): Balances {
  const next = new Map(balances);
  next.set(from, (next.get(from) ?? 0) - amount);
  next.set(to, (next.get(to) ?? 0) + amount);
  return next;
}

function balancesOf({ completion, endAt }: AnsweredCall): Balances {
  const { value } = completion;
  if (typeof value !== 'object' || value === null) throw new MalformedHistory(`event ${endAt}: no balances`);
  return new Map(Object.entries(value).map(([name, balance]) => [name, Number(balance)]));
}

function transferOf({ invoke, at }: RecordedCall): Transfer {
  const { from, to, amount } = (invoke.value ?? {}) as Partial<Transfer>;
  if (from === undefined || to === undefined || amount === undefined)
    throw new MalformedHistory(`event ${at}: no transfer`);
  return { from, to, amount };
}
