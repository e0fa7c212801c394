import { expect } from 'chai';
import { LogCutter, type LogCutterOptions } from '../../../src/node/storage/log-cutter.js';
import type { LogStore } from '../../../src/ports/log.js';
import { silentLogger } from '../../../src/util/logger.js';

const ENTRY_BYTES = 100;

/** A log and a state machine that count what the cutter asks of them. */
class Parts {
  first = 1;
  last = 0;
  /** What the engine has flushed by itself. */
  flushed = 0;
  barriers = 0;
  readonly cuts: number[] = [];
  readonly cutter: LogCutter;

  constructor(options: Partial<LogCutterOptions> & Pick<LogCutterOptions, 'flushBytes'>) {
    const log = {
      firstIndex: () => this.first,
      sizeBytes: () => (this.last - this.first + 1) * ENTRY_BYTES,
      compact: async (index: number) => {
        this.cuts.push(index);
        this.first = index + 1;
      },
    } as LogStore;
    this.cutter = new LogCutter({
      log,
      stateMachine: {
        sizeBytes: async () => 1,
        durableIndex: async () => this.flushed,
        barrier: async () => {
          this.barriers++;
          this.flushed = this.last;
          return this.last;
        },
      },
      logger: silentLogger,
      snapshotCount: 8,
      tailEntries: 4,
      neededFrom: () => Infinity,
      ...options,
    });
  }

  /** Applies one entry after the other. */
  async apply(count: number): Promise<void> {
    for (let applied = 0; applied < count; applied++) {
      this.last++;
      await this.cutter.applied(this.last);
    }
  }
}

describe('the cuts of the log', () => {
  // A flush at each cut emptied the engine's write buffer every 10,000 entries, whatever its size.
  it('follow what the engine has flushed by itself, without a barrier', async () => {
    const parts = new Parts({ flushBytes: 1e6 });
    await parts.apply(100);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[], 0]);
    parts.flushed = 60;
    await parts.apply(2);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[60], 0]);
  });

  it('keep the tail, however much is flushed', async () => {
    const parts = new Parts({ flushBytes: 1e6 });
    parts.flushed = 1000;
    await parts.apply(30);
    expect(parts.cuts.length).to.be.greaterThan(0);
    expect(parts.last - parts.first + 1).to.be.at.least(4);
    expect(parts.last - parts.first + 1).to.be.at.most(4 + 8 + 2);
  });

  it('flush the engine once the log is larger than its bound', async () => {
    const parts = new Parts({ flushBytes: 50 * ENTRY_BYTES });
    await parts.apply(50);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[], 0]);
    await parts.apply(250);
    expect(parts.barriers).to.be.within(5, 7);
    expect(parts.last - parts.first + 1).to.be.at.most(50 + 4);
  });

  // 10,000 transactions of 100 puts made a log of 335 MB, of which nothing was cut, and which each start read.
  it('keep a log of few large entries small', async () => {
    const parts = new Parts({ flushBytes: 10 * ENTRY_BYTES, snapshotCount: 1000, tailEntries: 500 });
    await parts.apply(9);
    expect(parts.cuts).to.deep.equal([]);
    await parts.apply(300);
    expect(parts.last - parts.first + 1).to.be.within(5, 10);
    // It is checked again only after it has grown.
    expect(parts.cuts.length).to.be.below(70);
  });

  it('follow the number of entries alone if each cut flushes the engine', async () => {
    const parts = new Parts({ flushBytes: 0 });
    await parts.apply(11);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[], 0]);
    await parts.apply(1);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[8], 1]);
  });

  it('do not flush the engine for a log that a member needs', async () => {
    const parts = new Parts({ flushBytes: 50 * ENTRY_BYTES, neededFrom: () => 0 });
    await parts.apply(300);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[], 0]);
  });
});
