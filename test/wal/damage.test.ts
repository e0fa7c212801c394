import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { FaultyDisk } from '../support/faulty-disk.js';
import { batchBytes, encodeBatch } from '../../src/wal/batch.js';
import { recordOf } from '../../src/record/entry-record.js';
import { RECORD_HEADER_BYTES } from '../../src/record/record.js';
import { formatMemberId } from '../../src/util/member-id.js';
import { peekIdentity } from '../../src/wal/log.js';
import { scanSegment } from '../support/scan-segment.js';
import { FORMAT_VERSION, decodeSegmentHeader } from '../../src/wal/segment.js';
import { IDENTITY, append, entriesOf, entry, open, plain, rejection } from './fixtures.js';

const FIRST = '0000000000000001.wal';

/** Several segments, closed cleanly: all contents are recorded as synced. */
async function closedLog(): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  const log = await open(disk, { segmentBytes: 4096 });
  for (let index = 1; index <= 30; index += 1)
    await append(log, [entry(index, 1, 200)], { term: 1, vote: 1, commit: index - 1 });
  await log.close();
  return disk;
}

async function segments(disk: FaultyDisk): Promise<readonly string[]> {
  return (await disk.list()).filter((name) => name.endsWith('.wal'));
}

/** One past the last non-zero byte. */
function endOf(bytes: Uint8Array): number {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end -= 1;
  return end;
}

/** The end of the batches of a full segment, before the one that names the next segment. */
function endOfBatches(name: string, bytes: Buffer): number {
  const { salt, chain } = decodeSegmentHeader(bytes, Number(name.slice(0, 16)));
  const { end, successor } = scanSegment({ bytes, salt, chain });
  expect(successor, name).to.equal(Number(name.slice(0, 16)) + 1);
  return end;
}

