import { expect } from 'chai';
import { FaultyDisk, SECTOR_BYTES, diskError } from '../support/faulty-disk.js';
import { IN_POOL, IN_TURN, append, contentsOf, entriesOf, entry, open, plain, recordingLogger } from './fixtures.js';
import { RECORD_HEADER_BYTES } from '../../src/record/record.js';
import { BATCH_HEAD_BYTES } from '../../src/wal/batch.js';
import type { DurableWritesOptions } from '../../src/wal/durable-writes.js';
import { seededRandom } from '../../src/util/random.js';

const FIRST = '0000000000000001.wal';
const SEGMENT_BYTES = 4096;

/** Gives every possible series of answers, one run after the other. */
function* everyWay(): Generator<(options: number) => number> {
  const path: { answer: number; options: number }[] = [];
  for (;;) {
    let depth = 0;
    yield (options) => {
      if (depth === path.length) path.push({ answer: 0, options });
      const step = path[depth];
      depth += 1;
      return step === undefined || step.options !== options ? -1 : step.answer;
    };
    while (path.length > 0 && path.at(-1)?.answer === (path.at(-1)?.options ?? 0) - 1) path.pop();
    const last = path.at(-1);
    if (last === undefined) return;
    last.answer += 1;
  }
}

/** A log whose `synced` entries are on disk, and whose others were written but their sync never completed. */
async function logWithUnsynced(synced: number, unsynced: number, bytes: number): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  const log = await open(disk, { segmentBytes: 64 * 1024 });
  await append(log, entriesOf(1, synced + 1, 1, bytes), { term: 1, vote: 1, commit: 0 });
  for (let index = synced + 1; index <= synced + unsynced; index += 1) {
    await log.append({
      entries: [entry(index, 1, bytes)],
      hardState: { term: 1, vote: 1, commit: index - 1 },
      mustSync: false,
    });
  }
  return disk;
}

