import { expect } from 'chai';
import type { HistoryEvent } from '../history/event.js';
import { binsOf } from './bins.js';
import { faultsOf } from './faults.js';
import { labelOf } from './lanes/label.js';
import { layOut } from './lanes/layout.js';
import { select } from './lanes/select.js';
import { officesOf, samplesOf } from './members.js';
import { operationsOf } from './operations.js';
import { resourcePlots } from './plots/resources.js';
import { runDataOf } from './run-data.js';
import { decades, linear, timeTicks } from './scales.js';
import { syntheticRun } from './synthetic.js';

function call(
  process: number,
  type: HistoryEvent['type'],
  time: number,
  fields: Partial<HistoryEvent> = {},
): HistoryEvent {
  return { process, type, time, f: 'write', key: 'k', ...fields };
}

function nemesis(f: string, time: number, fields: Partial<HistoryEvent> = {}): HistoryEvent {
  return { process: 'nemesis', type: 'info', time, f, ...fields };
}

function status(node: string, time: number, term: number, leader: string): HistoryEvent {
  return { process: 'cluster', type: 'info', time, f: 'status', node, value: { term, leader } };
}

describe('operations of a report', () => {
  it('pairs calls with completions, and takes a call without one as unknown', () => {
    const events = [
      call(0, 'invoke', 1),
      call(1, 'invoke', 2),
      call(1, 'fail', 3, { revision: 7 }),
      call(0, 'ok', 4),
      call(2, 'invoke', 5),
      call(3, 'ok', 6),
    ];
    expect(
      operationsOf(events).map(({ process, outcome, served, start, end }) => [process, outcome, served, start, end]),
    ).to.deep.equal([
      [0, 'ok', true, 1, 4],
      [1, 'fail', true, 2, 3],
      [2, 'unknown', false, 5, undefined],
    ]);
  });

  it('counts calls in intervals of their completion', () => {
    const events = [
      call(0, 'invoke', 0),
      call(0, 'ok', 150_000),
      call(0, 'invoke', 160_000),
      call(0, 'fail', 170_000),
      call(0, 'invoke', 900_000),
    ];
    const bins = binsOf(operationsOf(events), 1_000_000, 10);
    expect(bins).to.have.length(10);
    expect(bins[1]).to.deep.equal({
      start: 100_000,
      end: 200_000,
      served: 1,
      failed: 1,
      unknown: 0,
      median: 150_000,
      p99: 150_000,
    });
    expect(bins[9]?.unknown).to.equal(1);
  });

  it('ends a fault where it was undone, and all at a heal', () => {
    const events = [
      nemesis('kill', 1, { value: ['n1'] }),
      nemesis('kill', 2, { value: ['n2'] }),
      nemesis('kill', 3, { value: ['n2'], phase: 'end' }),
      nemesis('pause', 4),
      nemesis('heal', 5),
      nemesis('slow', 6),
    ];
    const { faults, heals } = faultsOf(events, 9);
    expect(heals).to.deep.equal([5]);
    expect(faults.map(({ kind, start, end, undone }) => [kind, start, end, undone])).to.deep.equal([
      ['kill', 1, 5, true],
      ['kill', 2, 3, true],
      ['pause', 4, 5, true],
      ['slow', 6, 9, false],
    ]);
  });

  it('finds terms of office, also two at the same time, and none across a silence', () => {
    const events = [
      status('n1', 0, 2, 'n1'),
      status('n2', 0, 2, 'n1'),
      status('n1', 500_000, 2, 'n1'),
      status('n2', 500_000, 3, 'n2'),
      status('n1', 600_000, 3, 'n2'),
      status('n2', 9_000_000, 3, 'n2'),
    ];
    expect(officesOf(samplesOf(events))).to.deep.equal([
      { node: 'n1', term: 2, start: 0, end: 600_000 },
      { node: 'n2', term: 3, start: 500_000, end: 500_000 },
      { node: 'n2', term: 3, start: 9_000_000, end: 9_000_000 },
    ]);
  });

  // The line of a killed member went straight on to its next start.
  it('interrupts the line of a resource while a member is down', () => {
    const at = (time: number): HistoryEvent => ({ ...status('n1', time, 1, 'n1'), value: { rss: 5_000_000 } });
    const events = [0, 0.5, 1, 9, 9.5, 10].map((seconds) => at(seconds * 1e6));
    const { header, summary } = syntheticRun({ seconds: 1 });
    const [memory] = resourcePlots(runDataOf({ header, events, verdicts: [], summary }));
    const [, d = ''] = /class="member c0" d="([^"]*)"/.exec(memory?.drawing.text ?? '') ?? [];
    expect(d.match(/[ML]/g)?.join('')).to.equal('MLLMLL');
  });

  it('keeps the order of starts and ends over all lanes, and gives each label its room', () => {
    const long = 'x'.repeat(40);
    const events = [
      call(0, 'invoke', 1, { value: long }),
      call(1, 'invoke', 2),
      call(1, 'ok', 3),
      call(1, 'invoke', 4),
      call(0, 'ok', 5),
      call(1, 'info', 1_000_000),
    ];
    const { bars, marks } = layOut(operationsOf(events), 100);
    expect(marks.map(({ time }) => time)).to.deep.equal([1, 2, 3, 4, 5, 1_000_000]);
    expect(marks.every(({ x }, at) => at === 0 || x > (marks[at - 1]?.x ?? x))).to.equal(true);
    for (const { from, to, label } of bars) expect(to - from).to.be.at.least(label.length * 7);
  });
});

