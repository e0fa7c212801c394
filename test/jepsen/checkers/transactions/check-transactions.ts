import type { History } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';
import { addAppends } from './appends.js';
import { cyclesOf, type Cycle } from './cycles.js';
import { Graph } from './graph.js';
import { addOrders } from './orders.js';
import { addRegisters } from './registers.js';
import { transactionsOf, type Transaction } from './transaction.js';

/**
 * Transactions that append to lists and read them, as in Elle: those that depend on each other on a cycle cannot have happened one after
 * the other. Without an anomaly, also of real time, the history is strictly serializable as far as its reads show.
 *
 * Besides cycles: `G1a` a read of a failed write, `G1b` of a write that its transaction replaced, `internal` of something else than the
 * transaction has written or read before, `lost-update`, `duplicate-elements`, `incompatible-order`, `unexpected-value`.
 */
export function checkAppends(history: History): Verdict {
  return verdictOf('list-append', () => check(history, addAppends));
}

/** The same for transactions that write and read registers. */
export function checkWriteReads(history: History): Verdict {
  return verdictOf('write-read', () => check(history, addRegisters));
}

function check(history: History, addDependencies: (graph: Graph, all: readonly Transaction[]) => Anomaly[]) {
  const all = transactionsOf(history);
  const graph = new Graph(all.length);
  const anomalies = addDependencies(graph, all);
  addOrders(
    graph,
    all.filter(({ call }) => call.outcome !== 'fail'),
  );
  const cycles = cyclesOf(graph).map((cycle) => cycleAnomaly(cycle, all));
  return { operations: all.length, anomalies: [...anomalies, ...cycles] };
}

function cycleAnomaly({ name, edges }: Cycle, all: readonly Transaction[]): Anomaly {
  const calls = edges.flatMap(({ from }) => all[from]?.call ?? []);
  const lines = edges.flatMap(({ from, to, kind, why }, at) => {
    const call = all[from]?.call;
    const target = edges.findIndex((edge) => edge.from === to) + 1;
    const reason = why ?? (kind === 'realtime' ? 'it had ended when the other began' : 'the process made it before');
    return [`T${at + 1}: ${call === undefined ? '' : describeCall(call)}`, `  before T${target} (${kind}): ${reason}`];
  });
  return anomaly(name, lines.join('\n'), calls);
}
