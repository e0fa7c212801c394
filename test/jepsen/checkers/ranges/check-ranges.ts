import { callsNamed, isAnswered } from '../answered.js';
import { MalformedHistory, type History, type RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall, verdictOf, type Findings } from '../verdict.js';

type Pair = readonly [key: string, value: string];
type RangeOperation =
  readonly ['put', string, string] | readonly ['delete' | 'range', from: string, to: string, readonly Pair[] | null];

interface RangeTransaction {
  readonly call: RecordedCall;
  /** Null if it only reads. */
  readonly id: number | null;
  readonly operations: readonly RangeOperation[];
}

/**
 * Transactions of puts, and of reads and deletions of ranges, all replayed in the order of their revisions. Each that writes leaves a
 * marker, so the last read of the markers shows which transactions of unknown outcome took effect.
 * - `wrong-range`, `wrong-delete`: not the keys that the transactions before leave in the range
 * - `lost-transaction`: an answered one has no marker
 * - `wrong-revision`: its marker has another revision than its answer
 * - `unexpected-transaction`: a marker of one that has failed, or that no client made
 */
export function checkRanges(history: History): Verdict {
  return verdictOf('ranges', () => {
    const calls = callsNamed(history, 'txn', 'markers');
    const groups = [...groupBy(calls, ({ invoke }) => invoke.key ?? '').values()].map(checkGroup);
    return {
      operations: calls.length,
      anomalies: groups.flatMap(({ anomalies }) => anomalies),
      undecided: groups.find(({ undecided }) => undecided !== undefined)?.undecided,
      details: { groups: groups.length },
    };
  });
}

function checkGroup(calls: readonly RecordedCall[]): Omit<Findings, 'operations'> {
  const transactions = calls.filter(({ invoke }) => invoke.f === 'txn').map(transactionOf);
  const last = calls.filter(isAnswered).findLast(({ invoke }) => invoke.f === 'markers');
  const anomalies: Anomaly[] = [];
  const revisions = new Map<RangeTransaction, number>();
  for (const one of transactions) {
    const revision = one.call.outcome === 'ok' ? one.call.completion?.revision : undefined;
    if (revision !== undefined) revisions.set(one, revision);
  }
  if (last !== undefined) {
    const markers = new Map(last.completion.value as [number, number][]);
    anomalies.push(...placeByMarkers(transactions, { markers, last, revisions }));
  } else if (transactions.some(({ call, id }) => call.outcome === 'info' && id !== null)) {
    return { anomalies, undecided: 'the markers of transactions were not read' };
  }
  const sorted = [...revisions].sort(
    ([a, revisionA], [b, revisionB]) =>
      revisionA - revisionB || Number(a.id === null) - Number(b.id === null) || a.call.at - b.call.at,
  );
  const state = new Map<string, string>();
  for (const [one] of sorted) anomalies.push(...replay(one, state));
  return { anomalies };
}

function placeByMarkers(
  transactions: readonly RangeTransaction[],
  {
    markers,
    last,
    revisions,
  }: {
    readonly markers: ReadonlyMap<number, number>;
    readonly last: RecordedCall;
    readonly revisions: Map<RangeTransaction, number>;
  },
): Anomaly[] {
  const anomalies: Anomaly[] = [];
  const known = new Set<number>();
  for (const one of transactions) {
    const { call, id } = one;
    if (id === null) continue;
    known.add(id);
    const marked = markers.get(id);
    const report = (name: string, what: string): number =>
      anomalies.push(anomaly(name, `${describeCall(call)}\n${what}`, [call, last]));
    if (call.outcome === 'fail' && marked !== undefined) report('unexpected-transaction', 'failed, and has a marker');
    if (call.outcome === 'info' && marked !== undefined) revisions.set(one, marked);
    if (call.outcome !== 'ok') continue;
    if (marked === undefined) report('lost-transaction', 'has no marker in the end');
    else if (marked !== revisions.get(one)) report('wrong-revision', `has a marker at revision ${marked}`);
  }
  for (const [id, revision] of markers) {
    if (!known.has(id))
      anomalies.push(anomaly('unexpected-transaction', `no client made ${id}, at revision ${revision}`, [last]));
  }
  return anomalies;
}

/** Executes a transaction, and compares what an answered one has returned. */
function replay({ call, operations }: RangeTransaction, state: Map<string, string>): Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const operation of operations) {
    if (operation[0] === 'put') {
      state.set(operation[1], operation[2]);
      continue;
    }
    const [kind, from, to, found] = operation;
    const expected = [...state].filter(([key]) => key >= from && key < to).sort(([a], [b]) => (a < b ? -1 : 1));
    if (kind === 'delete') for (const [key] of expected) state.delete(key);
    if (found === null || JSON.stringify(found) === JSON.stringify(expected)) continue;
    const text = `${kind} from ${from} to ${to} gave ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}\n${describeCall(call)}`;
    anomalies.push(anomaly(`wrong-${kind}`, text, [call]));
  }
  return anomalies;
}

function transactionOf(call: RecordedCall): RangeTransaction {
  const value = call.outcome === 'ok' ? (call.completion?.value ?? call.invoke.value) : call.invoke.value;
  const { id = null, ops } = (value ?? {}) as { readonly id?: number | null; readonly ops?: readonly RangeOperation[] };
  if (!Array.isArray(ops)) throw new MalformedHistory(`event ${call.at}: no operations`);
  return { call, id, operations: ops as readonly RangeOperation[] };
}
