import { expect } from 'chai';
import type { Entry } from '../../src/raft/types.js';
import { batchBytes, encodeBatch } from '../../src/wal/batch.js';
import { scanFile, Window } from '../../src/wal/scan-file.js';
import { SegmentScan, type Item, type Scan } from '../../src/wal/scan.js';
import { SEGMENT_HEADER_BYTES } from '../../src/wal/segment.js';
import { scanSegment } from '../support/scan-segment.js';
import { entry } from './fixtures.js';

const SALT = 0x5eed;
const CHAIN = 7;

/** A segment with a batch for each length of an entry's data, then zeros. */
function segmentOf(lengths: readonly number[], { zeros, isSealed }: { zeros: number; isSealed: boolean }): Buffer {
  const parts: Buffer[] = [Buffer.alloc(SEGMENT_HEADER_BYTES, 1)];
  let [offset, synced, chain] = [SEGMENT_HEADER_BYTES, SEGMENT_HEADER_BYTES, CHAIN];
  const batches = lengths.map((length, at) => {
    const entries: Entry[] = [entry(at + 1, 1, length)];
    return [{ kind: 'append', entries, hardState: undefined } as const];
  });
  for (const changes of isSealed ? [...batches, [{ kind: 'successor', sequence: 2 } as const]] : batches) {
    const bytes = Buffer.alloc(batchBytes(changes));
    ({ chain } = encodeBatch(bytes, changes, { offset, synced, chain, salt: SALT }));
    synced = offset;
    offset += bytes.length;
    parts.push(bytes);
  }
  return Buffer.concat([...parts, Buffer.alloc(zeros)]);
}

function atOnce(bytes: Buffer): { readonly scan: Scan; readonly items: readonly Item[] } {
  const items: Item[] = [];
  const scan = scanSegment({ bytes, salt: SALT, chain: CHAIN, onItem: (item) => items.push(item) });
  return { scan, items };
}

async function inParts(
  bytes: Buffer,
  windowBytes: number,
): Promise<{ readonly scan: Scan; readonly items: readonly Item[]; readonly windowBytes: number }> {
  const items: Item[] = [];
  const file = {
    read: async (offset: number, length: number, memory = Buffer.alloc(length)) =>
      memory.subarray(0, bytes.copy(memory, 0, offset, offset + length)),
  };
  const window = new Window(windowBytes);
  const batches = new SegmentScan({ salt: SALT, chain: CHAIN }, (item) => items.push(item));
  const scan = await scanFile(file, batches, window);
  return { scan, items, windowBytes: window.length };
}

/** Lengths of windows, among them those around the lengths of two batches. */
const WINDOWS = [1, 7, 97, 287, 288, 289, 335, 336, 337, 511, 512, 1024, 5003, 100_003];

describe('a segment that is read in parts', () => {
  // Each segment of 64 MiB was read at once, into memory of its own: fresh pages cost more than reading and checking.
  for (const isSealed of [false, true]) {
    for (const zeros of [0, 1, 500, 200_000]) {
      const end = isSealed ? 'the name of the next' : 'a batch';
      it(`has the same records as at once if it ends with ${end} and ${zeros} zeros`, async () => {
        const bytes = segmentOf([200, 0, 3000, 250, 250, 40_000, 9], { zeros, isSealed });
        const { scan, items } = atOnce(bytes);
        expect(items).to.have.length(7);
        expect(scan).to.include({ fault: undefined, successor: isSealed ? 2 : undefined });
        for (const length of WINDOWS) {
          const parts = await inParts(bytes, length);
          expect([parts.scan, parts.items], `parts of ${length}`).to.deep.equal([scan, items]);
        }
      });
    }
  }

  it('has the same fault as at once, wherever a bit is flipped', async () => {
    const bytes = segmentOf([90, 700, 30], { zeros: 300, isSealed: true });
    for (let at = SEGMENT_HEADER_BYTES; at < bytes.length; at += 3) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at % 8)), at);
      const { scan, items } = atOnce(damaged);
      expect(scan.fault, `a bit at ${at}`).not.to.equal(undefined);
      for (const length of [64, 333, 5003]) {
        const parts = await inParts(damaged, length);
        expect([parts.scan, parts.items], `a bit at ${at}, parts of ${length}`).to.deep.equal([scan, items]);
      }
    }
  });

  it('needs no more memory than twice the longest batch, nor for the zeros at its end', async () => {
    const bytes = segmentOf([...Array<number>(100).fill(1000), 30_000], { zeros: 1_000_000, isSealed: false });
    expect((await inParts(bytes, 2048)).windowBytes).to.equal(32_768);
    const short = segmentOf(Array<number>(500).fill(1000), { zeros: 1_000_000, isSealed: true });
    expect((await inParts(short, 2048)).windowBytes).to.equal(2048);
  });
});
