import type { RunSummary } from '../history/summary.js';
import { faultsOf, type Fault } from './faults.js';
import type { HistoryEvent, HistoryHeader } from '../history/event.js';
import type { Verdict } from '../history/verdict.js';
import { samplesOf, type Samples } from './members.js';
import { operationsOf, type Operation } from './operations.js';

/** What a report is made from. */
export interface ReportInput {
  readonly header: HistoryHeader;
  readonly events: readonly HistoryEvent[];
  readonly verdicts: readonly Verdict[];
  readonly summary: RunSummary;
}

/** The input, and what several sections derive from it. */
export interface RunData extends ReportInput {
  readonly operations: readonly Operation[];
  /** Kinds of call, the most frequent first. */
  readonly kinds: readonly string[];
  readonly faults: readonly Fault[];
  readonly heals: readonly number[];
  readonly samples: Samples;
  /** Time of the last event, µs, at least 1. */
  readonly duration: number;
}

export function runDataOf(input: ReportInput): RunData {
  const { events } = input;
  let duration = 1;
  for (const { time } of events) duration = Math.max(duration, time);
  const operations = operationsOf(events);
  const counts = new Map<string, number>();
  for (const { f } of operations) counts.set(f, (counts.get(f) ?? 0) + 1);
  const kinds = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([kind]) => kind);
  return { ...input, operations, kinds, ...faultsOf(events, duration), samples: samplesOf(events), duration };
}
