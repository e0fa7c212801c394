import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { recordOf } from '../../src/record/entry-record.js';
import { batchBytes, encodeBatch, type Change } from '../../src/wal/batch.js';
import { entry } from './fixtures.js';

/** Unsigned integers of the given sizes, little-endian. */
function integers(...fields: readonly (readonly [bytes: 1 | 2 | 4 | 8, value: number])[]): Buffer {
  const parts = fields.map(([bytes, value]) => {
    const part = Buffer.alloc(bytes);
    part.writeUIntLE(value, 0, Math.min(bytes, 6));
    return part;
  });
  return Buffer.concat(parts);
}

describe('A batch of the log', () => {
  it('has a fixed layout', () => {
    const first = entry(3, 9, 10);
    const hardState = { term: 9, vote: 2, commit: 1 };
    const changes: readonly Change[] = [{ kind: 'append', entries: [first], hardState }];
    const target = Buffer.alloc(batchBytes(changes));
    const placement = encodeBatch(target, changes, { offset: 4096, synced: 512, chain: 77, salt: 99 });

    const { source, offset, end } = recordOf(first);
    const entryRecord = source.subarray(offset, end);
    const vote = integers([4, 8], [1, 3], [1, 0], [2, 0], [4, 0], [4, 0], [8, 1], [8, 9], [8, 2], [4, 0]);
    const voteRecord = Buffer.concat([integers([4, crc32(vote)]), vote]);
    const body = Buffer.concat([entryRecord, voteRecord]);
    const chain = crc32(integers([4, body.length], [4, entryRecord.readUInt32LE(0)], [4, crc32(vote)]), 77);
    const head = integers(
      ...([
        [4, 8],
        [1, 1],
        [1, 0],
        [2, 0],
        [4, 0],
        [4, 0],
        [8, 512],
        [8, 4096],
        [4, body.length],
        [4, chain],
        [4, 0],
      ] as const),
    );
    const expected = Buffer.concat([integers([4, crc32(head, 99)]), head, body]);
    expect(target.toString('hex')).to.equal(expected.toString('hex'));
    expect(placement).to.deep.equal({ offsets: [4096 + 48], chain });
  });
});
