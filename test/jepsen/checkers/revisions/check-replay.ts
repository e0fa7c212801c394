import { callsOf, type History, type RecordedCall } from '../../history/history.js';
import type { Verdict } from '../../history/verdict.js';
import { byRevision } from '../answered.js';
import { verdictOf } from '../verdict.js';
import { checkStates, type KeyState, type OpenWrite } from './states.js';

/** Registers by version whose answers state revisions: all of them are replayed in the order of the revisions. */
export function checkReplay(history: History): Verdict {
  return verdictOf('replay by revision', () => {
    if (history.header.options['by'] !== 'version') return { operations: 0, anomalies: [] };
    const calls = callsOf(history);
    const states = byRevision(calls).map((call): KeyState => {
      const { invoke, completion, revision } = call;
      const { key = '' } = invoke;
      if (invoke.f === 'read') {
        const [version, value] = completion.value as [number, unknown];
        return { call, key, revision, wrote: false, version, value: JSON.stringify(value) };
      }
      const version = invoke.f === 'cas' ? (invoke.value as [number, unknown])[0] + 1 : undefined;
      return { call, key, revision, wrote: true, version, value: writtenBy(call) };
    });
    const open = calls
      .filter(({ invoke, outcome }) => outcome === 'info' && invoke.f !== 'read')
      .map((call): OpenWrite => ({ call, key: call.invoke.key ?? '', value: writtenBy(call) }));
    return { operations: states.length, anomalies: checkStates(states, open) };
  });
}

function writtenBy({ invoke }: RecordedCall): string {
  return JSON.stringify(invoke.f === 'cas' ? (invoke.value as [number, unknown])[1] : invoke.value);
}
