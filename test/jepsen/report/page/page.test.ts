import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder, removeFolder } from '../../../support/temporary-folder.js';
import type { RunSummary } from '../../history/summary.js';
import { syntheticRun } from '../synthetic.js';
import { pageText, plotsOf } from './page.js';
import { isOfCommit, merged, readFresh, readKept, standingOf, writeKept } from './runs.js';
import { healTable } from './tables.js';

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

  it('counts a heal without a write as late', () => {
    const { rows } = healTable([
      run({ healToFirstWriteMs: [100, 1500], healsWithoutWrite: 1, electionTimeoutMs: 1000 }),
    ]);
    expect(rows).to.deep.equal([
      ['within 0.1 election timeouts', '1', '33.33 %'],
      ['within 0.5 election timeouts', '1', '33.33 %'],
      ['within 1 election timeouts', '1', '33.33 %'],
      ['within 2 election timeouts', '2', '66.67 %'],
      ['within 3 election timeouts', '2', '66.67 %'],
      ['later, or never', '1', '33.33 %'],
    ]);
  });

  it('counts heals that a busy machine did not let measure, and draws no plot without any', () => {
    const busy = run({ healToFirstWriteMs: [], healsNotMeasured: 2 });
    expect(healTable([busy]).rows.at(-1)).to.deep.equal([
      'not measured: the machine was busy with other work',
      '2',
      '',
    ]);
    expect([...plotsOf(standingOf([busy])).keys()]).to.deep.equal(['matrix.svg', 'availability.svg', 'gaps.svg']);
    expect(pageText(standingOf([busy]))).not.to.contain('heal.svg');
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
      const { runs, unfinished } = readFresh(folder);
      expect(unfinished).to.deep.equal(['interrupted']);
      expect(runs.filter(isOfCommit)).to.deep.equal([first]);
      const path = join(folder, 'runs.jsonl');
      writeKept(path, merged([], [first]));
      const kept = merged(readKept(path), [first]);
      expect(kept.length).to.equal(1);
      expect(kept[0]?.verdicts[0]?.anomalies[0]?.text).to.have.length(300);
    } finally {
      removeFolder(folder);
    }
  });
});
