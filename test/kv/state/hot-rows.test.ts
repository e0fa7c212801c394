import { expect } from 'chai';
import { HotRows, type HotRow } from '../../../src/kv/state/hot-rows.js';
import { KeyHash } from '../../../src/util/key-hash.js';
import { randomInteger, seededRandom } from '../../../src/util/random.js';

describe('HotRows', () => {
  const hash = new KeyHash([1, 2]);
  const key = (name: string): [Buffer, number] => [Buffer.from(name), hash.of(Buffer.from(name))];

  it('keeps rows in use, drops others, and distinguishes absent rows from unknown ones', () => {
    const rows = new HotRows(10_000);
    rows.set(...key('absent'), null);
    for (let at = 0; at < 200; at++) {
      rows.set(...key(`k${at}`), Buffer.alloc(100));
      expect(rows.get(...key('absent'))).to.equal(null);
    }
    const held = Array.from({ length: 200 }, (_, at) => at).filter((at) => rows.get(...key(`k${at}`)) !== undefined);
    expect(held.length).to.be.lessThan(10_000 / 100);
    expect(rows.get(...key('k199'))).to.deep.equal(Buffer.alloc(100));
    rows.set(...key('k199'), null);
    expect(rows.get(...key('k199'))).to.equal(null);
  });

  it('returns a row that later ones of the key do not change', () => {
    const rows = new HotRows(1024 ** 2);
    rows.set(...key('k'), Buffer.from('first'));
    const first = rows.get(...key('k'));
    rows.set(...key('k'), Buffer.from('other'));
    expect(String(first)).to.equal('first');
    expect(String(rows.get(...key('k')))).to.equal('other');
  });

  it('replaces the row of a key that is cached, also as absent, and of no other', () => {
    const rows = new HotRows(1024 ** 2);
    rows.set(...key('absent'), null);
    rows.replace(...key('absent'), Buffer.from('made'));
    rows.replace(...key('new'), Buffer.from('made'));
    expect(String(rows.get(...key('absent')))).to.equal('made');
    expect(rows.get(...key('new'))).to.equal(undefined);
  });

  it('does not confuse keys with the same hash, nor one key with the start of another', () => {
    const rows = new HotRows(1024 ** 2);
    for (const name of ['a', 'ab', 'b', '']) rows.set(Buffer.from(name), 7, Buffer.from(`row of ${name}`));
    for (const name of ['a', 'ab', 'b', '']) expect(String(rows.get(Buffer.from(name), 7))).to.equal(`row of ${name}`);
    expect(rows.get(Buffer.from('abc'), 7)).to.equal(undefined);
  });

  it('holds the last row of each key, whatever lengths its rows had', () => {
    const random = seededRandom(1);
    const below = (end: number): number => randomInteger(random, 0, end);
    for (const capacity of [60_000, 2 * 1024 ** 2]) {
      const rows = new HotRows(capacity);
      const model = new Map<string, HotRow>();
      let found = 0;
      for (let step = 0; step < 20_000; step++) {
        const name = `key ${below(400)}`;
        if (below(3) > 0) {
          const lengths = [0, 1, 40, 56, 300, 4096, 4097, 9000];
          const length = lengths[below(lengths.length)] ?? 0;
          const row = below(10) === 0 ? null : Buffer.alloc(length, step % 251);
          model.set(name, row);
          // Of a key that is not cached, `replace` caches nothing.
          if (below(2) === 0) rows.set(...key(name), row);
          else rows.replace(...key(name), row);
        } else {
          const row = rows.get(...key(name));
          if (row === undefined) continue;
          found++;
          expect(row && Buffer.from(row)).to.deep.equal(model.get(name));
        }
      }
      expect(found).to.be.greaterThan(100);
    }
  });
});
