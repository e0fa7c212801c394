import { callsOf, type History, type RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { isAnswered, type AnsweredCall } from '../answered.js';
import { Changes } from '../store/changes.js';
import { checkDeletions } from '../store/deletions.js';
import { checkRows, rowsOf } from '../store/rows.js';
import { writerCalls } from '../store/writes.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';
import { checkEvents } from './check-events.js';
import { Compactions } from './compactions.js';
import { compactedOf, watchCall, type WatchCall } from './watch-calls.js';

/**
 * Watches of prefixes, beside the writes by revision. Events of calls with unknown outcome are learned from all watchers and
 * snapshots, then each watch is compared with all changes of the revisions that it covers. It must be
 * - ordered: `unordered`
 * - unique: `duplicated`
 * - atomic: `split-revision` in two responses, `torn-revision` with a part of a transaction
 * - complete: `missed-event`
 * - resumable: `outside-range`, `wrong-compaction`
 * - bookmarkable: `broken-bookmark`, an event after a response that covers its revision
 * - right in `prev`, version and create revision: `wrong-previous`, `wrong-version`
 * - true: `unexpected-value`, `unexpected-delete`, `wrong-deletion`, `two-revisions`, `conflicting-answers`
 */
export function checkWatches(history: History): Verdict {
  return verdictOf('watch', () => {
    const calls = callsOf(history);
    const answered = calls.filter(isAnswered);
    const watches = answered.filter(({ invoke }) => invoke.f === 'watch').map(watchCall);
    const snapshots = answered.filter(({ invoke }) => invoke.f === 'snapshot');
    const compactions = new Compactions(history, calls);
    const changes = new Changes(writerCalls(calls));
    learn(changes, watches, snapshots);
    const anomalies: Anomaly[] = [
      ...changes.anomalies,
      ...watches.flatMap((watch) => checkEvents(watch, { changes, compactions })),
      ...snapshots.flatMap((call) =>
        checkRows(call, { changes, prefix: call.invoke.key ?? '', revision: call.completion.revision ?? 0 }),
      ),
      ...checkDeletions(calls, changes),
      ...calls.flatMap((call) => checkCompacted(call, compactions)),
    ];
    const events = watches.reduce((sum, { responses }) => sum + responses.reduce((n, r) => n + r.events.length, 0), 0);
    return { operations: calls.length, anomalies, details: { watches: watches.length, events } };
  });
}

function learn(changes: Changes, watches: readonly WatchCall[], snapshots: readonly AnsweredCall[]): void {
  const seen = watches.flatMap(({ call, responses }) =>
    responses.flatMap(({ events }) => events).map((event) => ({ call, ...event })),
  );
  for (const { type, key, rev, value = '', version = 0, create = 0, prev, call } of seen) {
    if (type === 'put') changes.learnPut(key, { value, rev, version, create }, call);
    if (prev !== undefined) changes.learnPut(key, prev, call);
  }
  for (const call of snapshots) for (const [key, row] of rowsOf(call)) changes.learnPut(key, row, call);
  for (const { type, key, rev, call } of seen) if (type === 'delete') changes.learnDelete(key, rev, call);
}

/** A watch may fail because of a compaction that was made, and that removed its start. */
function checkCompacted(call: RecordedCall, compactions: Compactions): Anomaly[] {
  const failure = call.invoke.f === 'watch' ? compactedOf(call) : undefined;
  if (failure === undefined) return [];
  const { from, compacted } = failure;
  if (from <= compacted && compactions.allows(compacted, call.completion?.time ?? Infinity)) return [];
  const text = `the history up to ${compacted} was not compacted, or contains the start: ${describeCall(call)}`;
  return [anomaly('wrong-compaction', text, [call])];
}
