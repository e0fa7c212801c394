import { expect } from 'chai';
import { LogCutter, type LogCutterOptions } from '../../../src/node/storage/log-cutter.js';
import type { LogStore } from '../../../src/ports/log.js';
import { silentLogger } from '../../../src/util/logger.js';

const ENTRY_BYTES = 100;
const FILE_ENTRIES = 5;

/** Number of the file of an entry. */
function fileOf(index: number): number {
  return Math.floor((index - 1) / FILE_ENTRIES);
}

/** A log of whole files and a state machine that count what the cutter asks of them. */
class Parts {
  first = 1;
  last = 0;
  /** Entries in the files, also those before the first. */
  get stored(): number {
    return this.last - fileOf(this.first) * FILE_ENTRIES;
  }
  /** How often it was asked what the engine has flushed. */
  checks = 0;
  /** What the engine has flushed by itself. */
  flushed = 0;
  barriers = 0;
  stateBytes = 1;
  readonly cuts: number[] = [];
  readonly cutter: LogCutter;

  constructor(options: Partial<LogCutterOptions> & Pick<LogCutterOptions, 'flushBytes'>) {
    const log = {
      firstIndex: () => this.first,
      // The newest file in full, and a prepared one.
      sizeBytes: () => (fileOf(this.last) - fileOf(this.first) + 2) * FILE_ENTRIES * ENTRY_BYTES,
      contentBytes: () => this.stored * ENTRY_BYTES,
      beforeTail: (index: number, { entries, bytes }: { entries: number; bytes: number }) =>
        index - Math.min(entries, Math.floor(bytes / ENTRY_BYTES), index - this.first + 1),
      frees: (index: number) => fileOf(index + 1) > fileOf(this.first),
      compact: async (index: number) => {
        this.cuts.push(index);
        this.first = index + 1;
      },
    } as LogStore;
    this.cutter = new LogCutter({
      log,
      stateMachine: {
        sizeBytes: async () => this.stateBytes,
        durableIndex: async () => {
          this.checks += 1;
          return this.flushed;
        },
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
    const parts = new Parts({ flushBytes: 20 * ENTRY_BYTES, snapshotCount: 1000, tailEntries: 500 });
    await parts.apply(20);
    expect(parts.cuts).to.deep.equal([]);
    for (let applied = 0; applied < 300; applied += 1) {
      await parts.apply(1);
      expect(parts.stored).to.be.at.most(22);
      expect(parts.last - parts.first + 1).to.be.at.least(10);
    }
    // Each removes a file or more, and flushes the engine unless what the one before has flushed suffices.
    expect(parts.cuts.length).to.be.within(320 / 20, 320 / FILE_ENTRIES);
    expect(parts.barriers).to.be.within(320 / 40, parts.cuts.length / 2 + 1);
  });

  it('wait for the engine, which is asked often what it has flushed, and do not flush it if that suffices', async () => {
    const parts = new Parts({ flushBytes: 160 * ENTRY_BYTES, snapshotCount: 1000, tailEntries: 500 });
    for (let applied = 0; applied < 800; applied += 1) {
      await parts.apply(1);
      parts.flushed = Math.max(parts.flushed, parts.last - 60);
    }
    expect([parts.barriers, parts.cuts.length > 5]).to.deep.equal([0, true]);
    expect(parts.checks).to.be.within(70, 90);
  });

  it('leave the engine alone if what it has flushed frees a file, though the tail is shorter', async () => {
    const parts = new Parts({ flushBytes: 160 * ENTRY_BYTES, snapshotCount: 1000, tailEntries: 20 });
    for (let applied = 0; applied < 800; applied += 1) {
      await parts.apply(1);
      parts.flushed = Math.max(parts.flushed, parts.last - 60);
    }
    expect([parts.barriers, parts.cuts.length > 5]).to.deep.equal([0, true]);
    expect(parts.stored).to.be.at.most(175);
  });

  it('leave the engine alone while no file could be freed, however small the bound is', async () => {
    const parts = new Parts({ flushBytes: 1, snapshotCount: 4, tailEntries: 1 });
    await parts.apply(FILE_ENTRIES - 1);
    expect([parts.barriers, parts.cuts]).to.deep.equal([0, []]);
    await parts.apply(10 * FILE_ENTRIES);
    expect(parts.barriers).to.be.within(9, 11);
    expect(parts.checks).to.be.below(40);
  });

  it('keep a log that is smaller than the state for an absent member', async () => {
    const parts = new Parts({ flushBytes: 20 * ENTRY_BYTES, snapshotCount: 1000, tailEntries: 500 });
    parts.stateBytes = 1e9;
    parts.cutter.distributed(30);
    await parts.apply(200);
    expect(parts.first).to.be.within(2, 31);
  });

  it('are tried again only after the log has grown, if a member needs its entries', async () => {
    const parts = new Parts({
      flushBytes: 160 * ENTRY_BYTES,
      snapshotCount: 1e6,
      tailEntries: 500,
      neededFrom: () => 0,
    });
    await parts.apply(1000);
    expect([parts.cuts, parts.barriers]).to.deep.equal([[], 0]);
    expect(parts.checks).to.be.within(90, 110);
  });

  // The size to check at stayed that of the log before it was replaced by a snapshot.
  it('follow the size again after a snapshot has replaced a large log', async () => {
    let needed = 0;
    const parts = new Parts({
      flushBytes: 20 * ENTRY_BYTES,
      snapshotCount: 1e6,
      tailEntries: 500,
      neededFrom: () => needed,
    });
    await parts.apply(1000);
    needed = Infinity;
    parts.first = parts.last + 1;
    await parts.apply(200);
    expect(parts.stored).to.be.at.most(25);
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