describe('damage to the durable log', () => {
  it('is refused below the synced offset, wherever it is, and nothing is written', async () => {
    const disk = await closedLog();
    const names = await segments(disk);
    expect(names.length).to.be.above(2);
    let refused = 0;
    for (const name of names) {
      const bytes = disk.bytes(name);
      // The header fills a sector and uses 44 bytes of it. The last synced-offset record, 48 bytes, is past the offset
      // that it states; so is the batch that names the next segment of a full one.
      const end = name === names.at(-1) ? endOf(bytes) - 48 : endOfBatches(name, bytes);
      const places = [...Array(44).keys(), ...Array.from({ length: end - 512 }, (_, at) => 512 + at)];
      for (const at of places.filter((place) => place < 560 || place % 9 === 0)) {
        const damaged = disk.copy();
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(at) ^ 0x10, at);
        damaged.replace(name, flipped);
        const contents = damaged.contents();
        const error = await rejection(open(damaged, { segmentBytes: 4096 }));
        expect(error, `${name} at ${at}`).to.include({ name: 'LogError' });
        expect(damaged.contents()).to.deep.equal(contents);
        expect(damaged.operations.filter(({ kind }) => kind !== 'read')).to.deep.equal([]);
        refused += 1;
      }
    }
    expect(refused).to.be.above(700);
  });

  it('is reported with file, offset and advice', async () => {
    const disk = await closedLog();
    const [, second = ''] = await segments(disk);
    const bytes = disk.bytes(second);
    bytes.fill(0, 1024, 1536);
    disk.replace(second, bytes);
    const { message } = await rejection(open(disk));
    expect(message).to.match(
      /damaged in 0000000000000002\.wal at offset \d+: .*remove this member from the cluster.*peers/s,
    );
    const offset = Number(/offset (\d+)/.exec(message)?.[1]);
    expect(offset).to.be.within(700, 1536);
  });

  it('is refused if sectors in the middle are zeros and the log continues after them, as after a lost write (FAST 2018)', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: 64 * 1024 });
    for (let index = 1; index <= 20; index += 1) await append(log, [entry(index, 1, 400)]);
    // Not closed: the last batch with a synced offset is that of entry 20.
    const bytes = disk.bytes(FIRST);
    const last = endOf(bytes) - 500;
    for (let sector = 1; sector * 512 < last - 512; sector += 1) {
      const damaged = disk.copy();
      const zeroed = Buffer.from(bytes);
      zeroed.fill(0, sector * 512, sector * 512 + 512);
      damaged.replace(FIRST, zeroed);
      expect(await rejection(open(damaged)), `sector ${sector}`).to.include({ code: 'damaged' });
    }
  });

  // A log whose newest segment was lost opened as a shorter one, without the votes and entries of that segment.
  it('is refused if any file is missing, even the newest', async () => {
    const disk = await closedLog();
    for (const name of await segments(disk)) {
      const missing = disk.copy();
      await missing.remove(name);
      expect(await rejection(open(missing)), name).to.include({ code: 'damaged' });
    }
  });

  it('is ignored in the batch that names the successor, if the successor exists', async () => {
    const disk = await closedLog();
    const bytes = disk.bytes(FIRST);
    const end = endOfBatches(FIRST, bytes);
    for (let at = end; at < endOf(bytes); at += 1) {
      const damaged = disk.copy();
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 0x10, at);
      damaged.replace(FIRST, flipped);
      const log = await open(damaged, { segmentBytes: 4096 });
      expect(log.lastIndex()).to.equal(30);
      await log.close();
    }
  });

  it('is refused if a file in the middle of the log is cut', async () => {
    const disk = await closedLog();
    const names = await segments(disk);
    for (const name of names.slice(0, -1)) {
      const cut = disk.copy();
      cut.replace(name, disk.bytes(name).subarray(0, 2000));
      expect(await rejection(open(cut)), name).to.include({ code: 'damaged' });
    }
  });

  it('is found when an entry is read from the disk later, and stops the log', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: 64 * 1024, cacheBytes: 0 });
    await append(log, entriesOf(1, 20, 1, 200));
    const name = '0000000000000001.wal';
    const bytes = disk.bytes(name);
    const at = bytes.indexOf('13/1 13/1');
    const handle = await disk.open(name, 'write');
    await handle.write(at, Buffer.from('X'));
    expect(plain(log.entries(1, 13, Infinity))).to.deep.equal(plain(entriesOf(1, 13, 1, 200)));
    expect(() => log.entries(12, 15, Infinity)).to.throw(/damaged in 0000000000000001\.wal/);
    expect(await log.failed).to.include({ code: 'damaged' });
    expect(await rejection(append(log, [entry(20)]))).to.include({ code: 'damaged' });
  });

  it('is found if an intact record of another term lies where an entry is read later, as after a lost write', async () => {
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: 64 * 1024, cacheBytes: 0 });
    await append(log, [entry(1, 1, 200)]);
    await append(log, [entry(1, 2, 200)]);
    const bytes = disk.bytes(FIRST);
    const at = bytes.indexOf('1/2 1/2') - RECORD_HEADER_BYTES;
    const { source, offset, end } = recordOf(entry(1, 1, 200));
    const handle = await disk.open(FIRST, 'write');
    await handle.write(at, source.subarray(offset, end));
    expect(() => log.entries(1, 2, Infinity)).to.throw(/damaged in .* it does not hold entry 1/);
  });

  it('is refused if a vote is missing at the end of a segment that has a successor', async () => {
    // Zeros look like the end of a log. Only the checksum at the start of the next segment covers the vote; without it,
    // this member could vote twice in one term (paper, section 5.2).
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: 4096 });
    await append(log, [entry(1, 1, 3000)], { term: 1, vote: 1, commit: 0 });
    const before = endOf(disk.bytes(FIRST));
    await append(log, [], { term: 2, vote: 3, commit: 0 });
    await append(log, [entry(2, 2, 3000)]);
    await log.close();
    const bytes = disk.bytes(FIRST);
    expect(endOf(bytes)).to.be.above(before);
    disk.replace(FIRST, bytes.fill(0, before));
    expect(await rejection(open(disk))).to.include({ code: 'damaged' });
  });

  it('is not mistaken for damage in data of clients that look like a batch head in the wrong place', async () => {
    // The value of a key contains a forged batch header with a large synced offset. When the write of that value is
    // torn, no acknowledged data is lost.
    const disk = new FaultyDisk();
    const log = await open(disk, { segmentBytes: 64 * 1024 });
    for (let index = 1; index <= 10; index += 1) await append(log, [entry(index, 1, 400)]);
    const synced = endOf(disk.bytes(FIRST));
    const { salt } = decodeSegmentHeader(disk.bytes(FIRST), 1);
    const data = Buffer.alloc(batchBytes([]));
    encodeBatch(data, [], { offset: 60_000, synced: 50_000, chain: 0, salt });
    await log.append({ entries: [{ ...entry(11), data }], hardState: undefined, mustSync: false });
    const torn = disk.crashed((options) => options - 1);
    const bytes = torn.bytes(FIRST);
    expect(bytes.indexOf(data)).to.be.above(synced);
    torn.replace(FIRST, bytes.fill(0, synced, synced + 32));
    expect((await open(torn)).lastIndex()).to.equal(10);
  });
});