describe('the durable log after a crash', () => {
  it('opens with whole batches, or reports damage, wherever it is cut', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: SEGMENT_BYTES });
    const ends: number[] = [];
    for (let index = 1; index <= 6; index += 1)
      await append(log, [entry(index)], { term: 1, vote: 2, commit: index - 1 });
    await log.close();
    const whole = disk.bytes(FIRST);
    let end = whole.length;
    while (whole[end - 1] === 0) end -= 1;
    for (let length = 0; length <= end; length += 1) {
      const cut = disk.copy();
      cut.replace(FIRST, whole.subarray(0, length));
      let last: number | undefined;
      try {
        const again = await open(cut, { segmentBytes: SEGMENT_BYTES });
        last = again.lastIndex();
        expect(contentsOf(again).entries, `cut at ${length}`).to.deep.equal(plain(entriesOf(1, last + 1)));
        expect(again.hardState().commit, `cut at ${length}`).to.equal(Math.max(0, last - 1));
        await append(again, [entry(last + 1, 2)]);
        await again.close();
        const third = await open(cut, { segmentBytes: SEGMENT_BYTES });
        expect(third.lastIndex()).to.equal(last + 1);
      } catch (error) {
        expect(error, `cut at ${length}`).to.include({ name: 'LogError', code: 'damaged' });
      }
      ends.push(last ?? -1);
    }
    const seen = [...new Set(ends)];
    expect(seen, 'each state once, in order').to.deep.equal([-1, 0, 1, 2, 3, 4, 5, 6]);
    // The header has one sector. The batch that a segment contains before its rename takes 48 bytes each for its
    // header, the compaction and the hard state.
    expect(ends.lastIndexOf(-1), 'nothing else is beyond repair').to.equal(SECTOR_BYTES + 3 * 48 - 1);
  });

  /**
   * A process was killed after it had renamed a new segment and before it had synced the folder. The next process found
   * the segment, appended to it and synced the file, but never synced the folder. After a power loss the name was gone,
   * and the log ended cleanly with the previous segment: acknowledged entries were lost without visible damage.
   */
  it('keeps entries of a segment whose name an earlier process left unsynced', async () => {
    const disk = new FaultyDisk();
    const killed = await open(disk, { segmentBytes: SEGMENT_BYTES });
    const stuck = new Promise<void>((reached) => {
      let renamed = false;
      disk.hook = async ({ kind }) => {
        renamed ||= kind === 'rename';
        if (kind !== 'syncFolder' || !renamed) return;
        reached();
        await new Promise(() => undefined);
      };
    });
    const fillSegment = async (): Promise<void> => {
      for (let index = 1; ; index += 1) await append(killed, [entry(index, 1, 200)]);
    };
    await Promise.race([fillSegment(), stuck]);

    const after = disk.restarted();
    const next = await open(after, { segmentBytes: SEGMENT_BYTES });
    expect(await after.list()).to.have.lengthOf(2);
    const acknowledged = next.lastIndex() + 1;
    await append(next, [entry(acknowledged)]);

    const last = await open(
      after.crashed(() => 0),
      { segmentBytes: SEGMENT_BYTES },
    );
    expect(last.lastIndex()).to.equal(acknowledged);
    await last.close();
  });

  it('survives every combination of unsynced sectors', async () => {
    const disk = await logWithUnsynced(3, 5, 400);
    let ways = 0;
    const seen = new Set<number>();
    for (const choose of everyWay()) {
      ways += 1;
      const crashed = disk.crashed(choose);
      const log = await open(crashed, { segmentBytes: 64 * 1024 });
      const last = log.lastIndex();
      seen.add(last);
      expect(last).to.be.within(3, 8);
      expect(contentsOf(log).entries).to.deep.equal(plain(entriesOf(1, last + 1, 1, 400)));
      expect(log.hardState().commit).to.equal(last === 3 ? 0 : last - 1);
    }
    expect(ways).to.be.above(100);
    expect([...seen].sort((left, right) => left - right)).to.deep.equal([3, 4, 5, 6, 7, 8]);
  });

  it('never restores what follows a torn batch, even after the same entries are written again', async () => {
    // Sectors reach the disk in any order: batches 5 to 8 were on disk while that of entry 4 was not. A leader sends
    // the same entry 4 again; its record has the same checksum, so the chain would continue to entry 5.
    const disk = await logWithUnsynced(3, 5, 400);
    let torn = 0;
    for (const choose of everyWay()) {
      const crashed = disk.crashed(choose);
      const first = await open(crashed, { segmentBytes: 64 * 1024 });
      if (first.lastIndex() !== 3) continue;
      torn += 1;
      await first.append({ entries: [entry(4, 1, 400)], hardState: { term: 1, vote: 1, commit: 3 }, mustSync: true });
      const again = await open(
        crashed.crashed(() => 0),
        { segmentBytes: 64 * 1024 },
      );
      expect(contentsOf(again)).to.deep.include({ last: 4, entries: plain(entriesOf(1, 5, 1, 400)) });
    }
    expect(torn).to.be.above(10);
  });

  it('does not continue into a batch of an earlier life whose removal the disk has lost', async () => {
    // Entries 4 and 5 of term 1 were not synced, and neither survived. Then entry 4 came in term 2, in a batch of the
    // same length, and the zeros that a start had written behind it never reached the disk.
    const disk = await logWithUnsynced(3, 2, 400);
    const before = disk.bytes(FIRST);
    const crashed = disk.crashed(() => 0);
    const next = await open(crashed, { segmentBytes: 64 * 1024 });
    await next.append({ entries: [entry(4, 2, 400)], hardState: { term: 2, vote: 1, commit: 3 }, mustSync: true });
    const bytes = crashed.bytes(FIRST);
    const headAt = before.indexOf('5/1 5/1') - RECORD_HEADER_BYTES - BATCH_HEAD_BYTES;
    const left = before.subarray(headAt);
    left.copy(bytes, headAt);
    crashed.replace(FIRST, bytes);
    const last = await open(crashed.restarted(), { segmentBytes: 64 * 1024 });
    expect(contentsOf(last)).to.deep.include({
      last: 4,
      entries: plain([...entriesOf(1, 4, 1, 400), entry(4, 2, 400)]),
    });
  });

  it('keeps a copy of a torn tail, and warns', async () => {
    const disk = await logWithUnsynced(1, 3, 480);
    const bytes = disk.bytes(FIRST);
    bytes.fill(0, 1024 + 512, 2048);
    const torn = disk.copy();
    torn.replace(FIRST, bytes);
    const { logger, lines } = recordingLogger();
    const log = await open(torn, { segmentBytes: 64 * 1024, logger });
    expect(lines).to.have.length(1);
    const { offset, copy, bytes: length } = lines[0]?.fields ?? {};
    expect(torn.bytes(String(copy))).to.deep.equal(bytes.subarray(Number(offset), Number(offset) + Number(length)));
    expect(log.lastIndex()).to.equal(1);
    expect(
      torn
        .bytes(FIRST)
        .subarray(Number(offset))
        .every((byte) => byte === 0),
    ).to.equal(true);
  });

  it('reopens when the last sector is zero (etcd 6515: a partial write ended in a zeroed sector, and the log was refused)', async () => {
    const disk = await logWithUnsynced(2, 1, 2000);
    const bytes = disk.bytes(FIRST);
    let end = bytes.length;
    while (bytes[end - 1] === 0) end -= 1;
    bytes.fill(0, Math.floor((end - 1) / SECTOR_BYTES) * SECTOR_BYTES);
    const zeroed = disk.copy();
    zeroed.replace(FIRST, bytes);
    expect((await open(zeroed)).lastIndex()).to.equal(2);
  });

  it('reopens when a checksum breaks at a border of pages (etcd 5230: it refused to start after a power loss)', async () => {
    // Entry 3 spans pages; everything after a 4 KiB boundary is still in memory at the power loss.
    const disk = await logWithUnsynced(2, 1, 9000);
    for (const border of [5 * 4096, 6 * 4096]) {
      const bytes = disk.bytes(FIRST);
      bytes.fill(0, border);
      const torn = disk.copy();
      torn.replace(FIRST, bytes);
      expect((await open(torn)).lastIndex(), `border ${border}`).to.equal(2);
    }
  });

  it('reopens when a length leads past the end of the file (etcd 14098: it failed with "unexpected EOF")', async () => {
    const disk = await logWithUnsynced(2, 1, 100);
    const bytes = disk.bytes(FIRST);
    let head = bytes.length;
    while (bytes[head - 1] === 0) head -= 8;
    const log = await open(disk.copy());
    const lastBatch = bytes.lastIndexOf(Buffer.from([8, 0, 0, 0, 1, 0, 0, 0])) - 4;
    expect(log.lastIndex()).to.equal(3);
    for (const length of [60 * 1024, 2 ** 31, 2 ** 32 - 1]) {
      for (const field of [lastBatch + 4, lastBatch + 36]) {
        const broken = Buffer.from(bytes);
        broken.writeUInt32LE(length, field);
        const torn = disk.copy();
        torn.replace(FIRST, broken);
        expect((await open(torn)).lastIndex()).to.equal(2);
      }
    }
  });

  it('makes recovered content durable before it is used (a killed process leaves pages that were never synced)', async () => {
    const disk = await logWithUnsynced(1, 3, 300);
    const again = await open(disk.restarted());
    expect(again.lastIndex()).to.equal(4);
    expect((await open(disk.crashed(() => 0))).lastIndex()).to.equal(4);
  });

  it('writes again what a failed sync left in memory (a sync after a failed one "succeeds", 2018)', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk);
    await append(log, entriesOf(1, 3));
    disk.hook = ({ kind }) => {
      if (kind === 'datasync') throw diskError('EIO', 'fdatasync');
    };
    await append(log, entriesOf(3, 5, 1, 2000)).catch(() => undefined);
    const next = disk.restarted();
    const again = await open(next);
    const known = again.lastIndex();
    expect(known, 'the pages still read well').to.equal(4);
    await append(again, [entry(5)]);
    const survivor = await open(next.crashed(() => 0));
    expect(survivor.lastIndex()).to.equal(5);
  });

  for (const [where, writes] of [
    ['in the thread pool', IN_POOL],
    ['in the turn of the caller', IN_TURN],
  ] as const) {
    it(`opens after a crash at each step of beginning and removing segments, with writes ${where}`, async () => {
      await crashAtEachStep(writes);
    });
  }

  async function crashAtEachStep(writes: DurableWritesOptions): Promise<void> {
    const seed = 4711;
    const random = seededRandom(seed);
    const disk = new FaultyDisk();
    const crashes: { disk: FaultyDisk; acknowledged: number; cut: number }[] = [];
    const state = { acknowledged: 0, cut: 0 };
    disk.inTurnHook = ({ kind }) => {
      if (kind === 'read') return;
      for (let count = 0; count < 2; count += 1) {
        crashes.push({ disk: disk.crashed((options) => Math.floor(random.next() * options)), ...state });
      }
    };
    disk.hook = disk.inTurnHook;
    const log = await open(disk, { segmentBytes: SEGMENT_BYTES, writes });
    for (let index = 1; index <= 40; index += 1) {
      await append(log, [entry(index, 1, 300)]);
      state.acknowledged = index;
      if (index % 15 === 0) {
        await log.compact(index - 8);
        state.cut = index - 8;
      }
    }
    for (const [step, crash] of crashes.entries()) {
      const again = await open(crash.disk, { segmentBytes: SEGMENT_BYTES });
      const { first, last, entries } = contentsOf(again);
      const where = `seed ${seed}, crash ${step}`;
      expect(last, where).to.be.at.least(crash.acknowledged);
      expect(first, where).to.be.at.least(crash.cut + 1);
      expect(entries, where).to.deep.equal(plain(entriesOf(first, last + 1, 1, 300)));
    }
    expect(crashes.length).to.be.above(200);
    expect(disk.operations.some(({ inTurn }) => inTurn)).to.equal(writes === IN_TURN);
  }

  it('removes segments whose removal was lost, in any combination', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: SEGMENT_BYTES });
    for (let index = 1; index <= 60; index += 1) await append(log, [entry(index, 1, 300)]);
    const before = await disk.list();
    const crashes: FaultyDisk[] = [];
    disk.hook = ({ kind }) => {
      // Segments 1 to 4 are removed, and the folder is not synced yet.
      if (kind === 'syncFolder') for (const choose of everyWay()) crashes.push(disk.crashed(choose));
    };
    await log.compact(45);
    const kept = (await disk.list()).filter((name) => name.endsWith('.wal'));
    expect(before.length - kept.length).to.be.at.least(4);
    expect(crashes.length).to.be.at.least(2 ** 4);
    for (const crashed of crashes) {
      const again = await open(crashed, { segmentBytes: SEGMENT_BYTES });
      expect(contentsOf(again)).to.deep.include({ first: 46, last: 60, entries: plain(entriesOf(46, 61, 1, 300)) });
      expect(await crashed.list()).to.deep.equal(kept);
    }
  });
});
