import type { History } from '../../history/history.js';
import { callsOf, type RecordedCall } from '../../history/history.js';
import type { Anomaly, Verdict } from '../../history/verdict.js';
import { byRevision } from '../answered.js';
import { anomaly, describeCall, verdictOf } from '../verdict.js';

export interface RevisionOrderOptions {
  /** Whether an answered call has made the revision that it states. */
  readonly wrote: (call: RecordedCall) => boolean;
  /** Calls whose revision says nothing about the present: stale reads, calls of another cluster. Default: none. */
  readonly ignored?: (call: RecordedCall) => boolean;
}

/**
 * Compares the revisions that answers state with real time: a call has at least the largest revision that was answered before it
 * began, a write has a larger one, and no two writes share one. Together with the comparison of each answer with the
 * writes up to its revision, which depends on the workload, this is strict serializability.
 */
export function checkRevisionOrder(history: History, { wrote, ignored }: RevisionOrderOptions): Verdict {
  return verdictOf('revision order', () => {
    const calls = byRevision(callsOf(history).filter((call) => ignored?.(call) !== true));
    const anomalies: Anomaly[] = [];
    const owners = new Map<number, RecordedCall>();
    for (const call of calls.filter(wrote)) {
      const owner = owners.get(call.revision);
      if (owner === undefined) owners.set(call.revision, call);
      else anomalies.push(both('shared-revision', call, 'has the revision of', owner));
    }
    const byEnd = [...calls].sort((a, b) => a.completion.time - b.completion.time);
    const byStart = [...calls].sort((a, b) => a.invoke.time - b.invoke.time);
    let ended = 0;
    let newest: (typeof calls)[number] | undefined;
    for (const call of byStart) {
      for (
        let next = byEnd[ended];
        next !== undefined && next.completion.time < call.invoke.time;
        next = byEnd[ended]
      ) {
        if (newest === undefined || next.revision > newest.revision) newest = next;
        ended += 1;
      }
      if (newest === undefined || call.revision >= newest.revision + (wrote(call) ? 1 : 0)) continue;
      anomalies.push(both('revision-went-back', call, 'began after the answer to', newest));
    }
    return { operations: calls.length, anomalies };
  });
}

function both(name: string, call: RecordedCall, relation: string, other: RecordedCall): Anomaly {
  return anomaly(name, `${describeCall(call)}\n${relation}\n${describeCall(other)}`, [other, call]);
}