describe('calls around an anomaly', () => {
  const labels = (...events: HistoryEvent[]): string[] => operationsOf(events).map(labelOf);

  it('are described by what they ask and what the answer adds', () => {
    const lease = { lease: '77' };
    expect(
      labels(
        call(0, 'invoke', 1, { f: 'read', value: lease }),
        call(0, 'ok', 2, { f: 'read', value: { lease: '77', value: null } }),
        call(1, 'invoke', 3, {
          f: 'txn',
          value: [
            ['append', 'x', 7],
            ['r', 'y', null],
            ['delete', 'z'],
          ],
        }),
        call(1, 'ok', 4, {
          f: 'txn',
          value: [
            ['append', 'x', 7],
            ['r', 'y', [1, 2]],
            ['delete', 'z'],
          ],
        }),
        call(2, 'invoke', 5, { f: 'cas', value: [1, 2] }),
      ),
    ).to.deep.equal(['read k lease 77 → value null', 'append x 7, read y → [1,2], delete z', 'cas k [1,2] ?']);
  });

  it('are those that overlap with it or are close, on the same keys or the same lease', () => {
    const events: HistoryEvent[] = [];
    const add = (at: number, fields: Partial<HistoryEvent>): void => {
      events.push(call(at, 'invoke', at * 1000, fields), call(at, 'ok', at * 1000 + 500, fields));
    };
    for (let at = 0; at < 100; at += 1) add(at, { key: 'k' });
    add(100, { key: 'other' });
    const operations = operationsOf(events);
    const { operations: shown, emphasised, leftOut } = select(operations, [20, 120]);
    expect([...emphasised].map(({ process }) => process)).to.deep.equal([10, 60]);
    expect(shown.map(({ process }) => process)).to.deep.equal([7, 8, 9, 10, 11, 12, 13, 57, 58, 59, 60, 61, 62, 63]);
    expect(leftOut).to.equal(86);
  });
});

describe('scales', () => {
  it('marks round values', () => {
    expect(linear(0, 230, { from: 100, to: 0 }, 4).ticks).to.deep.equal([0, 100, 200]);
    expect(linear(0, 100, { from: 100, to: 0 })(25)).to.equal(75);
    expect(decades(900, 12_000, { from: 0, to: 30 }).ticks).to.deep.equal([100, 1000, 10_000, 100_000]);
    expect(decades(100, 10_000, { from: 0, to: 30 })(1000)).to.equal(15);
    expect(timeTicks(60_000_000, 12).map((us) => us / 1_000_000)).to.deep.equal([
      0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60,
    ]);
  });
});
