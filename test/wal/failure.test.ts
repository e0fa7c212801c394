import { expect } from 'chai';
import { FaultyDisk, diskError } from '../support/faulty-disk.js';
import type { DiskOperation } from '../support/faulty-disk.js';
import { append, contentsOf, entriesOf, entry, open, plain, recordingLogger, rejection } from './fixtures.js';

/** Fails the next operation of a kind on an open segment, once. */
function failOnce(disk: FaultyDisk, kind: DiskOperation['kind']): Error {
  const error = diskError('EIO', kind);
  let armed = true;
  disk.hook = (operation) => {
    if (!armed || operation.kind !== kind || operation.name.endsWith('.tmp')) return;
    armed = false;
    throw error;
  };
  return error;
}

describe('the durable log on a failing disk', () => {
  for (const kind of ['write', 'datasync'] as const) {
    it(`stays failed after one failed ${kind}, even if the next would succeed (fsync, 2018)`, async () => {
      const disk = new FaultyDisk();
      const log = await open(disk);
      await append(log, entriesOf(1, 4), { term: 1, vote: 1, commit: 0 });
      const error = failOnce(disk, kind);
      const first = rejection(append(log, [entry(4)]));
      const second = rejection(append(log, [entry(5)]));
      expect(await log.failed).to.equal(error);
      expect([await first, await second]).to.deep.equal([error, error]);
      const operations = disk.operations.length;
      expect(await rejection(append(log, [entry(4)]))).to.equal(error);
      expect(await rejection(log.compact(2))).to.equal(error);
      expect(
        await rejection(log.append({ entries: [], hardState: { term: 1, vote: 1, commit: 3 }, mustSync: false })),
      ).to.equal(error);
      await log.close();
      expect(disk.operations.slice(operations), 'nothing is tried again').to.deep.equal([]);
      expect(log.lastIndex()).to.equal(3);
      const again = await open(disk.crashed(() => 0));
      expect(contentsOf(again).entries).to.deep.equal(plain(entriesOf(1, 4)));
    });
  }

  it('rejects the appends that wait for a failed flush', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk);
    const error = failOnce(disk, 'datasync');
    const first = rejection(append(log, [entry(1)]));
    await Promise.resolve();
    await Promise.resolve();
    const late = rejection(append(log, [entry(2)]));
    expect([await first, await late]).to.deep.equal([error, error]);
  });

  it('fails if an old segment cannot be removed', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: 4096 });
    for (let index = 1; index <= 30; index += 1) await append(log, [entry(index, 1, 300)]);
    const error = failOnce(disk, 'remove');
    expect(await rejection(log.compact(20))).to.equal(error);
    expect(await log.failed).to.equal(error);
  });

  it('opens again after the disk was full (etcd 2819), wherever the space ran out', async () => {
    for (let spaceBytes = 4096; spaceBytes <= 40_000; spaceBytes += 1357) {
      const disk = new FaultyDisk();
      const log = await open(disk, { segmentBytes: 4096 });
      disk.spaceBytes = spaceBytes;
      let acknowledged = 0;
      let failure: Error | undefined;
      while (failure === undefined) {
        try {
          await append(log, [entry(acknowledged + 1, 1, 300)], { term: 1, vote: 1, commit: acknowledged });
          acknowledged += 1;
        } catch (error) {
          failure = error instanceof Error ? error : undefined;
        }
      }
      expect(failure).to.include({ code: 'ENOSPC' });
      await log.close();
      // Still no space: the log opens nevertheless, now and after a crash.
      for (const next of [disk.restarted(), disk.crashed(() => 0), disk.crashed(() => 1)]) {
        next.spaceBytes = spaceBytes;
        const again = await open(next, { segmentBytes: 4096 });
        const { last, entries } = contentsOf(again);
        expect(last, `${spaceBytes} bytes`).to.be.within(acknowledged, acknowledged + 1);
        expect(entries).to.deep.equal(plain(entriesOf(1, last + 1, 1, 300)));
        await again.close();
        next.spaceBytes = Infinity;
        const roomy = await open(next, { segmentBytes: 4096 });
        await append(roomy, entriesOf(last + 1, last + 20, 1, 300));
        await roomy.close();
        expect((await open(next)).lastIndex()).to.equal(last + 19);
      }
    }
  });

  it('continues if the next segment cannot be prepared, and tries again when it is needed', async () => {
    const disk = new FaultyDisk();
    const { logger, lines } = recordingLogger();
    const log = await open(disk, { segmentBytes: 4096, logger });
    const room = disk.bytes('0000000000000001.wal').length;
    disk.spaceBytes = room;
    for (let index = 1; index <= 8; index += 1) await append(log, [entry(index, 1, 300)]);
    expect(lines.map(({ message }) => message)).to.deep.equal(['cannot prepare the next segment of the log']);
    disk.spaceBytes = Infinity;
    for (let index = 9; index <= 30; index += 1) await append(log, [entry(index, 1, 300)]);
    await log.close();
    expect((await open(disk)).lastIndex()).to.equal(30);
  });

  it('unlocks the folder if it does not open', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk);
    await log.close();
    disk.replace('0000000000000001.wal', new Uint8Array(10));
    expect(await rejection(open(disk))).to.include({ code: 'damaged' });
    expect(await rejection(open(disk)), 'not: locked').to.include({ code: 'damaged' });
  });
});
