import { expect } from 'chai';
import type { HistoryEvent, HistoryHeader } from '../history/event.js';
import { summaryOf } from './summary.js';

const S = 1_000_000;
const header = { workload: 'register', nemesis: 'kill+pause', nodes: 3, seed: 9, target: 'raftkv', net: 'proxy' };

const call = (process: number, startS: number, endS: number, type: 'ok' | 'fail' | 'info'): HistoryEvent[] => [
  { time: startS * S, process, type: 'invoke', f: 'read' },
  { time: endS * S, process, type, f: 'read' },
];
const fault = (f: string, fromS: number, toS: number): HistoryEvent[] => [
  { time: fromS * S, process: 'nemesis', type: 'info', f, value: ['n1'] },
  { time: toS * S, process: 'nemesis', type: 'info', f, value: ['n1'], phase: 'end' },
];

describe('the summary of a run', () => {
  const events = [
    ...call(0, 1, 2, 'ok'),
    ...call(1, 3, 4, 'fail'),
    ...call(2, 5, 5.5, 'ok'),
    ...call(3, 5, 6, 'info'),
    ...call(4, 8, 9, 'ok'),
    ...call(5, 10, 14, 'ok'),
    ...fault('kill', 4, 7),
    ...fault('pause', 5, 8),
    { time: 13 * S, process: 6, type: 'invoke', f: 'read' } as const,
    { time: 9 * S, process: 'nemesis', type: 'info', f: 'heal' } as const,
  ].sort((left, right) => left.time - right.time);

  const summary = summaryOf({
    history: { header: header as HistoryHeader, events },
    verdicts: [{ checker: 'c', valid: true, operations: 3, anomalies: [], ms: 1, details: { keys: 2 } }],
    options: { tls: true },
    recoveriesMs: [120, Number.POSITIVE_INFINITY],
    busyRecoveriesMs: [3400, Number.POSITIVE_INFINITY],
    electionTimeoutMs: 1000,
    load: { from: 1 * S, to: 12 * S },
  });

  it('counts calls by their outcome, an open one as unknown', () => {
    const { operations, ok, failed, unknown } = summary;
    expect({ operations, ok, failed, unknown }).to.deep.equal({ operations: 7, ok: 4, failed: 1, unknown: 2 });
  });

  it('measures availability within the load: in the union of the faults, and the longest gap', () => {
    expect(summary.faults).to.equal(2);
    // One success at 5.5 s, between 4 and 8 s.
    expect(summary.okPerSecondDuringFaults).to.equal(0.3);
    expect(summary.longestGapMs).to.equal(3500);
    expect(summary.seconds).to.equal(11);
  });

  it('separates heals without a write, and those on a busy machine', () => {
    expect(summary.healToFirstWriteMs).to.deep.equal([120]);
    expect(summary.healsWithoutWrite).to.equal(1);
    expect(summary.healsNotMeasured).to.equal(2);
    expect(summary.busyHealToFirstWriteMs).to.deep.equal([3400]);
    expect(summary.verdicts).to.deep.equal([{ checker: 'c', valid: true, operations: 3, ms: 1, anomalies: [] }]);
  });
});
