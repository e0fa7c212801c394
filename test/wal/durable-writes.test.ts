import { expect } from 'chai';
import { FaultyDisk, diskError } from '../support/faulty-disk.js';
import { append, contentsOf, entriesOf, entry, open, plain, rejection } from './fixtures.js';

/** A log on a disk whose syncs take `syncMs`, and how each of its writes was made. */
async function logOn(syncMs: () => number): Promise<{
  readonly disk: FaultyDisk;
  readonly log: Awaited<ReturnType<typeof open>>;
  readonly pass: (ms: number) => void;
  /** Lets a part of the time that has passed count as time in which the event loop was busy. */
  readonly busy: (ms: number) => void;
  /** Makes one write, and says where it waited for the disk. */
  readonly write: (index: number, bytes?: number) => Promise<'turn' | 'pool'>;
}> {
  let nowMs = 1000;
  let busyMs = 0;
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  const busy = (ms: number): void => {
    busyMs += ms;
  };
  const disk = new FaultyDisk();
  const writes = { time: { now: () => nowMs, idleMs: () => nowMs - busyMs } };
  const log = await open(disk, { segmentBytes: 1024 * 1024, writes });
  disk.inTurnHook = ({ kind }) => (kind === 'datasync' ? pass(syncMs()) : undefined);
  disk.hook = disk.inTurnHook;
  const write = async (index: number, bytes = 24): Promise<'turn' | 'pool'> => {
    const before = disk.operations.length;
    await append(log, [entry(index, 1, bytes)]);
    const inTurn = disk.operations.slice(before).map((operation) => operation.inTurn === true);
    expect(inTurn).to.have.length(2);
    return inTurn[0] === true ? 'turn' : 'pool';
  };
  return { disk, log, pass, busy, write };
}

describe('A durable write of the log', () => {
  it('is made in the turn of its caller if it is short', async () => {
    const { write, log } = await logOn(() => 0.1);
    expect(await write(1)).to.equal('turn');
    expect(await write(2, 16_000)).to.equal('turn');
    expect(await write(3, 17_000)).to.equal('pool');
    expect(await write(4)).to.equal('turn');
    expect(contentsOf(log)).to.deep.include({ last: 4 });
  });

  it('is made in the thread pool if others wait behind it', async () => {
    const { disk, log } = await logOn(() => 0);
    const before = disk.operations.length;
    // One flush takes at most 4 MiB: the second append waits for the first.
    await Promise.all([append(log, [entry(1, 1, 4_190_000)]), append(log, [entry(2, 1, 10_000)])]);
    const made = disk.operations.slice(before).filter(({ kind, name }) => kind === 'write' && name.endsWith('.wal'));
    expect(made.map(({ inTurn }) => inTurn === true)).to.include.members([false, true]);
  });

  it('is made in the thread pool for a hundred times as long as the disk stalled, so that a stalling disk rarely holds the process', async () => {
    let syncMs = 0.1;
    const { write, pass } = await logOn(() => syncMs);
    expect(await write(1)).to.equal('turn');
    syncMs = 50;
    expect(await write(2)).to.equal('turn');
    syncMs = 0.1;
    expect(await write(3)).to.equal('pool');
    pass(4900);
    expect(await write(4)).to.equal('pool');
    pass(100);
    expect(await write(5)).to.equal('turn');
  });

  it('is made in the thread pool while the disk is slow without a stall, and not because of a few slow writes', async () => {
    let syncMs = 3;
    const { write } = await logOn(() => syncMs);
    let index = 1;
    const inTurn = async (count: number): Promise<number> => {
      let found = 0;
      for (const end = index + count; index < end; index += 1) if ((await write(index)) === 'turn') found += 1;
      return found;
    };
    expect(await inTurn(500), 'of 500 on a slow disk').to.be.below(10);
    syncMs = 0.1;
    expect(await inTurn(500), 'of 500 on a fast disk').to.be.above(480);
    syncMs = 4;
    expect(await inTurn(1)).to.equal(1);
    syncMs = 0.1;
    expect(await inTurn(100), 'of 100 after a slow write').to.equal(100);
    // Three members that share a disk wait for each other.
    syncMs = 1.5;
    expect(await inTurn(500), 'of 500 on a disk that is shared').to.equal(500);
  });

  /**
   * On two busy cores, a write took more than 4 ms now and then because the process got no core, and that counted as a
   * stall of the disk: the leader made seven of eight lone writes in the thread pool.
   */
  it('stays in the turn of its caller after a write of a few milliseconds among fast ones', async () => {
    let syncMs = 0.2;
    const { write } = await logOn(() => syncMs);
    for (let index = 1; index < 100; index += 2) {
      syncMs = 0.2;
      expect(await write(index)).to.equal('turn');
      syncMs = index % 20 === 1 ? 10 : 0.2;
      expect(await write(index + 1)).to.equal('turn');
    }
  });

  /**
   * Under full load the event loop took up the end of a write 20 to 60 ms late, as it applied a large batch meanwhile. That
   * counted as a stall of the disk, and after the load lone writes went through the thread pool for seconds.
   */
  it('is in the turn of its caller again after long writes whose end a busy process noticed late', async () => {
    let syncMs = 50;
    const { disk, write, busy } = await logOn(() => syncMs);
    const { hook } = disk;
    disk.hook = (operation) => {
      if (operation.kind === 'datasync') busy(45);
      return hook(operation);
    };
    for (let index = 1; index <= 5; index += 1) expect(await write(index, 20_000)).to.equal('pool');
    syncMs = 0.1;
    let inPool = 0;
    for (let index = 6; index <= 30; index += 1) if ((await write(index)) === 'pool') inPool += 1;
    expect(inPool, 'of 25, until the mean is low').to.be.below(15);
  });

  it('covers the batches before it that were not synced', async () => {
    const { disk, log } = await logOn(() => 0);
    await append(log, entriesOf(1, 3));
    await log.append({ entries: [entry(3)], hardState: undefined, mustSync: false });
    await append(log, [entry(4)]);
    const survivor = await open(disk.crashed(() => 0));
    expect(contentsOf(survivor).entries).to.deep.equal(plain(entriesOf(1, 5)));
  });

  for (const kind of ['write', 'datasync'] as const) {
    it(`stops the log if its ${kind} fails in the turn of its caller`, async () => {
      const { disk, log, write } = await logOn(() => 0);
      await write(1);
      const error = diskError('EIO', kind);
      disk.inTurnHook = (operation) => {
        if (operation.kind === kind) throw error;
      };
      expect(await rejection(append(log, [entry(2)]))).to.equal(error);
      disk.inTurnHook = () => undefined;
      expect(await rejection(append(log, [entry(2)]))).to.equal(error);
      expect(await log.failed).to.equal(error);
      expect(log.lastIndex()).to.equal(1);
    });
  }
});
