import { expect } from 'chai';
import type { Row } from '../scenario.js';
import { resultsText } from './pages.js';
import { curvePlot, ratioPlot } from './plots.js';
import { medianOf, mergeResults, type Measured, type Results, type StoredRow } from './results.js';
import { plainText, valueTable } from './tables.js';
import { judge } from './verdict.js';

const ROW: Row = { id: 'put-256b-1x1', title: 'put', unit: '/s', better: 'more', targetsOf: 'ratio', must: 1, aim: 2 };

const measured = (row: Partial<Row>, values: Readonly<Record<string, readonly number[]>>): Measured => ({
  row: { ...ROW, ...row },
  samples: Object.fromEntries(
    Object.entries(values).map(([system, each]) => [system, each.map((value) => ({ value }))]),
  ),
});

const stored = (id: string, values: Readonly<Record<string, readonly number[]>>): StoredRow => ({
  ...measured({ id, title: `<${id}>` }, values),
  at: '2026-11-29T00:00:00.000Z',
  rounds: 1,
  seconds: 1,
});

const results = (rows: readonly StoredRow[]): Results => ({
  format: 1,
  machine: { cpu: 'A & B', cores: 2, memoryGb: 8, kernel: '6.1' },
  node: 'v20.0.0',
  rpcHost: 'native',
  systems: { raftkv: 'raftkv', etcd: 'etcd 3.5.30' },
  rows,
});

describe('The verdict on a row', () => {
  it('compares the ratio of the medians with the targets', () => {
    expect(judge(measured({}, { raftkv: [300, 10, 200], etcd: [100, 100, 100] }))).to.deep.equal({
      ratio: 2,
      met: 'aim',
    });
    expect(judge(measured({}, { raftkv: [100], etcd: [100] }))).to.deep.equal({ ratio: 1, met: 'must' });
    expect(judge(measured({}, { raftkv: [99], etcd: [100] })).met).to.equal('no');
  });

  it('takes less as better where the row says so', () => {
    const less = { better: 'less', must: 0.5, aim: 0.25 } as const;
    expect(judge(measured(less, { raftkv: [25], etcd: [100] })).met).to.equal('aim');
    expect(judge(measured(less, { raftkv: [51], etcd: [100] })).met).to.equal('no');
  });

  it('compares the value itself where the targets are for it', () => {
    const own = { targetsOf: 'value', must: 0.95, aim: 1 } as const;
    expect(judge(measured(own, { raftkv: [0.96], etcd: [2] }))).to.deep.equal({ ratio: 0.48, met: 'must' });
    expect(judge(measured(own, { raftkv: [0.9] }))).to.deep.equal({ ratio: undefined, met: 'no' });
  });

  it('is open without targets, or without etcd', () => {
    expect(judge({ row: { ...ROW, must: undefined } as never, samples: { raftkv: [{ value: 1 }] } }).met).to.equal(
      undefined,
    );
    expect(judge(measured({}, { raftkv: [1] })).met).to.equal(undefined);
  });
});

describe('The results of make bench', () => {
  it('take the costs of the round with the median value', () => {
    const samples = [3, 1, 2].map((value) => ({ value, meanMs: value * 10 }));
    expect(medianOf(samples)).to.deep.equal({ value: 2, meanMs: 20 });
  });

  it('of one day are merged: a row that is measured again replaces the earlier one', () => {
    const before = results([stored('failover', { raftkv: [1] }), stored('put-256b-1x1', { raftkv: [1] })]);
    const merged = mergeResults(
      before,
      results([stored('put-256b-1x1', { raftkv: [2] }), stored('mixed-1x1', { raftkv: [3] })]),
    );
    expect(merged.rows.map(({ row, samples }) => [row.id, samples['raftkv']?.[0]?.value])).to.deep.equal([
      ['put-256b-1x1', 2],
      ['mixed-1x1', 3],
      ['failover', 1],
    ]);
  });

  it('are printed with ratio, targets and verdict', () => {
    const table = valueTable([measured({}, { raftkv: [1234], etcd: [2468] })], results([]).systems);
    expect(plainText(table).split('\n')).to.deep.equal([
      'work   raftkv  etcd 3.5.30  ratio  must  aim  met?',
      '──────────────────────────────────────────────────',
      'put   1,234/s      2,468/s   0.50   ≥ 1  ≥ 2    NO',
    ]);
    expect(resultsText(results([stored('mixed-1x1', { raftkv: [1], etcd: [2] })]))).to.include('A & B, 2 cores, 8 GB');
  });

  it('are drawn as SVG with escaped texts; a curve needs two sizes', () => {
    const curve = ['curve-put-1000', 'curve-put-10000'].map((id) => stored(id, { raftkv: [5000], etcd: [4000] }));
    const all = results([stored('put-256b-1x1', { raftkv: [1], etcd: [2] }), ...curve]);
    expect(ratioPlot(all)).to.include('&lt;put-256b-1x1&gt;').and.include('0.50×').and.include('A &amp; B');
    expect(curvePlot(all)).to.include('<polyline points="80.0,');
    expect(curvePlot(results(curve.slice(0, 1)))).to.equal(undefined);
  });
});
