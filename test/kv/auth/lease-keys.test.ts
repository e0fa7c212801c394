import { expect } from 'chai';
import * as fc from 'fast-check';
import { KeyRanges } from '../../../src/kv/auth/key-ranges.js';
import { holdLeasedKeys } from '../../../src/kv/auth/lease-keys.js';
import { leasedKey } from '../../../src/kv/format/layout.js';
import type { EngineCursor, EngineRange } from '../../../src/ports/engine.js';

const LEASE = 7n;
const NO_END = new Uint8Array();

/** The attached keys `from` to `to - 1`, as texts of four digits. */
function attached(from: number, to: number): readonly Buffer[] {
  return Array.from({ length: to - from }, (_, at) => Buffer.from(String(from + at).padStart(4, '0')));
}

describe('holdLeasedKeys', () => {
  let rows: readonly Uint8Array[] = [];
  let reads = 0;
  let pauses = 0;

  beforeEach(() => {
    reads = 0;
    pauses = 0;
  });

  const reader = {
    cursor: ({ gte, lt }: EngineRange): EngineCursor => ({
      next: (count) => {
        reads += 1;
        const keys = rows.filter(
          (row) => Buffer.compare(row, gte ?? NO_END) >= 0 && (lt === undefined || Buffer.compare(row, lt) < 0),
        );
        return Promise.resolve(keys.slice(0, count).map((key) => ({ key, value: NO_END })));
      },
      seek: () => {
        throw new Error('not used');
      },
      close: () => Promise.resolve(),
    }),
  };

  function hold(permissions: Parameters<typeof KeyRanges.of>[0]): Promise<boolean> {
    return holdLeasedKeys(reader, LEASE, KeyRanges.of(permissions), () => {
      pauses += 1;
      return Promise.resolve();
    });
  }

  it('reads one key for each range, however many keys are in it', async () => {
    rows = attached(0, 2000).map((key) => leasedKey(LEASE, key));
    expect(await hold([{ key: Buffer.from('0'), rangeEnd: Buffer.from('1000') }])).to.equal(false);
    expect(reads).to.equal(2);
    expect(await hold([{ key: Buffer.from('0'), rangeEnd: Buffer.from('2') }])).to.equal(true);
  });

  // A user may have permissions on 10,000 single keys, and renew a lease with all of them at any rate. Each key took a read of its
  // own: a put with a lease of 900 keys took 70 ms on every member, and all other writes waited.
  it('reads single keys in pages, and pauses between them', async () => {
    const keys = attached(0, 1000);
    rows = keys.map((key) => leasedKey(LEASE, key));
    const permissions = keys.map((key) => ({ key, rangeEnd: NO_END }));
    expect(await hold(permissions)).to.equal(true);
    expect(reads).to.be.below(12);
    expect(pauses).to.be.within(2, 12);
    for (const missing of [0, 1, 5, 300, 999]) expect(await hold(permissions.toSpliced(missing, 1))).to.equal(false);
  });

  it('finds what a look at each key finds', () => {
    const key = fc.integer({ min: 0, max: 99 }).map((at) => Buffer.from(String(at).padStart(2, '0')));
    const permission = fc
      .record({ key, rangeEnd: fc.oneof(fc.constant(NO_END), key) })
      .filter(({ key: first, rangeEnd }) => rangeEnd.length === 0 || Buffer.compare(first, rangeEnd) < 0);
    return fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 60, selector: String }),
        fc.array(permission, { maxLength: 40 }),
        async (keys, permissions) => {
          rows = keys.map((each) => leasedKey(LEASE, each)).toSorted((left, right) => Buffer.compare(left, right));
          const ranges = KeyRanges.of(permissions);
          expect(await hold(permissions)).to.equal(keys.every((each) => ranges.contain(each, NO_END)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
