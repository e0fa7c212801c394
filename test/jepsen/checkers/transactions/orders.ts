import type { Graph } from './graph.js';
import type { Transaction } from './transaction.js';

/**
 * Adds the order of each process and of real time. An edge that follows from others is left out: only the transactions that had ended
 * when one began, and after which no other began and ended, come directly before it.
 */
export function addOrders(graph: Graph, transactions: readonly Transaction[]): void {
  const began = [...transactions].sort((a, b) => a.call.invoke.time - b.call.invoke.time || a.id - b.id);
  const ended = transactions.filter(({ call }) => call.outcome === 'ok').sort((a, b) => endOf(a) - endOf(b));
  const lastOfProcess = new Map<number, Transaction>();
  let frontier: Transaction[] = [];
  let next = 0;
  for (const one of began) {
    for (let other = ended[next]; other !== undefined && endOf(other) < one.call.invoke.time; other = ended[next]) {
      const { time } = other.call.invoke;
      frontier = [...frontier.filter((before) => endOf(before) >= time), other];
      next += 1;
    }
    for (const before of frontier) graph.add({ from: before.id, to: one.id, kind: 'realtime' });
    const previous = lastOfProcess.get(one.call.process);
    if (previous !== undefined) graph.add({ from: previous.id, to: one.id, kind: 'process' });
    lastOfProcess.set(one.call.process, one);
  }
}

const endOf = ({ call }: Transaction): number => call.completion?.time ?? Infinity;
