import { expect } from 'chai';
import { crc32 } from 'node:zlib';
import {
  type EntryRecord,
  entryRecordBytes,
  readEntry,
  recordOf,
  recordPieces,
  writeEntry,
} from '../../src/record/entry-record.js';
import { EntryRecorder } from '../../src/record/recorder.js';
import type { Entry, EntryType } from '../../src/raft/types.js';
import { collectGarbage, leastBufferBytes, liveBufferBytes } from '../support/collect-garbage.js';
import { seededRandom } from '../../src/util/random.js';

const TYPES: readonly EntryType[] = ['normal', 'conf-change', 'conf-change-v2'];

function entryOf(index: number, bytes: number, term = 3): Entry {
  return { term, index, type: TYPES[index % 3] ?? 'normal', data: Buffer.alloc(bytes, `${index};`) };
}

function plain({ term, index, type, data }: Entry): unknown {
  return { term, index, type, data: Buffer.from(data).toString('latin1') };
}

function readAll(bytes: Buffer): EntryRecord[] {
  const found: EntryRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const entry = readEntry(bytes, at);
    if (typeof entry === 'string') throw new Error(entry);
    found.push(entry);
    at = entry.end;
  }
  return found;
}

describe('The record of an entry', () => {
  it('has a fixed layout', () => {
    const entry: Entry = { term: 2 ** 40 + 5, index: 258, type: 'conf-change-v2', data: Buffer.from('abcde') };
    const { source, checksum } = recordOf(entry);
    const bytes = Buffer.from(source.subarray(0, 48));
    expect(bytes.subarray(4).toString('hex')).to.equal(
      [
        '05000000',
        '02020000',
        '00000000',
        '00000000',
        '0201000000000000',
        '0500000000010000',
        '6162636465',
        '00000000000000',
      ].join(''),
    );
    expect(checksum).to.equal(bytes.readUInt32LE(0));
    expect(checksum).to.equal(crc32(bytes.subarray(4)));
  });

  it('reads back as the entry that was written, at any offset and length', () => {
    for (const bytes of [0, 1, 3, 4, 5, 11, 12, 13, 300, 70_000]) {
      const entry = entryOf(bytes + 1, bytes);
      const target = Buffer.alloc(16 + entryRecordBytes(entry), 0xff);
      writeEntry(target, 16, entry);
      const found = readEntry(target, 16);
      expect(typeof found === 'string' ? found : plain(found)).to.deep.equal(plain(entry));
    }
  });

  it('is made once and copied as it is', () => {
    const recorder = new EntryRecorder();
    const entries = [entryOf(1, 100), entryOf(2, 0), entryOf(3, 20_000), entryOf(4, 33)].map((entry) =>
      recorder.record(entry),
    );
    expect(entries.every((entry) => recordOf(entry) === entry)).to.equal(true);
    const sent = Buffer.concat([...recordPieces(entries)]);
    const received = readAll(sent);
    expect(received.map(plain)).to.deep.equal(entries.map(plain));
    expect(Buffer.concat([...recordPieces(received)]).equals(sent)).to.equal(true);
    expect(recordPieces(received)).to.have.length(1);
  });

  // A WeakMap from the memory of records to their buffers kept each of them until a collection of the whole heap: 30 MB a
  // second on a leader, which brought on three such collections a second.
  it('is freed by a collection of the young generation once it is dropped', () => {
    const recorder = new EntryRecorder();
    const use = (entries: number): void => {
      for (let index = 1; index <= entries; index++) {
        const data = recorder.room(1000).fill('a');
        expect(recorder.record({ ...entryOf(index, 0), data }).data === data).to.equal(true);
      }
    };
    use(1000);
    const before = liveBufferBytes();
    for (let round = 0; round < 5; round++) {
      use(2000);
      collectGarbage({ type: 'minor' });
    }
    expect(leastBufferBytes(before + 1e6)).to.be.at.most(before + 1e6);
  });

  it('is made around data that fill their room, for the first entry alone', () => {
    const recorder = new EntryRecorder();
    for (const bytes of [0, 5, 300, 20_000]) {
      const [first, second] = [recorder.room(bytes).fill('a'), recorder.room(bytes).fill('b')];
      const entries = [first, second].map((data, at) => recorder.record({ ...entryOf(3 + at, 0), data }));
      expect(entries.map(({ data }) => data === first || data === second)).to.deep.equal([true, true]);
      expect(recordPieces(entries)).to.have.length(bytes < 10_000 ? 1 : 2);
      const again = recorder.record({ ...entryOf(9, 0), data: first });
      for (const entry of [...entries, again]) {
        const read = readEntry(entry.source, entry.offset);
        expect(typeof read === 'string' ? read : plain(read)).to.deep.equal(plain(entry));
      }
      expect(again.data === first, 'a room of its own').to.equal(false);
    }
    const other = new EntryRecorder().room(8).fill('c');
    expect(recorder.record({ ...entryOf(1, 0), data: other }).data === other, "another recorder's room").to.equal(
      false,
    );
  });

  it('joins records that lie side by side, and no others', () => {
    const recorder = new EntryRecorder();
    const [first, second, third] = [1, 2, 3].map((index) => recorder.record(entryOf(index, 40)));
    if (first === undefined || second === undefined || third === undefined) throw new Error('no entry');
    expect(recordPieces([first, second, third]).map(({ length }) => length)).to.deep.equal([3 * 80]);
    expect(recordPieces([first, third]).map(({ length }) => length)).to.deep.equal([80, 80]);
    expect(recordPieces([first, entryOf(9, 40), third])).to.have.length(3);
    expect(recordPieces([])).to.deep.equal([]);
  });

  it('keeps entries apart when a slab is full', () => {
    const recorder = new EntryRecorder();
    const entries = Array.from({ length: 1000 }, (_, position) => recorder.record(entryOf(position + 1, 256)));
    expect(entries.map(plain)).to.deep.equal(Array.from({ length: 1000 }, (_, at) => plain(entryOf(at + 1, 256))));
    expect(recordPieces(entries).length).to.be.within(9, 12);
  });

  it('holds integers of 53 bits, and refuses others', () => {
    const entry = entryOf(Number.MAX_SAFE_INTEGER, 8, Number.MAX_SAFE_INTEGER);
    expect(plain(recordOf(recordOf(entry)))).to.deep.equal(plain(entry));
    expect(() => recordOf(entryOf(2 ** 53, 8))).to.throw('cannot hold the integer');
    expect(() => recordOf(entryOf(1, 8, -1))).to.throw('cannot hold the integer');
  });

  for (const [what, offset, value] of [
    ['a record of an unknown kind', 8, 3],
    ['a record of an unknown kind', 9, 7],
    ['a record of a newer format', 10, 1],
    ['a record of an unknown group', 12, 1],
    ['a record of an unknown store', 16, 1],
    ['an integer beyond 2^53−1', 27, 1],
    ['an integer beyond 2^53−1', 35, 1],
  ] as const) {
    it(`is refused as ${what} if byte ${offset} says so`, () => {
      const bytes = Buffer.from(recordOf(entryOf(1, 20)).source.subarray(0, entryRecordBytes(entryOf(1, 20))));
      bytes[offset] = value;
      bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
      expect(readEntry(bytes, 0)).to.equal(what);
    });
  }

  it('is refused after any change of a bit, and wherever it is cut', () => {
    const random = seededRandom(1);
    const entry = entryOf(77, 61);
    const { source, offset, end } = recordOf(entry);
    const whole = Buffer.from(source.subarray(offset, end));
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(readEntry(changed, 0), `bit ${bit}`).to.be.a('string');
    }
    for (let length = 0; length < whole.length; length += 1)
      expect(readEntry(Buffer.from(whole.subarray(0, length)), 0), `${length} bytes`).to.be.a('string');
    for (let round = 0; round < 5000; round += 1) {
      const noise = Buffer.from(Array.from({ length: 60 }, () => Math.floor(random.next() * 256)));
      expect(readEntry(noise, Math.floor(random.next() * 70))).to.be.a('string');
    }
  });
});
