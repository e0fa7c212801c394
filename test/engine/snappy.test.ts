import { expect } from 'chai';
import { snappyDecode } from '../../src/engine/level/snappy.js';

describe('a block of Snappy', () => {
  it('is decoded: literals, and copies that may overlap what they write', () => {
    // Ten bytes: a literal of two, and a copy of eight from two bytes before.
    expect(snappyDecode(Buffer.from([10, 1 << 2, 0x61, 0x62, (4 << 2) | 1, 2])).toString()).to.equal('ababababab');
  });

  /** The fuzzer found that a block of 42 bytes took 10 MB: memory was taken for any length that the block stated. */
  it('takes no memory for a length that it cannot have', () => {
    const stated = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x61]);
    expect(() => snappyDecode(stated)).to.throw(RangeError, '4294967295 bytes from 7');
  });
});
