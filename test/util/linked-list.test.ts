import { expect } from 'chai';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { LinkedList, type Linked } from '../../src/util/linked-list.js';

class Item implements Linked<Item> {
  before: Item | undefined;
  after: Item | undefined;
}

it('a linked list holds what was added and not removed, in order', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const list = new LinkedList<Item>();
    let expected: Item[] = [];
    const removed: Item[] = [];
    for (let step = 0; step < 60; step++) {
      const chosen = expected[randomInteger(random, 0, Math.max(1, expected.length))];
      if (randomInteger(random, 0, 5) < 3 || chosen === undefined) {
        const item = removed.pop() ?? new Item();
        list.add(item);
        expected.push(item);
      } else {
        list.remove(chosen);
        list.remove(chosen);
        expected = expected.filter((item) => item !== chosen);
        removed.push(chosen);
      }
      const found = [...list];
      expect(found.length, `seed ${seed}, step ${step}`).to.equal(expected.length);
      expect(
        found.every((item, at) => item === expected[at]),
        `seed ${seed}, step ${step}`,
      ).to.equal(true);
      expect(list.first === expected[0], `seed ${seed}, step ${step}`).to.equal(true);
    }
  }
});
