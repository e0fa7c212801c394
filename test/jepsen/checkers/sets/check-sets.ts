import type { History, RecordedCall } from '../../history/history.js';
import { MalformedHistory } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { callsNamed, isAnswered, isBefore, revisionOf, type AnsweredCall } from '../answered.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';

/**
 * Sets by key, to which each element is added at most once. A read contains each element whose `add` was answered before the
 * read began, or has a revision up to that of the read; and no other than those and the ones of `add` calls that were
 * under way, or whose outcome is unknown. Anomalies, as in Jepsen's set-full:
 * - `lost`: an acknowledged element is absent from the last read that must contain it
 * - `stale`: it is absent from a read, and present in a later one
 * - `unexpected`: no call can have added the element yet
 * - `duplicated`: a read contains an element twice
 * - `vanished`: an element of unknown outcome was read, and is absent from a later read
 */
export function checkSets(history: History): Verdict {
  return verdictOf('set', () => {
    const calls = callsNamed(history, 'add', 'read');
    const groups = groupBy(calls, ({ invoke }) => invoke.key ?? '');
    const anomalies = [...groups.values()].flatMap(checkSet);
    return { operations: calls.length, anomalies, details: { sets: groups.size } };
  });
}

interface SetRead {
  readonly call: AnsweredCall;
  readonly elements: ReadonlySet<string>;
}

function checkSet(calls: readonly RecordedCall[]): Anomaly[] {
  const adds = new Map(calls.filter(({ invoke }) => invoke.f === 'add').map((call) => [elementOf(call), call]));
  const anomalies: Anomaly[] = [];
  const reads = calls.filter(isAnswered).flatMap((call): SetRead[] => {
    if (call.invoke.f !== 'read') return [];
    const list = listOf(call);
    const elements = new Set(list);
    for (const element of elements) {
      if (list.indexOf(element) !== list.lastIndexOf(element))
        anomalies.push(anomaly('duplicated', `element ${element} is twice in\n${describeCall(call)}`, [call]));
      const add = adds.get(element);
      if (add === undefined || !canHaveAdded(add, call)) anomalies.push(unexpected(element, add, call));
    }
    return [{ call, elements }];
  });
  for (const [element, add] of adds) anomalies.push(...absences(element, add, reads));
  return anomalies;
}

/** Whether a read may contain the element of a call. */
function canHaveAdded(add: RecordedCall, read: AnsweredCall): boolean {
  if (add.outcome === 'fail' || add.invoke.time > read.completion.time) return false;
  const [added, seen] = [revisionOf(add), revisionOf(read)];
  return added === undefined || seen === undefined || added <= seen;
}

function absences(element: string, add: RecordedCall, reads: readonly SetRead[]): Anomaly[] {
  if (add.outcome === 'fail') return [];
  const must = isAnswered(add) ? reads.filter(({ call }) => isVisible(add, call)) : revealed(element, reads);
  const without = must.filter(({ elements }) => !elements.has(element));
  const first = without[0];
  const last = must.at(-1);
  if (first === undefined || last === undefined) return [];
  const shown = isAnswered(add) ? add : (reads.find(({ elements }) => elements.has(element))?.call ?? add);
  const name = !isAnswered(add) ? 'vanished' : last.elements.has(element) ? 'stale' : 'lost';
  const text = `element ${element} is absent from ${without.length} of ${must.length} reads after\n${describeCall(shown)}\nfirst\n${describeBriefly(first.call)}`;
  return [anomaly(name, text, [add, shown, first.call])];
}

function isVisible(add: AnsweredCall, read: AnsweredCall): boolean {
  const [added, seen] = [revisionOf(add), revisionOf(read)];
  return isBefore(add, read) || (added !== undefined && seen !== undefined && added <= seen);
}

/** The reads after the first that has seen the element. */
function revealed(element: string, reads: readonly SetRead[]): SetRead[] {
  const seen = reads.filter(({ elements }) => elements.has(element));
  return reads.filter(({ call }) => seen.some((other) => isVisible(other.call, call)));
}

function unexpected(element: string, add: RecordedCall | undefined, read: AnsweredCall): Anomaly {
  const why = add === undefined ? 'was never added' : `was not added by then: ${describeCall(add)}`;
  const shown = add === undefined ? [read] : [add, read];
  return anomaly('unexpected', `element ${element} ${why}\n${describeBriefly(read)}`, shown);
}

/** Without the elements, which may be many. */
function describeBriefly(read: AnsweredCall): string {
  return describeCall({ ...read, completion: { ...read.completion, value: '…' } });
}

const elementOf = ({ invoke }: RecordedCall): string => JSON.stringify(invoke.value);

function listOf({ completion, endAt }: AnsweredCall): string[] {
  if (!Array.isArray(completion.value)) throw new MalformedHistory(`event ${endAt}: no list of elements`);
  return completion.value.map((element) => JSON.stringify(element));
}
