import type { RecordedCall } from '../../history/history.js';
import type { Anomaly } from '../../history/verdict.js';
import type { Change, Changes } from '../store/changes.js';
import { anomaly } from '../verdict.js';
import type { Compactions } from './compactions.js';
import type { SeenEvent, WatchCall } from './watch-calls.js';

interface Context {
  readonly changes: Changes;
  readonly compactions: Compactions;
}

type Report = (name: string, text: string, also?: RecordedCall) => void;

/** Compares the events of one watch with all changes. */
export function checkEvents(watch: WatchCall, context: Context): Anomaly[] {
  const { call, prefix, from } = watch;
  const anomalies: Anomaly[] = [];
  const report: Report = (name, text, also) => {
    const who = `the watch of ${JSON.stringify(prefix)} from revision ${from} by process ${call.process}`;
    anomalies.push(anomaly(name, `${who}: ${text}`, also === undefined ? [call] : [also, call]));
  };
  checkOrder(watch, report);
  checkComplete(watch, context.changes, report);
  const compacted = context.compactions.latest(call.completion.time);
  for (const event of watch.responses.flatMap(({ events }) => events))
    checkPrevious(event, { changes: context.changes, compacted, report });
  return anomalies;
}

function checkOrder({ prefix, from, to, responses }: WatchCall, report: Report): void {
  /** The largest revision that is covered by the responses before. */
  let covered = from - 1;
  let last = from - 1;
  const seen = new Set<string>();
  for (const { revision, events } of responses) {
    const before = last;
    for (const event of events) {
      const { rev } = event;
      const name = nameOf(event);
      const isRepeated = seen.has(name);
      seen.add(name);
      if (!event.key.startsWith(prefix) || rev < from || rev > to)
        report('outside-range', `${name} is outside ${from} to ${to}`);
      else if (isRepeated) report('duplicated', `${name} came twice`);
      else if (rev < last) report('unordered', `${name} came after an event of revision ${last}`);
      else if (rev === before)
        report('split-revision', `${name} came in another response than the rest of its revision`);
      else if (rev <= covered)
        report('broken-bookmark', `${name} came after a response that covers revision ${covered}`);
      else if (rev > revision) report('broken-bookmark', `${name} came in a response that covers revision ${revision}`);
      last = Math.max(last, rev);
    }
    covered = Math.max(covered, revision);
  }
}

function checkComplete({ prefix, from, to, responses }: WatchCall, changes: Changes, report: Report): void {
  const events = responses.flatMap(({ events }) => events);
  const seen = new Set(events.map(nameOf));
  const revisions = new Set(events.map(({ rev }) => rev));
  for (const change of changes.between(from, to)) {
    const { key, rev, value, writer } = change;
    const name = nameOf({ type: value === undefined ? 'delete' : 'put', key, rev });
    if (!key.startsWith(prefix) || seen.has(name) || !changes.isCertain(change)) continue;
    const other = seen.has(nameOf({ type: value === undefined ? 'put' : 'delete', key, rev }));
    if (other) report('wrong-event', `instead of ${name} came the other kind`, writer);
    else if (revisions.has(rev)) report('torn-revision', `${name} did not come with the rest of its revision`, writer);
    else report('missed-event', `${name} did not come, and the watch covers revisions up to ${to}`, writer);
  }
}

function checkPrevious(
  event: SeenEvent,
  { changes, compacted, report }: { readonly changes: Changes; readonly compacted: number; readonly report: Report },
): void {
  const { type, key, rev, version = 0, create = 0, prev } = event;
  const name = nameOf(event);
  const before = changes.lastOf(key, rev - 1);
  const isNew = version === 1;
  if (type === 'put' && (version < 1 || create > rev || isNew !== (create === rev)))
    report('wrong-version', `${name} has version ${version} and create ${create}`);
  if (prev === undefined) {
    // The version before is gone once the history is compacted at this revision.
    const mustExist = type === 'delete' || !isNew;
    if (mustExist && rev > compacted) report('wrong-previous', `${name} lacks the state before`, before?.writer);
    if (type === 'put' && isNew && before?.value !== undefined && !changes.mayBeOpen(key))
      report('wrong-version', `${name} is as if the key were new, and it was put at ${before.rev}`, before.writer);
    return;
  }
  const problem = previousProblem(event, before, changes);
  if (problem !== undefined)
    report('wrong-previous', `${name} has ${JSON.stringify(prev)}: ${problem}`, before?.writer);
  else if (type === 'put' && (version !== prev.version + 1 || create !== prev.create))
    report('wrong-version', `${name} has version ${version}, create ${create} after ${JSON.stringify(prev)}`);
}

/** What is wrong with the state before an event, compared with the last change before it that is certain. */
function previousProblem(
  { key, rev, prev }: SeenEvent,
  before: Change | undefined,
  changes: Changes,
): string | undefined {
  if (prev === undefined) return undefined;
  if (prev.rev >= rev) return 'it is not before';
  if (before !== undefined && prev.rev < before.rev) return `the key was changed at revision ${before.rev}`;
  const put = changes.at(prev.rev, key);
  // A write of unknown outcome that no watch has covered.
  if (put === undefined) return changes.mayBeOpen(key) ? undefined : 'nothing changed the key at that revision';
  if (put.value !== prev.value) return `the key had the value ${JSON.stringify(put.value)} then`;
  if ((put.version ?? prev.version) !== prev.version || (put.create ?? prev.create) !== prev.create)
    return `it had version ${put.version} and create ${put.create}`;
  return undefined;
}

function nameOf({ type, key, rev }: Pick<SeenEvent, 'type' | 'key' | 'rev'>): string {
  return `${type} ${JSON.stringify(key)} at ${rev}`;
}
