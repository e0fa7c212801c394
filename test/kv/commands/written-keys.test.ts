import { expect } from 'chai';
import { WrittenKeys } from '../../../src/kv/commands/written-keys.js';

describe('WrittenKeys', () => {
  it('finds the newest write of each key, also among keys with the same hash', () => {
    const keys = new WrittenKeys();
    const newest = new Map<string, number>();
    for (let position = 0; position < 5000; position++) {
      const name = `k${(position * 7919) % 1700}`;
      const hash = ((position * 7919) % 1700) % 50;
      expect(keys.find(Buffer.from(name), hash)).to.equal(newest.get(name) ?? -1);
      expect(keys.add(Buffer.from(name), hash)).to.equal(newest.get(name) ?? -1);
      expect(keys.hashAt(position)).to.equal(hash);
      newest.set(name, position);
    }
    for (const [name, position] of newest) {
      expect(keys.find(Buffer.from(name), Number(name.slice(1)) % 50)).to.equal(position);
    }
    expect(keys.find(Buffer.from('k'), 0)).to.equal(-1);
  });
});