describe('the owner in the header of a log', () => {
  it('must be the one that opens the log; otherwise nothing is written', async () => {
    const disk = await closedLog();
    const contents = disk.contents();
    const operations = disk.operations.length;
    for (const identity of [
      { ...IDENTITY, memberId: 1 },
      { ...IDENTITY, clusterId: 1 },
    ]) {
      const error = await rejection(open(disk, { identity }));
      expect(error).to.include({ name: 'LogError', code: 'foreign' });
      const [member, cluster] = [IDENTITY.memberId, IDENTITY.clusterId].map(formatMemberId);
      expect(error.message).to.match(new RegExp(`member ${member} of cluster ${cluster}.*choose another`));
      expect(error.message).not.to.include('\n');
    }
    expect(disk.contents()).to.deep.equal(contents);
    expect(disk.operations.slice(operations).filter(({ kind }) => kind !== 'read')).to.deep.equal([]);
    await open(disk);
  });

  it('can be read without opening the log', async () => {
    expect(await peekIdentity(new FaultyDisk())).to.equal(undefined);
    const disk = await closedLog();
    const contents = disk.contents();
    expect(await peekIdentity(disk)).to.deep.equal(IDENTITY);
    expect(disk.contents()).to.deep.equal(contents);
  });

  it('comes with a format version; a newer one is refused', async () => {
    const disk = await closedLog();
    const name = (await segments(disk)).at(-1) ?? '';
    const bytes = disk.bytes(name);
    bytes.writeUInt32LE(FORMAT_VERSION + 1, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 40)), 40);
    disk.replace(name, bytes);
    expect(await rejection(open(disk))).to.include({ name: 'LogError', code: 'version' });
  });

  it('comes with a format version; the ones of earlier releases are refused in one line with advice', async () => {
    const disk = await closedLog();
    const name = (await segments(disk)).at(-1) ?? '';
    for (const version of [1, 2]) {
      const bytes = disk.bytes(name);
      bytes.writeUInt32LE(version, 8);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 40)), 40);
      disk.replace(name, bytes);
      const contents = disk.contents();
      const error = await rejection(open(disk));
      expect(error).to.include({ name: 'LogError', code: 'version' });
      expect(error.message).to.match(
        new RegExp(
          `^${name} has an older format, ${version}, and this raftkv reads format 3: take a snapshot with the raftkv .*$`,
        ),
      );
      expect(disk.contents()).to.deep.equal(contents);
    }
  });

  /**
   * A bit of the version was damaged, and the advice was to use a newer raftkv, which does not exist (found by the
   * simulator).
   */
  it('is damaged if its checksum does not cover the version', async () => {
    const disk = await closedLog();
    const name = (await segments(disk)).at(-1) ?? '';
    disk.flipBit(name, 9, 2);
    expect(await rejection(open(disk))).to.include({ name: 'LogError', code: 'damaged' });
  });
});
