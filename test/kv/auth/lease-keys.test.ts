import { expect } from 'chai';
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
      next: () => {
        reads += 1;
        const key = rows.find(
          (row) => Buffer.compare(row, gte ?? NO_END) >= 0 && (lt === undefined || Buffer.compare(row, lt) < 0),
        );
        return Promise.resolve(key === undefined ? [] : [{ key, value: NO_END }]);
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

  // A user may have permissions on 10,000 single keys, and renew a lease with all of them at any rate.
  it('pauses within a walk over many single keys', async () => {
    const keys = attached(0, 1000);
    rows = keys.map((key) => leasedKey(LEASE, key));
    expect(await hold(keys.map((key) => ({ key, rangeEnd: NO_END })))).to.equal(true);
    expect(reads).to.equal(1001);
    expect(pauses).to.be.greaterThan(20);
  });
});
