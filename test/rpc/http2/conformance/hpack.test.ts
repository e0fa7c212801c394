import { expect } from 'chai';
import { HpackDecoder } from '../../../../src/rpc/http2/hpack-decoder.js';
import { HpackEncoder } from '../../../../src/rpc/http2/hpack-encoder.js';

const decoder = (tableBytesMax = 4096): HpackDecoder => new HpackDecoder({ tableBytesMax, listBytesMax: 65_536 });

const read = (hpack: HpackDecoder, hex: string): string[] => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return hpack.decode(bytes, 0, bytes.length).fields.map(({ name, value }) => `${name}: ${value}`);
};

/** Literals with indexing of one letter each: an entry of 34 bytes. */
const AB = '40 01 61 01 62';
const CD = '40 01 63 01 64';
const EF = '40 01 65 01 66';

describe('HPACK, by the rules of RFC 7541,', () => {
  it('section 2.3.3: indexes go through the static table, then from the newest entry to the oldest', () => {
    const hpack = decoder();
    read(hpack, AB + CD);
    expect(read(hpack, '82 bd be bf')).to.deep.equal([':method: GET', 'www-authenticate: ', 'c: d', 'a: b']);
    expect(() => read(hpack, 'c0')).to.throw('an index without a field');
  });

  it('section 3.2: fields keep their order, and a field may come twice', () => {
    expect(read(decoder(), AB + AB + CD + 'be bf c0')).to.deep.equal(['a: b', 'a: b', 'c: d', 'c: d', 'a: b', 'a: b']);
  });

  it('section 4.1: an entry takes its name, its value and 32 bytes', () => {
    // A table of 68 bytes holds two entries of 34.
    const exact = decoder(68);
    read(exact, AB + CD);
    expect(read(exact, 'be bf')).to.deep.equal(['c: d', 'a: b']);
    // One of 67 holds one.
    const small = decoder(67);
    read(small, AB + CD);
    expect(read(small, 'be')).to.deep.equal(['c: d']);
    expect(() => read(small, 'bf')).to.throw('an index without a field');
  });

  it('section 4.3: a smaller table evicts the oldest entries', () => {
    const hpack = decoder();
    read(hpack, AB + CD + EF);
    // 68 bytes.
    expect(read(hpack, '3f 25 be bf')).to.deep.equal(['e: f', 'c: d']);
    expect(() => read(hpack, 'c0')).to.throw('an index without a field');
    // 0, and the full size again: everything is gone.
    expect(() => read(hpack, '20 3f e1 1f be')).to.throw('an index without a field');
  });

  it('section 4.4: a field may take its name from an entry that it evicts', () => {
    const hpack = decoder(40);
    read(hpack, AB);
    expect(read(hpack, '7e 01 7a')).to.deep.equal(['a: z']);
    expect(read(hpack, 'be')).to.deep.equal(['a: z']);
  });

  it('section 4.4: an entry larger than the table empties it, without an error', () => {
    const hpack = decoder(60);
    read(hpack, AB);
    const long = `40 01 61 1e ${'62'.repeat(30)}`;
    expect(read(hpack, long)).to.deep.equal([`a: ${'b'.repeat(30)}`]);
    expect(() => read(hpack, 'be')).to.throw('an index without a field');
  });

  it('section 5.1: integers take as many bytes as they need, also for a value at the end of the prefix', () => {
    const name = 'a'.repeat(127);
    expect(read(decoder(), `00 7f 00 ${'61'.repeat(127)} 00`)).to.deep.equal([`${name}: `]);
    const long = 127 + 0x1a + 10 * 128;
    expect(read(decoder(), `00 7f 9a 0a ${'61'.repeat(long)} 00`)).to.deep.equal([`${'a'.repeat(long)}: `]);
  });

  it('section 6.2: a literal without indexing, and one never indexed, leave the table alone', () => {
    const hpack = decoder();
    expect(read(hpack, '00 01 61 01 62 10 01 63 01 64')).to.deep.equal(['a: b', 'c: d']);
    expect(() => read(hpack, 'be')).to.throw('an index without a field');
  });

  it('section 6.3: the largest table is what was announced', () => {
    expect(read(decoder(), '3f e1 1f 82')).to.deep.equal([':method: GET']);
    expect(() => read(decoder(), '3f e2 1f 82')).to.throw('a bad size of the dynamic table');
  });

  it('section 4.2: the encoder never exceeds the size that the receiver allows', () => {
    const encoder = new HpackEncoder();
    encoder.allowTable(68);
    const hpack = decoder(68);
    for (const name of ['a', 'c', 'e', 'c', 'a']) {
      const block = Buffer.from(encoder.encode([{ name, value: 'x', repeats: true }]));
      expect(hpack.decode(block, 0, block.length).fields).to.deep.equal([{ name, value: 'x' }]);
    }
  });
});
