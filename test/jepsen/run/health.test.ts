import { expect } from 'chai';
import type { HistoryEvent, HistoryHeader } from '../history/event.js';
import { checkRecovery } from './health.js';
import { checkProgress } from './progress.js';
import type { Recovery } from './recovery.js';

const recovery = (ms: number, stalledMs = 0, load = 1, syncMs = 2): Recovery => ({
  node: 'n1',
  ...{ ms, stalledMs, syncMs, load },
});
const recovered = (...recoveries: readonly Recovery[]) => checkRecovery({ faults: {}, effects: {}, recoveries }, 1000);

describe('the time of the first write after a heal', () => {
  it('must be within three election timeouts', () => {
    expect(recovered(recovery(10), recovery(3000))).to.include({ valid: true, operations: 2 });
    expect(recovered(recovery(10), recovery(3001)).valid).to.equal(false);
  });

  it('is not measured on a machine that is busy with other work', () => {
    expect(recovered(recovery(9000, 150), recovery(9000, 0, 5))).to.include({ valid: true, operations: 0 });
  });

  // CI failed where a sync took half a second.
  it('is not measured on a disk that is slow', () => {
    expect(recovered(recovery(9000, 0, 1, 250))).to.include({ valid: true, operations: 0 });
    expect(recovered(recovery(9000, 0, 1, 249)).valid).to.equal(false);
    expect(recovered(recovery(Infinity, 0, 1, 250)).valid).to.equal(false);
  });

  // A cluster that never wrote again was excused on a busy machine.
  it('is excused by no load if no write came at all', () => {
    expect(recovered(recovery(Infinity, 200, 9)).valid).to.equal(false);
    expect(recovered(recovery(Infinity, 40_000, 9)).valid).to.equal(true);
  });
});

// A run in which every call failed was valid: there was nothing to find wrong.
describe('the progress of a run', () => {
  const calls = (f: string, count: number, type: 'ok' | 'fail'): HistoryEvent[] =>
    Array.from({ length: count }, (_, at) => at).flatMap((at): HistoryEvent[] => [
      { time: at, process: at, type: 'invoke', f },
      { time: at, process: at, type, f },
    ]);
  let header: Pick<HistoryHeader, 'nemesis' | 'options'>;
  beforeEach(() => void (header = { nemesis: 'none', options: {} }));
  const found = (...parts: readonly HistoryEvent[][]): string[] => {
    // Processes of different parts must differ.
    const events = parts.flatMap((part, number) => {
      return part.map((event) => ({ ...event, process: Number(event.process) + 1000 * number }));
    });
    return checkProgress({ header: header as HistoryHeader, events }).anomalies.map(({ text }) => text);
  };

  it('needs a success of each kind of call that was made often', () => {
    expect(found(calls('read', 30, 'ok'), calls('write', 1, 'ok'), calls('write', 50, 'fail'))).to.deep.equal([]);
    expect(found(calls('read', 30, 'ok'), calls('write', 20, 'fail'))).to.deep.equal([
      'none of 20 calls of write succeeded',
    ]);
    expect(found(calls('read', 30, 'ok'), calls('write', 19, 'fail'))).to.deep.equal([]);
  });

  it('needs a success at all', () => {
    expect(found(calls('read', 3, 'fail'))).to.deep.equal(['none of all 3 calls succeeded']);
    expect(found()).to.deep.equal(['none of all 0 calls succeeded']);
  });

  it('allows compactions that always come too late, where others compact', () => {
    const late = [calls('read', 1, 'ok'), calls('compact', 90, 'fail')] as const;
    expect(found(...late)).to.deep.equal(['none of 90 calls of compact succeeded']);
    header = { nemesis: 'kill-one+compact', options: {} };
    expect(found(...late)).to.deep.equal([]);
    header = { nemesis: 'none', options: { flags: '--auto-compaction-retention=2s' } };
    expect(found(...late)).to.deep.equal([]);
  });
});
