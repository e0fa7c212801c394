import { expect } from 'chai';
import type { HistoryEvent } from '../history/event.js';
import { checkLevels } from './levels.js';

const MIB = 1024 * 1024;

/** Samples of one member, a second apart. */
function samples(value: (at: number) => Record<string, number>): HistoryEvent[] {
  return Array.from({ length: 101 }, (_, at) => ({
    time: at * 1_000_000,
    process: 'cluster' as const,
    type: 'info' as const,
    f: 'status',
    node: 'n1',
    value: value(at),
  }));
}

describe('the levels of a soak', () => {
  it('are level if memory swings, and grew only at the beginning', () => {
    const events = samples((at) => ({
      rss: (at < 20 ? 80 + at : 100 + 20 * (at % 2)) * MIB,
      fds: 40 + (at % 3),
      disk: 192 * MIB,
    }));
    const { valid, anomalies, details } = checkLevels({ events });
    expect(valid).to.equal(true);
    expect(anomalies).to.deep.equal([]);
    expect(details?.['n1 disk']).to.deep.equal([192 * MIB, 192 * MIB]);
  });

  for (const [name, grown] of [
    ['rss', { rss: 1 * MIB, fds: 0, disk: 0 }],
    ['fds', { rss: 0, fds: 0.5, disk: 0 }],
    ['disk', { rss: 0, fds: 0, disk: 2 * MIB }],
  ] as const) {
    it(`are not level if ${name} grows all the time`, () => {
      const events = samples((at) => ({
        rss: 100 * MIB + at * grown.rss,
        fds: 40 + Math.floor(at * grown.fds),
        disk: 192 * MIB + at * grown.disk,
      }));
      expect(checkLevels({ events }).anomalies.map((anomaly) => anomaly.name)).to.deep.equal([`growing-${name}`]);
    });
  }

  it('are unknown without samples', () => {
    expect(checkLevels({ events: [] }).valid).to.equal('unknown');
  });
});
