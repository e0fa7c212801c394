import { callsOf, type History } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { byRevision, type AnsweredCall } from '../answered.js';
import { clockRates } from '../clock-rates.js';
import { checkStates, type KeyState, type OpenWrite } from '../revisions/states.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';

const US_PER_MS = 1000;

/** What a stale read asks for and states. */
interface StaleValue {
  readonly atLeast?: number;
  readonly maxMs?: number;
  readonly ageMs?: number;
  readonly version?: number;
  readonly value?: unknown;
}

/**
 * Reads that may be old, beside the writes by revision.
 * - `wrong-value`, `wrong-version`: not the state at the revision that the answer states
 * - `below-revision`: the revision is less than `atLeast`
 * - `too-old`, `no-age`: the read has a bound, and the answer states an age above it, or none
 * - `older-than-stated`: a write is missing that was acknowledged before the read began, by more than the stated age
 * - `session-went-back`: with the header's option `session`, the revision is less than an earlier one of the process
 */
export function checkStale(history: History): Verdict {
  return verdictOf('stale reads', () => {
    const calls = callsOf(history);
    const answered = byRevision(calls);
    const reads = answered.filter(({ invoke }) => invoke.f === 'read');
    const states = answered.map((call): KeyState => {
      const { invoke, revision } = call;
      const { key = '' } = invoke;
      if (invoke.f !== 'read')
        return { call, key, revision, wrote: true, version: undefined, value: JSON.stringify(invoke.value) };
      const { version, value = null } = stated(call);
      return { call, key, revision, wrote: false, version, value: JSON.stringify(value) };
    });
    const open = calls
      .filter(({ invoke, outcome }) => outcome === 'info' && invoke.f === 'write')
      .map((call): OpenWrite => ({ call, key: call.invoke.key ?? '', value: JSON.stringify(call.invoke.value) }));
    const anomalies = [
      ...checkStates(states, open),
      ...reads.flatMap(checkBounds),
      ...checkAges(reads, { answered, rate: clockRates(history).slowest }),
      ...(history.header.options['session'] === true ? checkSessions(answered) : []),
    ];
    const withAge = reads.filter((read) => stated(read).ageMs !== undefined).length;
    return { operations: calls.length, anomalies, details: { reads: reads.length, withAge } };
  });
}

const stated = ({ completion }: AnsweredCall): StaleValue => completion.value ?? {};

function checkBounds(read: AnsweredCall & { readonly revision: number }): Anomaly[] {
  const { maxMs, ageMs } = stated(read);
  const { atLeast } = (read.invoke.value ?? {}) as StaleValue;
  const line = describeCall(read);
  const anomalies: Anomaly[] = [];
  if (atLeast !== undefined && read.revision < atLeast) anomalies.push(anomaly('below-revision', line, [read]));
  if (maxMs !== undefined && ageMs === undefined) anomalies.push(anomaly('no-age', line, [read]));
  if (maxMs !== undefined && ageMs !== undefined && ageMs > maxMs) anomalies.push(anomaly('too-old', line, [read]));
  return anomalies;
}

type Revised = AnsweredCall & { readonly revision: number };

/** Compares each read that states an age, by a clock that may be slow, with what was acknowledged before it began, less the age. */
function checkAges(
  reads: readonly Revised[],
  { answered, rate }: { readonly answered: readonly Revised[]; readonly rate: number },
): Anomaly[] {
  const writes = answered.filter(({ invoke }) => invoke.f === 'write');
  writes.sort((a, b) => a.completion.time - b.completion.time);
  const limitOf = (read: Revised): number => read.invoke.time - ((stated(read).ageMs ?? 0) * US_PER_MS) / rate;
  const aged = reads.filter((read) => stated(read).ageMs !== undefined).sort((a, b) => limitOf(a) - limitOf(b));
  let next = 0;
  let newest: Revised | undefined;
  return aged.flatMap((read) => {
    for (let write = writes[next]; write !== undefined && write.completion.time < limitOf(read); write = writes[next]) {
      if (newest === undefined || write.revision > newest.revision) newest = write;
      next += 1;
    }
    if (newest === undefined || read.revision >= newest.revision) return [];
    const ms = ((read.invoke.time - newest.completion.time) / US_PER_MS).toFixed(1);
    const text = `${describeCall(read)}\nlacks what was acknowledged ${ms} ms before it began:\n${describeCall(newest)}`;
    return [anomaly('older-than-stated', text, [newest, read])];
  });
}

function checkSessions(answered: readonly Revised[]): Anomaly[] {
  const newest = new Map<number, Revised>();
  const inOrder = [...answered].sort((a, b) => a.at - b.at);
  return inOrder.flatMap((call) => {
    const before = newest.get(call.process);
    if (before === undefined || call.revision >= before.revision) newest.set(call.process, call);
    if (before === undefined || call.revision >= before.revision) return [];
    const text = `${describeCall(call)}\nhas a smaller revision than\n${describeCall(before)}`;
    return [anomaly('session-went-back', text, [before, call])];
  });
}
