import { expect } from 'chai';
import * as fc from 'fast-check';
import { ConnectionError } from '../../../src/rpc/http2/errors.js';
import { HpackDecoder } from '../../../src/rpc/http2/hpack-decoder.js';
import { HpackEncoder, type OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import { huffmanDecode, huffmanEncode, huffmanLength } from '../../../src/rpc/http2/huffman.js';

const decoder = (tableBytesMax = 4096, listBytesMax = 65_536): HpackDecoder =>
  new HpackDecoder({ tableBytesMax, listBytesMax });

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

const fieldsIn = (hpack: HpackDecoder, block: string): string[] =>
  hpack.decode(hex(block)).fields.map(({ name, value }) => `${name}: ${value}`);

describe('the Huffman code of HPACK', () => {
  it('encodes the examples of RFC 7541, appendix C.4 and C.6', () => {
    const examples: [string, string][] = [
      ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
      ['no-cache', 'a8eb10649cbf'],
      ['custom-key', '25a849e95ba97d7f'],
      ['custom-value', '25a849e95bb8e8b4bf'],
      ['302', '6402'],
      ['private', 'aec3771a4b'],
      ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
      ['https://www.example.com', '9d29ad171863c78f0b97c8e9ae82ae43d3'],
    ];
    for (const [text, code] of examples) {
      const bytes = Buffer.alloc(huffmanLength(text));
      expect(huffmanEncode(text, bytes, 0), text).to.equal(bytes.length);
      expect(bytes.toString('hex'), text).to.equal(code);
      expect(huffmanDecode(bytes, 0, bytes.length), text).to.equal(text);
    }
  });

  it('decodes every text that it encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        const text = Buffer.from(raw).toString('latin1');
        const bytes = new Uint8Array(huffmanLength(text));
        huffmanEncode(text, bytes, 0);
        expect(huffmanDecode(bytes, 0, bytes.length)).to.equal(text);
      }),
    );
  });

  it('refuses EOS, padding of eight bits or more, and padding that is not ones (section 5.2)', () => {
    for (const bad of ['ffffffff', 'fffffffc', '1fff', '18', '00']) {
      const bytes = hex(bad);
      expect(huffmanDecode(bytes, 0, bytes.length), bad).to.equal(undefined);
    }
  });
});

describe('the decoder of HPACK', () => {
  it('decodes literals as in RFC 7541, appendix C.2', () => {
    expect(fieldsIn(decoder(), '400a637573746f6d2d6b65790d637573746f6d2d686561646572')).to.deep.equal([
      'custom-key: custom-header',
    ]);
    expect(fieldsIn(decoder(), '040c2f73616d706c652f70617468')).to.deep.equal([':path: /sample/path']);
    expect(fieldsIn(decoder(), '100870617373776f726406736563726574')).to.deep.equal(['password: secret']);
    expect(fieldsIn(decoder(), '82')).to.deep.equal([':method: GET']);
  });

  it('decodes consecutive requests with a dynamic table as in appendix C.4', () => {
    const hpack = decoder();
    expect(fieldsIn(hpack, '828684418cf1e3c2e5f23a6ba0ab90f4ff')).to.deep.equal([
      ':method: GET',
      ':scheme: http',
      ':path: /',
      ':authority: www.example.com',
    ]);
    expect(fieldsIn(hpack, '828684be5886a8eb10649cbf').slice(3)).to.deep.equal([
      ':authority: www.example.com',
      'cache-control: no-cache',
    ]);
    expect(fieldsIn(hpack, '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf').slice(2)).to.deep.equal([
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  it('evicts the oldest fields of a table of 256 bytes as in appendix C.6', () => {
    const hpack = decoder(256);
    const first =
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3';
    expect(fieldsIn(hpack, first)[0]).to.equal(':status: 302');
    expect(fieldsIn(hpack, '4883640effc1c0bf')).to.deep.equal([
      ':status: 307',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:21 GMT',
      'location: https://www.example.com',
    ]);
  });

  it('returns the same object for a block that repeats, until the dynamic table changes', () => {
    const hpack = decoder();
    const block = hex('828684');
    const list = hpack.decode(block);
    expect(hpack.decode(Buffer.from(block))).to.equal(list);
    hpack.decode(hex('400161016b'));
    expect(hpack.decode(block)).not.to.equal(list);
    expect(hpack.decode(block).fields).to.deep.equal(list.fields);
  });

  it('marks a list above the bound, and continues with the table intact', () => {
    const hpack = decoder(4096, 100);
    const large = `40016100${'4001620161'.repeat(4)}`;
    expect(hpack.decode(hex(large)).isTooLarge).to.equal(true);
    expect(fieldsIn(hpack, 'be')).to.deep.equal(['b: a']);
  });

  it('refuses blocks that are not valid with COMPRESSION_ERROR', () => {
    const bad: [string, string][] = [
      ['80', 'index 0 (section 6.1)'],
      ['be', 'an index without a field'],
      ['ffffffffffffff7f', 'an integer that is too large (section 5.1)'],
      ['ff', 'a block that ends in an integer'],
      ['400a61', 'a text that ends after its block'],
      ['4081ff0161', 'a text that is not in the Huffman code'],
      ['3fe21f', 'a table above the announced size (section 6.3)'],
      ['8220', 'a change of the table after a field (section 4.2)'],
    ];
    for (const [block, what] of bad) {
      expect(() => decoder().decode(hex(block)), what).to.throw(ConnectionError);
    }
  });

  it('throws no error but COMPRESSION_ERROR, whatever the bytes', () => {
    const hpack = decoder();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          hpack.decode(Buffer.from(bytes));
        } catch (error) {
          expect(error).to.be.instanceOf(ConnectionError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the encoder of HPACK', () => {
  it('is understood by the decoder, whatever the fields, lists that repeat and sizes of the table', () => {
    const text = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    const field = fc.record({
      name: fc.constantFrom('content-type', ':status', 'grpc-status', 'x-own', 'grpc-message'),
      value: fc.oneof(text, fc.constantFrom('200', '0', 'application/grpc')),
      repeats: fc.boolean(),
    });
    const lists = fc.array(fc.array(field, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
    const step = fc.oneof(
      fc.record({ list: fc.nat(3) }),
      fc.record({ allow: fc.constantFrom(0, 64, 200, 4096, 100_000) }),
    );
    fc.assert(
      fc.property(lists, fc.array(step, { maxLength: 30 }), (all, steps) => {
        const encoder = new HpackEncoder();
        const hpack = decoder();
        for (const one of steps) {
          if ('allow' in one) {
            encoder.allowTable(one.allow);
            continue;
          }
          const fields: readonly OutgoingField[] = all[one.list % all.length] ?? [];
          const decoded = hpack.decode(Buffer.from(encoder.encode(fields))).fields;
          expect(decoded.map(({ name, value }) => [name, value])).to.deep.equal(
            fields.map(({ name, value }) => [name, value]),
          );
        }
      }),
    );
  });

  it('encodes a repeated field as one byte from the second time on', () => {
    const encoder = new HpackEncoder();
    const fields = [
      { name: ':status', value: '200' },
      { name: 'content-type', value: 'application/grpc', repeats: true },
    ];
    expect(encoder.encode(fields).length).to.be.above(10);
    expect(encoder.encode(fields).length).to.equal(2);
  });
});
