import { expect } from 'chai';
import { KeyFilter } from '../../../src/kv/reads/key-filter.js';
import { randomInteger, seededRandom } from '../../../src/util/random.js';

describe('KeyFilter', () => {
  /** A hash that is missing would make a key absent: the store would create it again, on this member alone. */
  it('has each hash as often as it was added, whatever was deleted in between', () => {
    const random = seededRandom(7);
    const below = (end: number): number => randomInteger(random, 0, end);
    for (const kinds of [3, 200, 3000]) {
      // Few shards and few home slots, so that hashes meet; the extremes wrap around the end of a shard.
      const hashes = Array.from({ length: kinds }, () => ((below(3) << 22) | (below(2) * 0x3f_ffff) | below(64)) >>> 0);
      hashes.push(0, 1, 0xffff_ffff, 0x3f_ffff);
      const filter = new KeyFilter();
      const held = new Map<number, number>();
      for (let step = 0; step < 20_000; step++) {
        const hash = hashes[below(hashes.length)] ?? 0;
        const count = held.get(hash) ?? 0;
        if (below(2) === 0 || count === 0) {
          filter.add(hash);
          held.set(hash, count + 1);
        } else {
          filter.delete(hash);
          held.set(hash, count - 1);
        }
        const other = hashes[below(hashes.length)] ?? 0;
        if ((held.get(other) ?? 0) > 0) expect(filter.has(other), `hash ${other}`).to.equal(true);
      }
      for (const [hash, count] of held) {
        // 0 and 1 share a place.
        const both = hash <= 1 ? (held.get(0) ?? 0) + (held.get(1) ?? 0) : count;
        expect(filter.has(hash), `hash ${hash}`).to.equal(both > 0);
      }
      expect(filter.size).to.equal([...held.values()].reduce((sum, count) => sum + count, 0));
      for (const [hash, count] of held) for (let left = count; left > 0; left--) filter.delete(hash);
      for (const hash of held.keys()) expect(filter.has(hash)).to.equal(false);
    }
  });

  it('says of nearly all absent keys that they are absent', () => {
    const random = seededRandom(3);
    const filter = new KeyFilter();
    for (let at = 0; at < 100_000; at++) filter.add(randomInteger(random, 0, 2 ** 32));
    let found = 0;
    for (let at = 0; at < 100_000; at++) if (filter.has(randomInteger(random, 0, 2 ** 32))) found++;
    expect(found).to.be.lessThan(20);
  });

  it('refuses to delete what was not added', () => {
    const filter = new KeyFilter();
    expect(() => filter.delete(5)).to.throw(RangeError);
    filter.add(6);
    expect(() => filter.delete(5)).to.throw(RangeError);
  });
});
