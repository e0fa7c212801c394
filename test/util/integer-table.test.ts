import { expect } from 'chai';
import { IntegerTable } from '../../src/util/integer-table.js';
import { seededRandom } from '../../src/util/random.js';

interface Named {
  readonly name: string;
}

const inOrder = (values: readonly Named[]): readonly string[] => values.map(({ name }) => name).sort();

describe('IntegerTable', () => {
  it('holds what a Map would hold', () => {
    const random = seededRandom(7);
    const table = new IntegerTable<Named>();
    const expected = new Map<number, Named>();
    for (let step = 0; step < 50_000; step += 1) {
      // Phases in which it grows, and in which it shrinks.
      const grows = step % 10_000 < 5_000;
      const key = Math.floor(random.next() * 6_000) * (step % 3 === 0 ? 1 : 2 ** 21);
      const value = { name: String(step) };
      if (random.next() < (grows ? 0.8 : 0.2)) {
        table.set(key, value);
        expected.set(key, value);
      } else {
        expect(table.delete(key)).to.equal(expected.get(key));
        expected.delete(key);
      }
      expect(table.get(key)).to.equal(expected.get(key));
      expect(table.size).to.equal(expected.size);
    }
    expect(inOrder(table.values())).to.deep.equal(inOrder([...expected.values()]));
    for (const [key, value] of expected) expect(table.get(key)).to.equal(value);
    table.clear();
    expect({ size: table.size, values: table.values() }).to.deep.equal({ size: 0, values: [] });
  });

  it('finds keys that share a place', () => {
    const table = new IntegerTable<Named>();
    const keys = Array.from({ length: 8 }, (_, at) => at * 2 ** 32);
    for (const key of keys) table.set(key, { name: String(key) });
    for (const key of [keys[0], keys[3], keys[7]]) table.delete(key ?? 0);
    expect(table.values().map(({ name }) => Number(name) / 2 ** 32)).to.have.members([1, 2, 4, 5, 6]);
    for (const key of [1, 2, 4, 5, 6]) expect(table.has(key * 2 ** 32)).to.equal(true);
    for (const key of [0, 3, 7]) expect(table.has(key * 2 ** 32)).to.equal(false);
  });
});
