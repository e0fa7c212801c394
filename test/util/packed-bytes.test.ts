import { expect } from 'chai';
import * as fc from 'fast-check';
import { PackedBytes } from '../../src/util/packed-bytes.js';

describe('PackedBytes', () => {
  it('returns what was added, however often its memory grew', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }), (strings) => {
        const packed = new PackedBytes();
        for (const string of strings) packed.add(string);
        const found = strings.map((_, at) => [Uint8Array.from(packed.at(at)), packed.textAt(at)]);
        expect(found).to.deep.equal(strings.map((string) => [string, Buffer.from(string).toString('latin1')]));
        expect([packed.length, packed.bytes]).to.deep.equal([
          strings.length,
          strings.reduce((sum, { length }) => sum + length, 0),
        ]);
      }),
    );
  });
});
