import type { RecordedCall } from '../../history/history.js';
import type { Anomaly } from '../../history/verdict.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall } from '../verdict.js';

/** An answered call on one key at a revision: a write has changed the key at it, a read has seen the state at it. */
export interface KeyState {
  readonly call: RecordedCall;
  readonly key: string;
  readonly revision: number;
  readonly wrote: boolean;
  /** The version after the call; undefined if the answer does not show it. */
  readonly version: number | undefined;
  /** As the text of its JSON; `null` if the key is absent. */
  readonly value: string;
}

/** A write of unknown outcome. */
export interface OpenWrite {
  readonly call: RecordedCall;
  readonly key: string;
  readonly value: string;
}

/**
 * Replays the writes of each key in the order of their revisions, and compares every answer with the state at its revision. No search
 * is needed. The version shows how many writes of unknown outcome came between: `wrong-version` if it is too small, or larger than
 * those explain; `wrong-value` if the value is not that of the last write.
 */
export function checkStates(states: readonly KeyState[], open: readonly OpenWrite[]): Anomaly[] {
  const openByKey = groupBy(open, ({ key }) => key);
  return [...groupBy(states, ({ key }) => key)].flatMap(([key, ofKey]) => checkKey(ofKey, openByKey.get(key) ?? []));
}

function checkKey(states: readonly KeyState[], open: readonly OpenWrite[]): Anomaly[] {
  const sorted = [...states].sort(
    (a, b) => a.revision - b.revision || Number(b.wrote) - Number(a.wrote) || a.call.at - b.call.at,
  );
  const anomalies: Anomaly[] = [];
  let version = 0;
  let value = 'null';
  let last: RecordedCall | undefined;
  /** Writes of unknown outcome that versions have shown. */
  let used = 0;
  for (const state of sorted) {
    const least = version + (state.wrote ? 1 : 0);
    const report = (name: string, what: string): void => {
      const after = last === undefined ? 'nothing' : describeCall(last);
      anomalies.push(
        anomaly(
          name,
          `${describeCall(state.call)}\n${what}, after\n${after}`,
          last === undefined ? [state.call] : [last, state.call],
        ),
      );
    };
    const extra = (state.version ?? least) - least;
    const before = open.filter(({ call }) => call.invoke.time <= (state.call.completion?.time ?? Infinity));
    if (extra < 0) report('wrong-version', `version ${state.version} is less than ${least}`);
    else if (extra > before.length - used) report('wrong-version', `version ${state.version} instead of ${least}`);
    else if (!state.wrote && state.value !== value) {
      const isExplained = extra > 0 && before.some((write) => write.value === state.value);
      if (!isExplained) report('wrong-value', `${state.value} instead of ${value}`);
    }
    used += Math.max(0, extra);
    version = state.version ?? least;
    value = state.value;
    last = state.call;
  }
  return anomalies;
}
