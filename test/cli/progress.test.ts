import { Writable } from 'node:stream';
import { expect } from 'chai';
import { Progress, workDone } from '../../src/cli/transfer/progress.js';

describe('progress of a transfer', () => {
  let nowMs: number;
  let shown: string;
  const stream = (isTTY: boolean) =>
    Object.assign(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          shown += chunk.toString();
          done();
        },
      }),
      { isTTY, columns: 100 },
    );
  const begin = (isTTY: boolean, totalBytes: number | undefined) =>
    new Progress({ stream: stream(isTTY), noun: 'lines', totalBytes, now: () => nowMs });

  beforeEach(() => {
    nowMs = 1000;
    shown = '';
  });

  it('is a line every few seconds if the output is not a terminal', () => {
    const progress = begin(false, 4000);
    for (let second = 1; second <= 11; second++) {
      nowMs += 1000;
      progress.advance(100, 200);
    }
    progress.note('line 7: no');
    progress.stop();
    expect(shown).to.equal('500 lines (25%), 100 lines/s\n1,000 lines (50%), 100 lines/s\nline 7: no\n');
    expect(progress.elapsedMs).to.equal(11_000);
  });

  it('prints nothing for a short transfer', () => {
    const progress = begin(false, undefined);
    progress.advance(5, 50);
    progress.stop();
    expect(shown).to.equal('');
  });

  it('is a bar with rate and remaining time on a terminal', () => {
    const progress = begin(true, 4000);
    nowMs += 1000;
    progress.advance(1500, 2000);
    progress.note('line 7: no');
    progress.stop();
    expect(shown).to.contain('0% | 0 lines').and.to.contain('line 7: no\n').and.to.contain(' left');
  });

  it('ends with a summary that has the rate', () => {
    expect(workDone(12_000, 'line', 1500)).to.equal('12,000 lines in 1.5 s (8,000 lines/s)');
    expect(workDone(1, 'key', 0)).to.equal('1 key in 0.0 s (1,000 keys/s)');
  });
});
