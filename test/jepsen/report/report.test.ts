import { expect } from 'chai';
import type { HistoryEvent } from '../history/event.js';
import { renderReport } from './report.js';
import { syntheticRun } from './synthetic.js';

/** Text that would break out of an attribute, an element, a script or the page if it were not escaped. */
const HOSTILE = `"'></script></style><img src=x onerror=alert(1)>&amp;<!--`;

function count(page: string, text: string): number {
  return page.split(text).length - 1;
}

describe('report of a run', () => {
  it('has all sections, and no anomalies where none were found', () => {
    const page = renderReport(syntheticRun());
    for (const id of ['summary', 'verdicts', 'timeline', 'repeat']) expect(page).to.contain(`<section id="${id}">`);
    for (const id of ['faults', 'latency', 'throughput', 'leaders', 'resource-rss', 'resource-fds', 'resource-disk']) {
      expect(count(page, `id="${id}-title"`), id).to.equal(1);
    }
    expect(page).to.contain('No anomaly found').and.not.contain('id="anomalies"');
    expect(page).to.contain('WORKLOAD=register NEMESIS=partition-leader TIME=60 NODES=3 SEED=1');
  });

  it('shows the calls of an anomaly, and those around it, as lanes and as a table', () => {
    const run = syntheticRun({ violated: true });
    const page = renderReport(run);
    const named = run.verdicts[0]?.anomalies[0]?.events ?? [];
    expect(named).to.have.length(4);
    expect(page).to.contain('1 anomaly found').and.contain('id="anomalies"');
    expect(count(page, 'class="bar ok emphasised"')).to.equal(4);
    expect(count(page, '<tr class="emphasised">')).to.equal(4);
    const read = run.events[named.at(-1) ?? 0];
    expect(page).to.contain(`read ${read?.key} → ${JSON.stringify(read?.value)}`);
  });

  it('shows a run without any event', () => {
    const { header, summary } = syntheticRun();
    const empty = { ...summary, operations: 0, ok: 0, failed: 0, unknown: 0, faults: 0, healToFirstWriteMs: [] };
    const page = renderReport({
      header,
      events: [],
      verdicts: [],
      summary: { ...empty, okPerSecondDuringFaults: null },
    });
    expect(page).to.contain('The history has no calls.').and.contain('No checker ran.');
    expect(page).not.to.contain('NaN').and.not.contain('Infinity');
  });

  // Where no heal was measured, the checker of heals seemed to have accepted them.
  it('does not call accepted what was not there to be checked', () => {
    const run = syntheticRun();
    const verdict = { checker: 'recovery', valid: true, operations: 0, anomalies: [], ms: 0 };
    expect(renderReport({ ...run, verdicts: [verdict] }))
      .to.contain('nothing to check')
      .and.not.contain('accepts');
    const checked = { ...verdict, operations: 1 };
    expect(renderReport({ ...run, verdicts: [checked] }))
      .to.contain('accepts')
      .and.not.contain('nothing to check');
  });

  it('says that a run failed, and why, even if no checker found an anomaly', () => {
    const run = syntheticRun();
    const page = renderReport({ ...run, summary: { ...run.summary, error: 'n2 did not come back' } });
    expect(page).to.contain('The run failed').and.contain('n2 did not come back').and.not.contain('No anomaly found');
  });

  it('escapes every text of a history, of its header and of verdicts', () => {
    const run = syntheticRun({ violated: true });
    const events = run.events.map((event): HistoryEvent => {
      const { error } = event;
      const own = { ...event, f: `${event.f}${HOSTILE}`, key: HOSTILE, value: HOSTILE, node: HOSTILE };
      return error === undefined ? own : { ...own, error: HOSTILE };
    });
    const verdicts = run.verdicts.map((each) => ({
      ...each,
      checker: HOSTILE,
      details: { [HOSTILE]: HOSTILE },
      anomalies: each.anomalies.map(({ events }) => ({ name: HOSTILE, text: HOSTILE, events })),
    }));
    const header = { ...run.header, workload: HOSTILE, nemesis: HOSTILE, commit: HOSTILE, started: HOSTILE };
    const summary = { ...run.summary, options: { [HOSTILE]: HOSTILE }, error: HOSTILE };
    const page = renderReport({ header: { ...header, options: { [HOSTILE]: HOSTILE } }, events, verdicts, summary });
    expect(page).to.contain('&lt;img src=x');
    expect(page).not.to.contain('<img').and.not.contain('<!--');
    expect(count(page, '</script>')).to.equal(2);
    expect(count(page, '</style>')).to.equal(1);
    expect(page.replaceAll(/"[^"]*"/g, '')).not.to.match(/<[^>]* onerror=/);
  });

  it('stays below a megabyte with 100,000 calls, and loses no outlier', () => {
    const run = syntheticRun({ rate: 3200, seconds: 60 });
    const slow = { process: 100_000, f: 'read', key: 'r/1', node: 'n1' };
    const outlier: HistoryEvent[] = [
      { ...slow, time: 30_000_000, type: 'invoke' },
      { ...slow, time: 59_000_000, type: 'ok', value: [1, 1], revision: 1 },
    ];
    const events = [...run.events, ...outlier].sort((a, b) => a.time - b.time);
    const page = renderReport({ ...run, events });
    expect(events.filter(({ type }) => type === 'invoke').length).to.be.above(100_000);
    expect(page.length).to.be.below(1_000_000);
    const dots = [...page.matchAll(/<path class="dots few" d="([^"]*)"/g)].map(([, d]) => d ?? '').join('');
    const highest = Math.min(...[...dots.matchAll(/M[\d.]+ ([\d.]+)h0/g)].map(([, y]) => Number(y)));
    expect(renderReport(run)).not.to.contain('>100 s</text>');
    // 29 s lie in the upper half of the decade from 10 s to 100 s, which only this call reaches.
    expect(page).to.contain('>100 s</text>');
    expect(highest).to.be.below(60);
  });
});
