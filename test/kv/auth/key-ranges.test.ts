import { expect } from 'chai';
import * as fc from 'fast-check';
import { JoinedRanges } from '../../../src/kv/auth/joined-ranges.js';
import { KeyRanges } from '../../../src/kv/auth/key-ranges.js';

const NO_END = Buffer.alloc(0);
const OPEN_END = Buffer.of(0);

/** Keys over a small alphabet, so that ranges meet, overlap and nest. */
const key = fc
  .array(fc.constantFrom(0, 1, 0x61, 0x62, 0xff), { minLength: 1, maxLength: 3 })
  .map((bytes) => Buffer.from(bytes));
const permission = fc
  .record({ key, rangeEnd: fc.oneof(fc.constant(NO_END), fc.constant(OPEN_END), key) })
  .filter(
    ({ key: from, rangeEnd }) => rangeEnd.length === 0 || rangeEnd.equals(OPEN_END) || from.compare(rangeEnd) < 0,
  );

type Permission = { readonly key: Buffer; readonly rangeEnd: Buffer };

function holds({ key: from, rangeEnd }: Permission, tested: Buffer): boolean {
  if (rangeEnd.length === 0) return from.equals(tested);
  return from.compare(tested) <= 0 && (rangeEnd.equals(OPEN_END) || tested.compare(rangeEnd) < 0);
}

/** All keys of up to four bytes of the alphabet, and their successors: the places where an answer can change. */
function candidates(): readonly Buffer[] {
  const alphabet = [0, 1, 0x61, 0x62, 0xff];
  let keys: number[][] = [[]];
  const all: Buffer[] = [];
  for (let length = 1; length <= 4; length++) {
    keys = keys.flatMap((prefix) => alphabet.map((byte) => [...prefix, byte]));
    all.push(...keys.map((bytes) => Buffer.from(bytes)));
  }
  return all;
}

const CANDIDATES = candidates();

describe('KeyRanges', () => {
  it('holds a key if one of the permissions does', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 6 }), key, (permissions, tested) => {
        const ranges = KeyRanges.of(permissions);
        expect(ranges.contain(tested, NO_END)).to.equal(permissions.some((each) => holds(each, tested)));
        expect(ranges.holding(tested) !== undefined).to.equal(permissions.some((each) => holds(each, tested)));
      }),
    );
  });

  it('contains a range if every key in it is held by one of the permissions', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 6 }), permission, (permissions, asked) => {
        const ranges = KeyRanges.of(permissions);
        const all = CANDIDATES.filter((tested) => holds(asked, tested));
        const open = asked.rangeEnd.equals(OPEN_END)
          ? permissions.some(({ rangeEnd }) => rangeEnd.equals(OPEN_END))
          : true;
        const covered = open && all.every((tested) => permissions.some((each) => holds(each, tested)));
        expect(ranges.contain(asked.key, asked.rangeEnd)).to.equal(covered);
      }),
      { numRuns: 300 },
    );
  });

  it('merges ranges that meet', () => {
    const ranges = KeyRanges.of([
      { key: Buffer.from('b'), rangeEnd: Buffer.from('c') },
      { key: Buffer.from('a'), rangeEnd: Buffer.from('b') },
      { key: Buffer.from('d'), rangeEnd: NO_END },
      { key: Buffer.from('d\0'), rangeEnd: Buffer.from('e') },
    ]);
    expect(ranges.size).to.equal(2);
    expect(ranges.contain(Buffer.from('a'), Buffer.from('c'))).to.equal(true);
    expect(ranges.contain(Buffer.from('a'), Buffer.from('d'))).to.equal(false);
    expect(ranges.contain(Buffer.from('d'), Buffer.from('e'))).to.equal(true);
  });

  // etcd 3.5.30 answers a range whose end is not behind its start if the user may read its first key.
  it('judges an empty range by its first key', () => {
    const ranges = KeyRanges.of([{ key: Buffer.from('b'), rangeEnd: Buffer.from('c') }]);
    expect(ranges.contain(Buffer.from('b'), Buffer.from('a'))).to.equal(true);
    expect(ranges.contain(Buffer.from('b'), Buffer.from('b'))).to.equal(true);
    expect(ranges.contain(Buffer.from('c'), Buffer.from('b'))).to.equal(false);
  });

  // GHSA-xg4h-6gfc-h4m8: a permission for one key let its user watch all keys from that one on.
  it('does not take a permission on one key for all keys from it on', () => {
    const ranges = KeyRanges.of([{ key: Buffer.from('k'), rangeEnd: NO_END }]);
    expect(ranges.contain(Buffer.from('k'), NO_END)).to.equal(true);
    expect(ranges.contain(Buffer.from('k'), OPEN_END)).to.equal(false);
  });
});

describe('JoinedRanges', () => {
  const part = fc.array(permission, { maxLength: 4 });

  it('answers as one union of all its parts', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 4 }),
        permission,
        fc.oneof(key, fc.constant(NO_END)),
        (parts, asked, end) => {
          const joined = new JoinedRanges(parts.map((each) => KeyRanges.of(each)));
          const whole = KeyRanges.of(parts.flat());
          for (const rangeEnd of [asked.rangeEnd, end]) {
            expect(joined.contain(asked.key, rangeEnd)).to.equal(whole.contain(asked.key, rangeEnd));
          }
          expect(joined.holding(asked.key)?.end).to.deep.equal(whole.holding(asked.key)?.end);
          expect(joined.holding(asked.key) === undefined).to.equal(whole.holding(asked.key) === undefined);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
