import type { History, RecordedCall } from '../../history/history.js';
import { MalformedHistory } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { callsNamed, isAnswered, isBefore, revisionOf, type AnsweredCall } from '../answered.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';

/**
 * Counters by key, 0 at first, with `add` of positive numbers. A read is at least the sum of all answered additions that precede it,
 * and at most that sum with the additions that were under way or have an unknown outcome. By the revisions of both, where they
 * are stated, it is known which answered additions a read has seen. Anomalies: `counter-low`, `counter-high`, and
 * `counter-fell`: what a read has beyond the answered additions is less than in an earlier read.
 */
export function checkCounters(history: History): Verdict {
  return verdictOf('counter', () => {
    const calls = callsNamed(history, 'add', 'read');
    const groups = groupBy(calls, ({ invoke }) => invoke.key ?? '');
    const anomalies = [...groups.values()].flatMap(checkCounter);
    return { operations: calls.length, anomalies, details: { counters: groups.size } };
  });
}

interface Excess {
  readonly revision: number;
  readonly excess: number;
  readonly call: AnsweredCall;
}

function checkCounter(calls: readonly RecordedCall[]): Anomaly[] {
  const adds = calls.filter(({ invoke, outcome }) => invoke.f === 'add' && outcome !== 'fail');
  const reads = calls.filter(isAnswered).filter(({ invoke }) => invoke.f === 'read');
  const anomalies: Anomaly[] = [];
  const excesses: Excess[] = [];
  for (const read of reads) {
    const value = numberOf(read.completion.value, read.endAt);
    let [low, high] = [0, 0];
    for (const add of adds) {
      const amount = numberOf(add.invoke.value, add.at);
      const precedes = relation(add, read);
      if (precedes === 'before') low += amount;
      if (precedes !== 'after') high += amount;
    }
    const line = `${describeCall(read)}\nbut the additions before it make ${low}, and ${high} with those of unknown place`;
    if (value < low) anomalies.push(anomaly('counter-low', line, [read]));
    if (value > high) anomalies.push(anomaly('counter-high', line, [read]));
    const revision = revisionOf(read);
    if (revision !== undefined) excesses.push({ revision, excess: value - low, call: read });
  }
  return [...anomalies, ...falls(excesses)];
}

function relation(add: RecordedCall, read: AnsweredCall): 'before' | 'after' | 'open' {
  if (add.invoke.time > read.completion.time) return 'after';
  if (!isAnswered(add)) return 'open';
  const [added, seen] = [revisionOf(add), revisionOf(read)];
  if (added !== undefined && seen !== undefined) return added <= seen ? 'before' : 'after';
  return isBefore(add, read) ? 'before' : 'open';
}

/** Additions of unknown outcome that a read has seen stay. */
function falls(excesses: readonly Excess[]): Anomaly[] {
  const sorted = [...excesses].sort((a, b) => a.revision - b.revision || a.call.at - b.call.at);
  let largest: Excess | undefined;
  return sorted.flatMap((one) => {
    const before = largest;
    if (before === undefined || one.excess >= before.excess) {
      largest = one;
      return [];
    }
    const text = `${describeCall(one.call)}\nlacks an addition of unknown outcome that was in\n${describeCall(before.call)}`;
    return [anomaly('counter-fell', text, [before.call, one.call])];
  });
}

function numberOf(value: unknown, event: number): number {
  if (typeof value !== 'number') throw new MalformedHistory(`event ${event}: no number`);
  return value;
}
