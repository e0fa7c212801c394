import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { readArchive } from '../../../src/kv/snapshot/archive-reader.js';
import { archiveOf, FRAME_BYTES_MAX, type ArchivePiece } from '../../../src/kv/snapshot/archive.js';
import { currentKey } from '../../../src/kv/format/layout.js';
import { FrameKind, makeFrame, openFrame, START } from '../../../src/kv/snapshot/frames.js';
import { encodeTrailer } from '../../../src/kv/snapshot/header.js';
import { summarize } from '../../../src/kv/snapshot/import.js';
import { rowBytes, writeRows } from '../../../src/kv/snapshot/rows.js';
import { SnapshotDamageError, type SnapshotSource } from '../../../src/ports/snapshot.js';
import { defined } from '../../../src/util/assert.js';
import { archiveBytes } from '../../support/archive.js';
import { encode, Fixture, levelHome } from '../support/fixture.js';

async function piecesOf({ store }: Fixture): Promise<ArchivePiece[]> {
  const source = store.openSnapshot();
  const pieces: ArchivePiece[] = [];
  for await (const { bytes, remainingBytes } of archiveOf(source, (from) => store.sizeBytes(from))) {
    pieces.push({ bytes: Uint8Array.from(bytes), remainingBytes });
  }
  source.close();
  return pieces;
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The kinds of the rows read, or the reason of a rejection. */
async function reading(bytes: Buffer, options: { size?: number; checkDigest?: boolean } = {}): Promise<string> {
  const { size = bytes.length, checkDigest = true } = options;
  const kinds: string[] = [];
  try {
    for await (const { kind } of readArchive(inPieces(bytes, Math.max(size, 1)), { checkDigest })) kinds.push(kind);
  } catch (error) {
    if (error instanceof SnapshotDamageError) return error.message;
    throw error;
  }
  return kinds.join(' ');
}

const WHOLE = 'header rows end';

describe('the archive of a snapshot', () => {
  let fixture: Fixture;
  let whole: Buffer;

  beforeEach(async () => {
    fixture = await Fixture.open();
    await fixture.apply([encode.put('a', '1'), encode.put('b', '2')]);
    whole = await archiveBytes(fixture.store);
  });

  afterEach(() => fixture.remove());

  it("ends as etcd's do: a multiple of 512 bytes, and their SHA-256", () => {
    expect(whole.length % 512).to.equal(32);
    const digest = createHash('sha256').update(whole.subarray(0, -32)).digest();
    expect(whole.subarray(-32)).to.deep.equal(digest);
  });

  it('is read in pieces of any size', async () => {
    for (const size of [1, 2, 7, 8, 9, 31, 512, whole.length]) expect(await reading(whole, { size })).to.equal(WHOLE);
  });

  it('is refused with any byte changed, and truncated anywhere', async () => {
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(await reading(changed), `byte ${at}`)
        .to.contain('snapshot')
        .and.not.equal(WHOLE);
      const cut = await reading(whole.subarray(0, at), { size: 100 });
      expect(cut).to.equal(`the snapshot is cut off at byte ${at}`);
    }
  });

  it('is refused with trailing bytes', async () => {
    const more = 'and more follows';
    expect(await reading(Buffer.concat([whole, Buffer.of(0)]))).to.contain(more);
    expect(await reading(Buffer.concat([whole, Buffer.of(0)]), { size: whole.length })).to.contain(more);
    expect(await reading(Buffer.concat([whole, whole]))).to.contain(more);
  });

  it('is refused with an error that names the fault', async () => {
    expect(await reading(randomBytes(64 * 1024))).to.contain('no snapshot of raftkv');
  });

  it('is read without or with a wrong digest on request, and its frames are still checked', async () => {
    const checkDigest = false;
    const framesEnd = whole.length - 32;
    expect(await reading(whole.subarray(0, framesEnd), { checkDigest })).to.equal(WHOLE);
    const other = Buffer.concat([whole.subarray(0, framesEnd), Buffer.alloc(32)]);
    expect(await reading(other)).to.contain('fails its checksum');
    expect(await reading(other, { checkDigest })).to.equal(WHOLE);
    let refused = 0;
    for (let at = 0; at < framesEnd; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      // Only the zeros after the frames may differ.
      if ((await reading(changed, { checkDigest })) === WHOLE) expect(whole[at]).to.equal(0);
      else refused++;
    }
    expect(refused).to.be.within(framesEnd - 511, framesEnd);
    const ownDigest = createHash('sha256').update(whole.subarray(0, 100)).digest();
    expect(await reading(Buffer.concat([whole.subarray(0, 100), ownDigest]), { checkDigest })).to.contain('snapshot');
  });

  it('is refused with frames in another order, even if the digest is recomputed', async () => {
    const [header, rows, trailer] = framesIn(whole);
    const made = (...frames: readonly (Buffer | undefined)[]): Buffer => {
      const body = Buffer.concat([whole.subarray(0, 16), ...frames.map((frame) => defined(frame, 'a frame')), END]);
      const padded = Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
      return Buffer.concat([padded, createHash('sha256').update(padded).digest()]);
    };
    expect(made(header, rows, trailer)).to.deep.equal(whole);
    expect(await reading(made(header, rows))).to.equal('the snapshot ends before its last frame');
    expect(await reading(made())).to.equal('the snapshot ends before its last frame');
    expect(await reading(made(header, header, rows, trailer))).to.equal('the snapshot has two beginnings');
    expect(await reading(made(header, rows, trailer, header, rows, trailer))).to.contain('behind the last');
    expect(await reading(made(header, trailer))).to.contain('frame 2 of a snapshot instead of 1');
  });

  /**
   * The fuzzer found that the status and the restore of such a file ended with a RangeError and a stack, as the digests of its
   * frames hold.
   */
  it('is refused with a row that cannot be decoded, even if all digests are recomputed', async () => {
    const [header] = framesIn(whole);
    const row = { key: currentKey(Buffer.from('a')), value: Buffer.from([0x0a, 99]) };
    const body = Buffer.alloc(rowBytes(row));
    writeRows(body, 0, [row]);
    const first = openFrame(defined(header, 'a header').subarray(8), START);
    const rows = makeFrame(FrameKind.rows, body, first.position);
    const counted = { rows: 1, rowBytes: row.key.length + row.value.length };
    const trailer = makeFrame(FrameKind.trailer, encodeTrailer(counted), rows.position);
    const source = {
      async *frames() {
        yield* await Promise.resolve([defined(header, 'a header').subarray(8), rows.frame, trailer.frame]);
      },
    };
    const pieces: Uint8Array[] = [];
    for await (const { bytes } of archiveOf(source as unknown as SnapshotSource, () => Promise.resolve(1)))
      pieces.push(Uint8Array.from(bytes));
    const forged = Buffer.concat(pieces);
    expect(await reading(forged)).to.equal(WHOLE);
    const summary = summarize(readArchive(inPieces(forged, 100), { checkDigest: true }));
    const error = await summary.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(SnapshotDamageError);
    expect(String(error)).to.contain('a row of the snapshot cannot be decoded');
  });

  it('allocates no memory for a damaged length', async () => {
    const damaged = Buffer.from(whole);
    damaged.writeUInt32BE(0xffffffff, 16);
    expect(await beginning(damaged)).to.deep.equal({ message: 'the snapshot is damaged at byte 16', asked: 0 });
  });

  /** The checksum of a length does not protect against a forged one: a reader waited for up to four gigabytes. */
  it('allocates no memory for a length above the maximum, even with a valid checksum', async () => {
    const long = (bytes: number): Buffer => {
      const changed = Buffer.from(whole);
      changed.writeUInt32BE(bytes, 16);
      changed.writeUInt32BE(crc32(changed.subarray(16, 20)), 20);
      return changed;
    };
    expect(await beginning(long(FRAME_BYTES_MAX + 1))).to.deep.equal({
      message: 'the snapshot is damaged at byte 16',
      asked: 0,
    });
    const longest = await reading(long(FRAME_BYTES_MAX));
    expect(longest).to.equal(`the snapshot is cut off at byte ${whole.length}`);
  });

  /** The error for an archive that begins like this and never ends, and the number of further pieces read. */
  async function beginning(bytes: Buffer): Promise<{ message: string; asked: number }> {
    let asked = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytes;
      for (; asked < 1000; asked++) yield Buffer.alloc(64 * 1024);
    }
    let message = '';
    try {
      for await (const part of readArchive(endless(), { checkDigest: false })) expect(part.kind).to.equal('nothing');
    } catch (error) {
      ({ message } = error as Error);
    }
    return { message, asked };
  }

  it('estimates the remaining bytes, for rows that compress well or badly, and reports 0 at the end', async () => {
    const large = await Fixture.open(await levelHome());
    const value = 'as good as nothing once it is compressed '.repeat(25);
    for (let at = 0; at < 20_000; at += 500) {
      const keys = Array.from({ length: 500 }, (_, index) => `key ${at + index + 100_000}`);
      await large.apply(keys.map((key) => encode.put(key, value)));
    }
    await large.engine.barrier();
    const pieces = await piecesOf(large);
    expect(pieces.slice(-2).map(({ remainingBytes }) => remainingBytes)).to.deep.equal([32, 0]);
    const total = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(await large.store.sizeBytes(), 'it does compress').to.be.below(total / 4);
    let left = total;
    for (const [at, { bytes, remainingBytes }] of pieces.entries()) {
      left -= bytes.length;
      expect(remainingBytes === 0).to.equal(at === pieces.length - 1);
      if (at > 100)
        expect(Math.abs(remainingBytes - left), `piece ${at} of ${pieces.length}`).to.be.below(0.25 * total);
    }
    await large.remove();
  });
});

const END = Buffer.from('000000002144df1c', 'hex');

/** The frames of an archive, each with its header. */
function framesIn(whole: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 16; whole.readUInt32BE(at) > 0;) {
    const end = at + 8 + whole.readUInt32BE(at);
    frames.push(whole.subarray(at, end));
    at = end;
  }
  return frames;
}
