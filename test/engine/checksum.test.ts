import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { Sealer, unseal } from '../../src/engine/checksum.js';

describe('the checksum of a stored value', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 6000 }),
    fc.constant(new Uint8Array(70_000).fill(7)),
  );
  const sealer = new Sealer();

  it('is the CRC-32 of key and value, whatever their lengths', () => {
    fc.assert(
      fc.property(bytes, bytes, (key, value) => {
        const sealed = Buffer.from(sealer.seal(key, value));
        const expected = Buffer.alloc(4);
        expected.writeUInt32LE(crc32(value, crc32(key)));
        expect(sealed.equals(Buffer.concat([value, expected]))).to.equal(true);
        expect(Buffer.from(unseal(key, sealed)).equals(value)).to.equal(true);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('fails where a bit of key or value differs', () => {
    const key = Buffer.from('key');
    const sealed = Buffer.from(sealer.seal(key, Buffer.from('value')));
    sealed[1] = (sealed[1] ?? 0) ^ 4;
    expect(() => unseal(key, sealed)).to.throw('fails its checksum');
    sealed[1] = (sealed[1] ?? 0) ^ 4;
    expect(() => unseal(Buffer.from('kez'), sealed)).to.throw('fails its checksum');
  });
});
