import { callsOf } from '../history/history.js';
import type { History } from '../history/history.js';
import type { Anomaly, Verdict } from '../history/verdict.js';

/** A kind of call with fewer calls than this may have failed always. */
const CALLS_MIN = 20;
/** Calls by which clients compact. */
const COMPACT = 'compact';
const AUTOMATIC_FLAG = '--auto-compaction-retention=';

/**
 * Whether calls of every kind succeeded. A history of calls that all failed would pass every other checker.
 * - `no-success`: of a kind of calls, or of all calls, none succeeded
 */
export function checkProgress(history: History): Verdict {
  const beganMs = performance.now();
  const calls = callsOf(history);
  const counts = new Map<string, { calls: number; ok: number }>();
  for (const { invoke, outcome } of calls) {
    const count = counts.get(invoke.f) ?? { calls: 0, ok: 0 };
    counts.set(invoke.f, { calls: count.calls + 1, ok: count.ok + (outcome === 'ok' ? 1 : 0) });
  }
  const failing = [...counts].filter(([f, count]) => {
    return count.ok === 0 && count.calls >= CALLS_MIN && !(f === COMPACT && othersCompact(history));
  });
  const texts = failing.map(([f, count]) => `none of ${count.calls} calls of ${f} succeeded`);
  if (calls.every(({ outcome }) => outcome !== 'ok')) texts.push(`none of all ${calls.length} calls succeeded`);
  return {
    checker: 'progress',
    valid: texts.length === 0,
    operations: calls.length,
    anomalies: texts.map((text): Anomaly => ({ name: 'no-success', text, events: [] })),
    ms: Math.round(performance.now() - beganMs),
  };
}

/** Whether a fault or the members themselves always compact further than a client asks. */
function othersCompact({ header: { nemesis, options } }: History): boolean {
  const { flags } = options;
  return nemesis.split('+').includes(COMPACT) || (typeof flags === 'string' && flags.includes(AUTOMATIC_FLAG));
}
