import { callsOf, type History } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { isAnswered, isBefore, type AnsweredCall } from '../answered.js';
import { Changes } from '../store/changes.js';
import { checkDeletions } from '../store/deletions.js';
import { checkRows, rowsOf } from '../store/rows.js';
import { writerCalls } from '../store/writes.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';

/**
 * Clusters that were started from snapshots. Each has the keys of the source at its revision: all writes up to it, and none after
 * (`missing-key`, `deleted-key`, `old-value`, `future-value`, `wrong-version`, `unexpected-value`).
 * - `wrong-deletion`: the source's answer to a deletion is not what its changes say
 * - `old-snapshot`: the revision is less than that of a write that the same member had acknowledged before
 * - `revision-went-back`: a write into the new cluster has no larger revision
 */
export function checkRestore(history: History): Verdict {
  return verdictOf('restore', () => {
    const calls = callsOf(history);
    const answered = calls.filter(isAnswered);
    const named = (name: string): AnsweredCall[] => answered.filter(({ invoke }) => invoke.f === name);
    const restores = named('restore');
    const changes = new Changes(writerCalls(calls));
    for (const call of restores) for (const [key, row] of rowsOf(call)) changes.learnPut(key, row, call);
    const snapshots = new Map(named('snapshot').map((call) => [fileOf(call), call]));
    const writes = new Map(named('restore-write').map((call) => [fileOf(call), call]));
    const acknowledged = answered.filter(({ invoke }) => invoke.f === 'put' || invoke.f === 'delete');
    const anomalies: Anomaly[] = [...changes.anomalies, ...checkDeletions(calls, changes)];
    for (const restore of restores) {
      const revision = restore.completion.revision ?? 0;
      anomalies.push(...checkRows(restore, { changes, prefix: '', revision }));
      const snapshot = snapshots.get(fileOf(restore));
      const missed = acknowledged.find(
        (call) =>
          snapshot !== undefined &&
          call.completion.node === snapshot.completion.node &&
          isBefore(call, snapshot) &&
          (call.completion.revision ?? 0) > revision,
      );
      if (missed !== undefined && snapshot !== undefined)
        anomalies.push(both('old-snapshot', missed, [missed, snapshot, restore]));
      const write = writes.get(fileOf(restore));
      if (write !== undefined && (write.completion.revision ?? 0) <= revision)
        anomalies.push(both('revision-went-back', write, [restore, write]));
    }
    const undecided = restores.length === 0 ? 'no snapshot was restored' : undefined;
    return { operations: calls.length, anomalies, undecided, details: { restores: restores.length } };
  });
}

function both(name: string, call: AnsweredCall, shown: readonly AnsweredCall[]): Anomaly {
  const others = shown
    .filter((one) => one !== call)
    .map((one) => describeCall({ ...one, completion: { ...one.completion, value: '…' } }));
  return anomaly(name, [describeCall(call), ...others].join('\n'), shown);
}

const fileOf = ({ invoke }: AnsweredCall): string => String(((invoke.value ?? {}) as { readonly file?: unknown }).file);
