import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  ChangeRowEncoder,
  decodeChangeRow,
  firstChangeOf,
  type LoggedChange,
} from '../../../src/kv/format/change-row.js';
import { HistoryRowEncoder, historyRow, newestIn, versionsIn } from '../../../src/kv/format/history-row.js';
import { encodeKeyValue } from '../../../src/kv/format/key-value.js';
import { changeKey, historyKey } from '../../../src/kv/format/layout.js';
import { asBuffer } from '../../../src/util/bytes.js';

const key = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes));

const version = (modRevision: number, bytes: number): Uint8Array =>
  encodeKeyValue({
    key: Buffer.from('k'),
    createRevision: 2,
    modRevision,
    version: modRevision - 1,
    value: Buffer.alloc(bytes, modRevision),
    lease: 0n,
  });

describe('ChangeRowEncoder', () => {
  /** Changes of a batch: of one revision or more, each with any number of changes. */
  const changes = fc
    .tuple(
      fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER - 1000 }),
      fc.array(
        fc.record({ key, next: fc.boolean(), put: fc.boolean(), age: fc.nat(), back: fc.nat(), ends: fc.boolean() }),
        { minLength: 1, maxLength: 300 },
      ),
    )
    .map(([first, drawn]) => {
      let revision = first;
      let sub = -1;
      return drawn.map(({ key: userKey, next, put, age, back, ends }): LoggedChange => {
        if (next) revision++;
        sub = next ? 0 : sub + 1;
        const previousRevision = age % 3 === 0 ? 0 : Math.max(1, revision - age);
        const hasPrevious = previousRevision > 0;
        return {
          revision,
          sub,
          kind: put ? 'put' : 'delete',
          key: userKey,
          previousRevision,
          historyRow: hasPrevious ? Math.max(1, previousRevision - back) : 0,
          endsHistoryRow: hasPrevious && ends,
        };
      });
    });

  it('restores all changes in order, in rows that are named after their last change', () => {
    fc.assert(
      fc.property(changes, (batch) => {
        const encoder = new ChangeRowEncoder();
        const restored: LoggedChange[] = [];
        const finish = (): void => {
          const row = encoder.finish();
          const decoded = decodeChangeRow(Buffer.from(row.value));
          const [first, last] = [decoded[0], decoded.at(-1)];
          expect(row.key).to.deep.equal(changeKey(last?.revision ?? 0, last?.sub ?? 0));
          expect(firstChangeOf(row.value)).to.deep.equal({ revision: first?.revision, sub: first?.sub });
          expect(decoded.length).to.be.at.most(128);
          restored.push(...decoded);
        };
        for (const change of batch) {
          if (!encoder.takes(change)) finish();
          encoder.add(change);
        }
        finish();
        expect(restored.map((change) => ({ ...change, key: asBuffer(change.key) }))).to.deep.equal(batch);
      }),
    );
  });

  it('keeps a key that is longer than a row by itself', () => {
    const encoder = new ChangeRowEncoder();
    const base = { kind: 'put', previousRevision: 0, historyRow: 0, endsHistoryRow: false } as const;
    const long = { ...base, revision: 2, sub: 0, key: Buffer.alloc(100_000, 'k') };
    const short = { ...base, revision: 3, sub: 0, key: Buffer.from('k') };
    encoder.add(long);
    expect(encoder.takes(short)).to.equal(false);
    expect(decodeChangeRow(encoder.finish().value)).to.deep.equal([long]);
    encoder.add(short);
    expect(decodeChangeRow(encoder.finish().value)).to.deep.equal([short]);
  });

  it('refuses bytes that end within a change', () => {
    const encoder = new ChangeRowEncoder();
    const change = { kind: 'put', previousRevision: 0, historyRow: 0, endsHistoryRow: false } as const;
    encoder.add({ ...change, revision: 2, sub: 0, key: Buffer.from('key') });
    const { value } = encoder.finish();
    for (let length = 13; length < value.length; length++) {
      expect(() => decodeChangeRow(value.subarray(0, length)), `${length} bytes`).to.throw(RangeError);
    }
  });
});

describe('HistoryRowEncoder', () => {
  it('restores versions newest first, and is named after the oldest', () => {
    const encoder = new HistoryRowEncoder();
    const versions = [9, 7, 4].map((revision) => ({ end: revision + 1, keyValue: version(revision, 300) }));
    for (const each of versions) encoder.add(each);
    const row = encoder.finish(Buffer.from('k'), 4);
    expect(row.key).to.deep.equal(historyKey(Buffer.from('k'), 4));
    const restored = versionsIn(row.value).map(({ end, keyValue }) => ({ end, keyValue: asBuffer(keyValue) }));
    expect(restored).to.deep.equal(versions);
    expect([3, 4, 6, 7, 8, 9, 100].map((revision) => newestIn(row.value, revision)?.end)).to.deep.equal([
      undefined,
      5,
      5,
      8,
      8,
      10,
      10,
    ]);
  });

  it('takes versions up to its size, and any version by itself', () => {
    const encoder = new HistoryRowEncoder();
    // A buffer that had been made for a large version was replaced by one of the usual size, also for the next large one.
    for (const bytes of [100, 50_000, 30_000, 100]) {
      const single = version(5, bytes);
      expect(encoder.takes(single)).to.equal(true);
      encoder.add({ end: 6, keyValue: single });
      expect(encoder.takes(version(4, 16_000))).to.equal(bytes === 100);
      const row = encoder.finish(Buffer.from('k'), 5);
      expect(Buffer.from(row.value)).to.deep.equal(
        asBuffer(historyRow(Buffer.from('k'), { end: 6, keyValue: single }).value),
      );
    }
  });
});
