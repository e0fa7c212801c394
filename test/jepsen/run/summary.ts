import type { HistoryEvent } from '../history/event.js';
import { callsOf } from '../history/history.js';
import type { History } from '../history/history.js';
import type { RunSummary, VerdictSummary } from '../history/summary.js';
import type { Verdict } from '../history/verdict.js';

export interface SummaryInput {
  readonly history: History;
  readonly verdicts: readonly Verdict[];
  readonly options: RunSummary['options'];
  /** Times from each heal to the first write, in ms; infinite where none came. */
  readonly recoveriesMs: readonly number[];
  /** The same for heals while the machine was busy with other work. Default: none. */
  readonly busyRecoveriesMs?: readonly number[];
  readonly electionTimeoutMs: number;
  /** The load, in µs since the start of the run. */
  readonly load: { readonly from: number; readonly to: number };
  readonly error?: string | undefined;
}

/** The figures of a run. */
export function summaryOf(input: SummaryInput): RunSummary {
  const { history, verdicts, options, recoveriesMs, electionTimeoutMs, load, error } = input;
  const { busyRecoveriesMs = [] } = input;
  const { workload, nemesis, nodes, seed, target, net, commit, started } = history.header;
  const calls = callsOf(history);
  const count = (outcome: 'ok' | 'fail' | 'info'): number => calls.filter((call) => call.outcome === outcome).length;
  const successes = history.events.filter(({ type, process, time }) => {
    return type === 'ok' && typeof process === 'number' && time >= load.from && time <= load.to;
  });
  const faults = faultSpans(history.events);
  return {
    format: 'raftkv-jepsen-summary',
    version: 1,
    ...{ workload, nemesis, nodes, seed, target, net, options, commit, started },
    seconds: Math.round((load.to - load.from) / 1e5) / 10,
    operations: calls.length,
    ok: count('ok'),
    failed: count('fail'),
    unknown: count('info'),
    faults: faults.length,
    okPerSecondDuringFaults: rateDuring(union(faults, load), successes),
    longestGapMs: longestGap(successes, load),
    healToFirstWriteMs: recoveriesMs.filter((ms) => Number.isFinite(ms)),
    healsWithoutWrite: recoveriesMs.filter((ms) => !Number.isFinite(ms)).length,
    ...(busyRecoveriesMs.length > 0 && {
      healsNotMeasured: busyRecoveriesMs.length,
      busyHealToFirstWriteMs: busyRecoveriesMs.filter((ms) => Number.isFinite(ms)),
    }),
    electionTimeoutMs,
    verdicts: verdicts.map(verdictSummary),
    ...(error !== undefined && { error }),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The times of all faults, each from its start to its end. */
function faultSpans(events: readonly HistoryEvent[]): Span[] {
  const open = new Map<string, number[]>();
  const spans: Span[] = [];
  for (const { process, f, value, phase, time } of events) {
    if (process !== 'nemesis' || f === 'heal') continue;
    const id = JSON.stringify([f, value]);
    const starts = open.get(id) ?? [];
    open.set(id, starts);
    const from = phase === 'end' ? starts.shift() : undefined;
    if (from !== undefined) spans.push({ from, to: time });
    else if (phase !== 'end') starts.push(time);
  }
  for (const from of [...open.values()].flat()) spans.push({ from, to: Number.POSITIVE_INFINITY });
  return spans.sort((left, right) => left.from - right.from);
}

/** The times within the load in which there is at least one fault. */
function union(spans: readonly Span[], load: Span): Span[] {
  const merged: { from: number; to: number }[] = [];
  for (const span of spans) {
    const [from, to] = [Math.max(span.from, load.from), Math.min(span.to, load.to)];
    if (from >= to) continue;
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

function rateDuring(spans: readonly Span[], successes: readonly HistoryEvent[]): number | null {
  const us = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  if (us === 0) return null;
  const within = successes.filter(({ time }) => spans.some(({ from, to }) => time >= from && time < to)).length;
  return Math.round((within / us) * 1e7) / 10;
}

function longestGap(successes: readonly HistoryEvent[], load: Span): number {
  let longest = 0;
  let last = load.from;
  for (const { time } of successes) {
    longest = Math.max(longest, time - last);
    last = time;
  }
  return Math.round(Math.max(longest, load.to - last) / 1000);
}

function verdictSummary({ checker, valid, operations, ms, anomalies }: Verdict): VerdictSummary {
  const texts = anomalies.map(({ name, text }) => ({ name, text }));
  return { checker, valid, operations, ms, anomalies: texts };
}
