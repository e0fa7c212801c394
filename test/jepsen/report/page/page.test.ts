import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder, removeFolder } from '../../../support/temporary-folder.js';
import type { RunSummary } from '../../history/summary.js';
import { syntheticRun } from '../synthetic.js';
import { healPlot, healTable, healText } from './heals.js';
import { pageText, plotsOf } from './page.js';
import { isOfCommit, merged, readFresh, readKept, standingOf, writeKept } from './runs.js';
import { availabilityTable, commitTable } from './tables.js';

const { summary: PLAIN } = syntheticRun({ seconds: 5 });

function run(fields: Partial<RunSummary>): RunSummary {
  return { ...PLAIN, ...fields };
}

const BROKEN = {
  verdicts: [
    { checker: 'cycles', valid: false, operations: 5, ms: 1, anomalies: [{ name: 'G1c', text: 'x'.repeat(9000) }] },
  ],
} satisfies Partial<RunSummary>;

describe('docs/faults.md', () => {
  it('has a cell for each run, the control apart', () => {
    const runs = [
      run({ workload: 'append', nemesis: 'kill' }),
      run({ workload: 'append', nemesis: 'pause' }),
      run({ workload: 'bank', nemesis: 'kill', started: '2026-11-30T08:00:00.000Z' }),
      run({ workload: 'append', nemesis: 'kill', target: 'etcd' }),
    ];
    const standing = standingOf(runs);
    const text = pageText(standing);
    expect(text)
      .to.contain('3 runs of raftkv')
      .and.contain('As a control, 1 run of etcd')
      .and.contain('Every run was valid.');
    const matrix = plotsOf(standing).get('matrix.svg') ?? '';
    expect(matrix.split('✓').length - 2, 'cells, without the legend').to.equal(3);
    expect(matrix.split('class="none"').length - 1, 'empty cells').to.equal(1);
  });

  it('shows an anomaly, and still shows it when a later run of the cell is valid', () => {
    const broken = run({ ...BROKEN, seed: 7 });
    expect(pageText(standingOf([broken])))
      .to.contain('Not valid:')
      .and.contain('cycles: G1c');
    const later = standingOf([broken, run({ seed: 8, started: '2026-12-01T00:00:00.000Z' })]);
    expect(later.last.map(({ seed }) => seed)).to.deep.equal([8]);
    expect(later.replaced.map(({ seed }) => seed)).to.deep.equal([7]);
    expect(pageText(later)).to.contain('Every run was valid.').and.contain('Earlier runs').and.contain('cycles: G1c');
  });

  it('groups runs by the kind of their faults, with medians and the worst', () => {
    const runs = [
      run({ nemesis: 'kill-leader', faults: 2, okPerSecondDuringFaults: 30, longestGapMs: 900 }),
      run({ nemesis: 'kill-leader', faults: 3, okPerSecondDuringFaults: 10, longestGapMs: 1200, workload: 'append' }),
      run({ nemesis: 'kill-all', faults: 1, okPerSecondDuringFaults: 0, longestGapMs: 5000 }),
      run({ nemesis: 'none', faults: 0, okPerSecondDuringFaults: null, longestGapMs: 20 }),
      run({ nemesis: 'kill-one+compact', okPerSecondDuringFaults: 40 }),
      run({ nemesis: 'a-fault-that-is-gone', okPerSecondDuringFaults: 50 }),
    ].map((each) => ({ ...each, ok: 500, seconds: 10 }));
    const { head, rows } = availabilityTable(runs);
    expect(head.slice(0, 6)).to.deep.equal(['kind', 'fault', 'runs', 'faults', 'ok /s during faults', 'lowest']);
    expect(rows.map((row) => row.slice(0, 6))).to.deep.equal([
      ['**none**', 'none', '1', '0', '', ''],
      ['**kills**', 'kill-leader', '2', '5', '30', '10'],
      ['', 'kill-all', '1', '1', '0', '0'],
      ['**combinations**', 'kill-one+compact', '1', String(PLAIN.faults), '40', '40'],
      ['**other**', 'a-fault-that-is-gone', '1', String(PLAIN.faults), '50', '50'],
    ]);
    expect(rows[1]?.slice(6)).to.deep.equal(['50', '1.2 s', '1.2 s', '0']);
  });

  it('states quantiles of the first write after a heal, and counts a heal without a write as never', () => {
    const runs = [
      run({ nemesis: 'kill-one', healToFirstWriteMs: [1500, 100], healsWithoutWrite: 1, electionTimeoutMs: 1000 }),
      run({ nemesis: 'compact', healToFirstWriteMs: [20], healsNotMeasured: 3, busyHealToFirstWriteMs: [3100] }),
    ];
    expect(healTable(runs).rows).to.deep.equal([
      ['kills', '3', '1.5 s', 'never', 'never', 'never', '33.33 %', '66.67 %', '0', '0'],
      ['administration', '2', '3.1 s', '3.1 s', '3.1 s', '3.1 s', '50.00 %', '50.00 %', '1', '2'],
      ['**all**', '5', '1.5 s', 'never', 'never', 'never', '40.00 %', '60.00 %', '1', '2'],
    ]);
    expect(healText(runs)).to.equal(
      'Of 5 heals 3 (60.00 %) were followed by a successful write within 3 election timeouts of 1 s, ' +
        'half of all within 1.5 s; the longest took 3.1 s, and 1 had none. ' +
        '1 of them were on a machine that was busy with other work, which can only add to the time; 1 of these were later. ' +
        '2 more heals on a busy machine have no recorded time.',
    );
  });

  it('draws a histogram of all heals and of each kind, and marks those that are late', () => {
    const runs = [
      run({ nemesis: 'kill-one', healToFirstWriteMs: [52, 53, 54, 3400], electionTimeoutMs: 1000 }),
      run({ nemesis: 'compact', healToFirstWriteMs: [1], electionTimeoutMs: 1000, healsWithoutWrite: 1 }),
    ];
    const drawing = healPlot(runs);
    const bars = (name: string): number => drawing.split(`class="${name}"`).length - 1;
    // All: two bins in time and a late one; kills: one and one; administration: one.
    expect([bars('bar'), bars('bar late')]).to.deep.equal([4, 2]);
    expect(drawing).to.contain('>2, 1 never<');
  });

  it('counts heals that a busy machine did not let measure, and draws no plot without any', () => {
    const busy = run({ healToFirstWriteMs: [], healsNotMeasured: 2 });
    expect([...plotsOf(standingOf([busy])).keys()]).to.deep.equal(['matrix.svg', 'availability.svg', 'gaps.svg']);
    expect(pageText(standingOf([busy])))
      .to.contain('No heal was measured. 2 more heals on a busy machine')
      .and.not.to.contain('heal.svg');
  });

  it('says what ran on which commit', () => {
    const runs = [
      run({ commit: '1111111111', started: '2026-11-30T08:00:00.000Z', operations: 10, ok: 9, faults: 2 }),
      run({ commit: '1111111111', started: '2026-11-30T09:00:00.000Z', operations: 10, ok: 9, faults: 2 }),
      run({ commit: '2222222222', started: '2026-12-01T09:00:00.000Z', operations: 7, ok: 7, ...BROKEN }),
    ];
    const { rows } = commitTable(runs);
    expect(rows.map(([system, commit, day, count]) => [system, commit, day, count])).to.deep.equal([
      ['raftkv', '`1111111111`', '2026-11-30', '2'],
      ['raftkv', '`2222222222`', '2026-12-01', '1'],
    ]);
    expect(rows.map((row) => [row[5], row[6], row[9]])).to.deep.equal([
      ['20', '90.00 %', '0'],
      ['7', '100 %', 'G1c'],
    ]);
  });

  it('learns the times of heals on a busy machine from the history of a run whose summary lacks them', () => {
    const folder = makeTemporaryFolder('faults');
    try {
      const { header } = syntheticRun({ seconds: 5 });
      const heals = [40, 700, 40].map((ms, time) => ({
        time,
        process: 'cluster',
        type: 'info',
        f: 'first-write',
        value: { ms },
      }));
      mkdirSync(join(folder, 'run'));
      writeFileSync(
        join(folder, 'run/history.jsonl'),
        [header, ...heals].map((line) => JSON.stringify(line)).join('\n'),
      );
      const old = run({ healToFirstWriteMs: [40], healsNotMeasured: 2 });
      writeFileSync(join(folder, 'run/summary.json'), JSON.stringify(old));
      expect(readFresh([folder]).runs).to.deep.equal([{ ...old, busyHealToFirstWriteMs: [700, 40] }]);
    } finally {
      removeFolder(folder);
    }
  });

  it('keeps runs of several sittings once, without those of uncommitted sources', () => {
    const folder = makeTemporaryFolder('faults');
    try {
      const first = run(BROKEN);
      const second = run({ started: '2026-12-01T00:00:00.000Z', commit: 'abcdef01+' });
      for (const [name, each] of Object.entries({ first, second })) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, 'summary.json'), JSON.stringify(each));
      }
      mkdirSync(join(folder, 'interrupted'));
      const { runs, unfinished } = readFresh([folder, join(folder, 'missing')]);
      expect(unfinished).to.deep.equal(['interrupted']);
      expect(runs.filter(isOfCommit)).to.deep.equal([first]);
      const path = join(folder, 'runs.jsonl');
      const failed = { ...first, error: 'Error: no leader\n    at run (/home/someone/run.ts:1:1)' };
      writeKept(path, [failed]);
      expect(readKept(path)[0]?.error).to.equal('Error: no leader');
      writeKept(path, merged([], [first]));
      const kept = merged(readKept(path), [first]);
      expect(kept.length).to.equal(1);
      expect(kept[0]?.verdicts[0]?.anomalies[0]?.text).to.have.length(300);
    } finally {
      removeFolder(folder);
    }
  });
});
