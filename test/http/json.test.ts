import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../src/gen/proto.js';
import { fromJson } from '../../src/http/json/from-json.js';
import { JsonElementsError } from '../../src/http/json/json-error.js';
import { JsonReader } from '../../src/http/json/json-reader.js';
import { JsonScanner } from '../../src/http/json/json-scanner.js';
import type { JsonValue } from '../../src/http/json/json-text.js';
import { toJson } from '../../src/http/json/to-json.js';
import { Schema } from '../../src/schema/schema.js';

const { RangeRequest, TxnRequest, PutRequest, RangeResponse, TxnResponse, MemberListResponse, ResponseHeader } =
  etcdserverpb;
const { MemberAddRequest, WatchCreateRequest, StatusResponse } = etcdserverpb;

const schema = Schema.load();

function parse(type: string, json: string | Buffer, pieceBytes = Infinity): Uint8Array {
  const reader = new JsonReader(Infinity);
  const bytes = Buffer.from(json);
  for (let at = 0; at < bytes.length && !reader.complete; at += pieceBytes)
    reader.take(bytes.subarray(at, at + pieceBytes));
  if (!reader.end()) return Buffer.alloc(0);
  return encode(type, reader.value());
}

function encode(type: string, value: JsonValue): Uint8Array {
  const steps = fromJson(schema.message(`etcdserverpb.${type}`), value);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function print(type: string, bytes: Uint8Array): string {
  let text = '';
  toJson(schema.message(`etcdserverpb.${type}`), bytes, (part) => (text += part));
  return text;
}

const b = (text: string): Uint8Array => Buffer.from(text);

describe('JSON of messages', () => {
  describe('read', () => {
    const same = (type: string, json: string, expected: Uint8Array): void => {
      expect(Buffer.from(parse(type, json)).toString('hex'), json).to.equal(Buffer.from(expected).toString('hex'));
    };

    const sameInPieces = (type: string, json: string, expected: Uint8Array, size: number): void => {
      expect(Buffer.from(parse(type, json, size)).toString('hex'), `pieces of ${size}`).to.equal(
        Buffer.from(expected).toString('hex'),
      );
    };

    it('takes base64 of either alphabet, padded or not, and numbers plain or quoted', () => {
      const bytes = RangeRequest.encode({ key: Buffer.from([0xfb, 0xff]), limit: 7 }).finish();
      for (const key of ['+/8=', '-_8=', '+/8', '-_8', '+/8=\\n', '\\u002b/8=']) {
        for (const limit of ['7', '"7"', '" 7 "', '"\\u0037"'])
          same('RangeRequest', `{"key":"${key}","limit":${limit}}`, bytes);
      }
    });

    it('takes both names of a field, and prefers the camel-case one', () => {
      same('RangeRequest', '{"keysOnly":true}', RangeRequest.encode({ keysOnly: true }).finish());
      same('RangeRequest', '{"keys_only":true}', RangeRequest.encode({ keysOnly: true }).finish());
      same('RangeRequest', '{"keysOnly":true,"keys_only":false}', RangeRequest.encode({ keysOnly: true }).finish());
      same('RangeRequest', '{"keys_only":false,"keysOnly":true}', RangeRequest.encode({ keysOnly: true }).finish());
    });

    it('takes enums by name and by number, also unknown numbers', () => {
      const { DESCEND } = RangeRequest.SortOrder;
      for (const order of ['"DESCEND"', '2']) {
        same('RangeRequest', `{"sort_order":${order}}`, RangeRequest.encode({ sortOrder: DESCEND }).finish());
      }
      same('RangeRequest', '{"sortOrder":77}', RangeRequest.encode({ sortOrder: 77 as never }).finish());
      const filters = [WatchCreateRequest.FilterType.NOPUT, WatchCreateRequest.FilterType.NODELETE];
      const bytes = parse('WatchCreateRequest', '{"filters":["NOPUT",1]}');
      expect(WatchCreateRequest.decode(bytes).filters).to.deep.equal(filters);
    });

    it('keeps all 64 bits of integers', () => {
      for (const lease of ['7587862072907233001', '"7587862072907233001"', '-7587862072907233001']) {
        const bytes = parse('PutRequest', `{"lease":${lease}}`);
        expect(print('PutRequest', bytes)).to.equal(`{"lease":"${lease.replaceAll('"', '')}"}`);
      }
      const id = parse('MoveLeaderRequest', '{"targetID":18446744073709551615}');
      expect(print('MoveLeaderRequest', id)).to.equal('{"targetID":"18446744073709551615"}');
    });

    it('takes and prints doubles, and refuses those without a value', () => {
      for (const number of ['0', '-1.5', '1e-7', '1.7976931348623157e+308']) {
        const json = `{"index_compare":[{"value":{"number_value":${number}}}]}`;
        expect(print('TxnRequest', parse('TxnRequest', json))).to.equal(json);
      }
      expect(() => parse('TxnRequest', '{"index_compare":[{"value":{"number_value":1e999}}]}')).to.throw(
        /number 1e999/,
      );
      expect(() => parse('TxnRequest', '{"index_compare":[{"value":{"number_value":"1"}}]}')).to.throw(/float64/);
    });

    // A nested value was scanned again for each message around it: two megabytes blocked a member for five seconds, and
    // it lost its leadership.
    it('scans a nested value once, however deep it is', () => {
      const strings = 5_000;
      const inner = `{"unknown":[${'"",'.repeat(strings)}0]}`;
      const depth = 40;
      const reader = new JsonReader(Infinity);
      reader.take(Buffer.from('{"success":[{"request_txn":'.repeat(depth) + inner + '}]}'.repeat(depth)));
      const value = reader.value();
      let searches = 0;
      value.bytes.indexOf = (code: string | number | Uint8Array, from) => {
        searches += 1;
        return Buffer.prototype.indexOf.call(value.bytes, code, from);
      };
      encode('TxnRequest', value);
      expect(searches).to.be.within(depth, strings);
    });

    it('reads the same message from any pieces', () => {
      const json =
        '  {"compare":[{"key":"YQ==","target":"VALUE","value":"\\u0059Q=="},{"version":"-7"}],"success":[{}, {"request_put":{"key":"Yg"}}]} x';
      const whole = parse('TxnRequest', json);
      expect(TxnRequest.decode(whole).compare).to.have.length(2);
      for (const size of [1, 2, 3, 7, 50]) sameInPieces('TxnRequest', json, whole, size);
    });

    it('decodes long base64 as it does short base64, and reports the same errors', () => {
      const bytes = Buffer.alloc(300_001, 'base64 in steps');
      for (const encoding of ['base64', 'base64url'] as const) {
        const message = PutRequest.encode({ value: bytes }).finish();
        same('PutRequest', `{"value":"${bytes.toString(encoding)}"}`, message);
        const lines = bytes.toString(encoding).replace(/.{76}/g, '$&\\n');
        same('PutRequest', `{"value":"${lines}"}`, message);
      }
      const text = bytes.toString('base64');
      const bad = `${text.slice(0, 200_000)}!${text.slice(200_001)}`;
      expect(() => parse('PutRequest', `{"value":"${bad}"}`)).to.throw('illegal base64 data at input byte 200000');
      expect(() => parse('PutRequest', `{"value":"${text}="}`)).to.throw('illegal base64 data at input byte');
    });

    // Escapes of one string of 4 MB were resolved in one go, and each quote in it was searched for: up to 80 ms.
    it('reads long strings as short ones: escapes, characters beyond the basic plane, bytes that are not UTF-8', () => {
      const escapes = String.raw`\" \\ \/ \b \f \n \r \t \u0041 \u00e9 \u20AC é€😀 \\\" \\\\`;
      const surrogates = String.raw`\ud83d\ude00 \ud800 \udc00 \ud800\ud83d\ude00 \ud800\u0041 \ud800`;
      const invalid = Buffer.from([0xff, 0x20, 0xe2, 0x82, 0x20, 0xed, 0xa0, 0x80, 0x20]);
      const unit = Buffer.concat([Buffer.from(escapes), Buffer.from(surrogates), invalid]);
      const content = (raw: Buffer): string => {
        const text = JSON.parse(`"${raw.toString()}"`) as string;
        return text.replace(/\p{Surrogate}/gu, '\ufffd');
      };
      for (const count of [1, 300, 3_000]) {
        const raw = Buffer.concat(Array.from({ length: count }, () => unit));
        const json = Buffer.concat([Buffer.from('{"peerURLs":["a","'), raw, Buffer.from('"],"isLearner":true}')]);
        const { peerURLs, isLearner } = MemberAddRequest.decode(parse('MemberAddRequest', json));
        expect(isLearner).to.equal(true);
        expect(peerURLs[1] === content(raw), `${count} times`).to.equal(true);
      }
    });

    it('passes over long strings, numbers and keys that it does not need', () => {
      const quotes = String.raw`\"`.repeat(3_000);
      const strings = [quotes, String.raw`\\`.repeat(4_000), 'x'.repeat(1_021), 'x'.repeat(1_022), 'x'.repeat(1_023)];
      const numbers = ['7'.repeat(3_000), '8'.repeat(1_024), '8'.repeat(1_025)];
      const items = [...strings.map((text) => `"${text}"`), ...numbers, '""'].join(' ,  ');
      const json = `{"unknown": [ ${items} ], "${quotes}" : ${'9'.repeat(2_000)} , "key":"YQ==", "x":"${quotes}"}`;
      const expected = PutRequest.encode({ key: b('a') }).finish();
      for (const size of [100, 1_025, 1e6]) sameInPieces('PutRequest', json, expected, size);
    });

    it('finds the first bad character of long base64, however it is sent', () => {
      const text = Buffer.alloc(90_000, 'base64').toString('base64');
      for (const index of [0, 5, 32_768, 40_001, 119_998])
        for (const bad of ['!', '=', String.raw`\u0021`, 'é']) {
          const lines = `${text.slice(0, index)} ${text.slice(index + 1)}`.replace(/.{76}/g, String.raw`$&\n`);
          // Padding is good until something follows it.
          const badAt = bad === '=' ? index + 1 : index;
          expect(() => parse('PutRequest', `{"value":"${lines.replace(' ', bad)}"}`), `${bad} at ${index}`).to.throw(
            `illegal base64 data at input byte ${badAt}`,
          );
        }
    });

    it('shortens the part of a request that an error quotes', () => {
      const digits = '9'.repeat(100_000);
      expect(() => parse('RangeRequest', `{"limit":${digits}}`)).to.throw(
        /^json: cannot unmarshal number 9{256}\.\.\. into/,
      );
      expect(() => parse('RangeRequest', `{"limit":"${digits}"}`)).to.throw(
        'json: cannot unmarshal string into Go value of type int64',
      );
    });

    it('stops at the first element over the bound, whatever follows', () => {
      const take = (json: string): number => new JsonReader(3).take(Buffer.from(json));
      expect(take('{"compare":[{},{}]}')).to.equal(19);
      for (const json of ['{"compare":[{},{},{}', '[1,2,3,4', '[[[[[', '{"a":1,"b":2,"c":3,"d":"'])
        expect(() => take(json), json).to.throw(JsonElementsError);
    });

    it('treats null as absent, skips unknown fields, and takes the last of duplicates', () => {
      same('PutRequest', '{"key":null,"lease":null,"foo":[1,{"x":"\\"}"}],"prev_kv":null}', Buffer.alloc(0));
      same('PutRequest', '{"key":"YQ==","key":"Yg=="}', PutRequest.encode({ key: b('b') }).finish());
      same('PutRequest', ' {\t"key" :\r\n"Yg==" , "value":"" } ', PutRequest.encode({ key: b('b') }).finish());
      same('TxnRequest', '{"success":[{"request_put":null}]}', TxnRequest.encode({ success: [{}] }).finish());
      same('TxnRequest', '{"compare":[null]}', TxnRequest.encode({ compare: [{}] }).finish());
      same('TxnRequest', 'null', Buffer.alloc(0));
    });

    it('keeps the default value of a oneof, which says which member is set', () => {
      const bytes = parse('Compare', '{"target":"CREATE","createRevision":"0"}');
      expect(print('Compare', bytes)).to.equal('{"target":"CREATE","create_revision":"0"}');
    });

    // The errors of etcd 3.4 for the same texts.
    for (const [json, message] of [
      ['x', `invalid character 'x' looking for beginning of value`],
      ['{"key":"YQ=="', 'unexpected EOF'],
      ['[1', 'unexpected EOF'],
      ['{"key":"YQ==",}', `invalid character '}' looking for beginning of object key string`],
      ['{"key" "YQ=="}', `invalid character '"' after object key`],
      ["{'key'}", `invalid character '\\'' looking for beginning of object key string`],
      ['{"limit":01}', `invalid character '1' after object key:value pair`],
      ['{"key":"YQ\\x"}', `invalid character 'x' in string escape code`],
      ['{"limit":-}', `invalid character '}' in numeric literal`],
      ['{"limit":1.}', `invalid character '}' after decimal point in numeric literal`],
      ['{"limit":1e}', `invalid character '}' in exponent of numeric literal`],
      ['{"key":tru}', `invalid character '}' in literal true (expecting 'e')`],
      ['{"key":"\\u00zz"}', `invalid character 'z' in \\u hexadecimal character escape`],
      ['{"key":"\u0001"}', `invalid character '\\x01' in string literal`],
      [Buffer.from([0xff]), `invalid character 'ÿ' looking for beginning of value`],
      ['[]', 'json: cannot unmarshal array into Go value of type map[string]json.RawMessage'],
      ['"x"', 'json: cannot unmarshal string into Go value of type map[string]json.RawMessage'],
      ['1', 'json: cannot unmarshal number into Go value of type map[string]json.RawMessage'],
      ['true', 'json: cannot unmarshal bool into Go value of type map[string]json.RawMessage'],
      ['{"key":1}', 'json: cannot unmarshal number into Go value of type []uint8'],
      ['{"key":{"a":[{"x":[[[1]]]}]}}', 'json: cannot unmarshal object into Go value of type []uint8'],
      ['{"key":"a"}', 'illegal base64 data at input byte 0'],
      ['{"key":"Y Q=="}', 'illegal base64 data at input byte 1'],
      ['{"key":"YQ==YQ=="}', 'illegal base64 data at input byte 4'],
      ['{"limit":"x"}', `invalid character 'x' looking for beginning of value`],
      ['{"limit":""}', 'unexpected end of JSON input'],
      ['{"limit":"01"}', `invalid character '1' after top-level value`],
      ['{"limit":"-"}', `invalid character ' ' in numeric literal`],
      ['{"limit":"1 2"}', `invalid character '2' after top-level value`],
      ['{"limit":"true"}', 'json: cannot unmarshal bool into Go value of type int64'],
      ['{"limit":1.5}', 'json: cannot unmarshal number 1.5 into Go value of type int64'],
      ['{"limit":"1e3"}', 'json: cannot unmarshal number 1e3 into Go value of type int64'],
      [
        '{"limit":9223372036854775808}',
        'json: cannot unmarshal number 9223372036854775808 into Go value of type int64',
      ],
      ['{"limit":{}}', 'json: cannot unmarshal object into Go value of type int64'],
      ['{"serializable":"true"}', 'json: cannot unmarshal string into Go value of type bool'],
      ['{"sort_order":"X"}', 'unknown value "X" for enum etcdserverpb.RangeRequest_SortOrder'],
      ['{"sort_order":"2"}', 'unknown value "2" for enum etcdserverpb.RangeRequest_SortOrder'],
      [
        '{"sort_order":1.5}',
        'json: cannot unmarshal number 1.5 into Go value of type etcdserverpb.RangeRequest_SortOrder',
      ],
      ['{"sort_order":true}', 'json: cannot unmarshal bool into Go value of type etcdserverpb.RangeRequest_SortOrder'],
      // The field that comes first in the .proto file.
      ['{"sort_order":true,"key":1}', 'json: cannot unmarshal number into Go value of type []uint8'],
      // Syntax errors come first.
      ['{"key":1,"limit":x}', `invalid character 'x' looking for beginning of value`],
    ] as const) {
      it(`reports the error in ${JSON.stringify(json.toString())}`, () => {
        expect(() => parse('RangeRequest', json)).to.throw(message);
        expect(() => parse('RangeRequest', json))
          .to.throw()
          .with.property('message', message);
      });
    }

    it('refuses repeated fields that are not arrays, and negative unsigned numbers', () => {
      expect(() => parse('TxnRequest', '{"compare":{}}')).to.throw('object into Go value of type []json.RawMessage');
      expect(() => parse('MemberAddRequest', '{"peerURLs":[1]}')).to.throw('number into Go value of type string');
      expect(() => parse('MoveLeaderRequest', '{"targetID":-1}')).to.throw('number -1 into Go value of type uint64');
    });

    it('bounds the depth of messages and of skipped values', () => {
      const nest = (levels: number): string =>
        '{"success":[{"request_txn":'.repeat(levels) + '{}' + '}]}'.repeat(levels);
      expect(parse('TxnRequest', nest(49)).length).to.be.greaterThan(0);
      expect(() => parse('TxnRequest', nest(60))).to.throw('exceeded max depth');
      expect(() => parse('TxnRequest', nest(5000))).to.throw('exceeded max depth');
      expect(parse('TxnRequest', `{"x":${'['.repeat(9_000)}${']'.repeat(9_000)}}`).length).to.equal(0);
      expect(() => parse('TxnRequest', '['.repeat(100_000))).to.throw('exceeded max depth');
    });
  });

  describe('printed', () => {
    it('has the names and the order of the .proto file, 64-bit numbers in quotes, and no defaults', () => {
      const bytes = RangeResponse.encode({
        header: { clusterId: 3, revision: 5, raftTerm: 2 },
        kvs: [{ key: b('a'), createRevision: 2, modRevision: 3, version: 1, value: b('<&>') }, { key: b('b') }],
        more: true,
        count: 2,
      }).finish();
      expect(print('RangeResponse', bytes)).to.equal(
        '{"header":{"cluster_id":"3","revision":"5","raft_term":"2"},"kvs":[{"key":"YQ==","create_revision":"2",' +
          '"mod_revision":"3","version":"1","value":"PCY+"},{"key":"Yg=="}],"more":true,"count":"2"}',
      );
    });

    it('prints empty messages, but not empty lists', () => {
      const bytes = TxnResponse.encode({ responses: [{ responsePut: { header: {} } }, {}], succeeded: false }).finish();
      expect(print('TxnResponse', bytes)).to.equal('{"responses":[{"response_put":{"header":{}}},{}]}');
      expect(print('RangeResponse', Buffer.alloc(0))).to.equal('{}');
    });

    it('prints optional fields that are set, also to 0', () => {
      const bytes = ResponseHeader.encode({ revision: 1, knownLeader: false, stalenessMs: 0 }).finish();
      expect(print('ResponseHeader', bytes)).to.equal('{"revision":"1","known_leader":false,"staleness_ms":"0"}');
    });

    it('escapes strings as Go does, safe within HTML', () => {
      const bytes = MemberListResponse.encode({ members: [{ name: '<&>\b\f\n"\\\u2028é\u007f' }] }).finish();
      expect(print('MemberListResponse', bytes)).to.equal(
        '{"members":[{"name":"\\u003c\\u0026\\u003e\\u0008\\u000c\\n\\"\\\\\\u2028é\u007f"}]}',
      );
    });

    it('prints unknown enum values as numbers, and lists as lists', () => {
      expect(print('RangeRequest', RangeRequest.encode({ sortOrder: 9 as never }).finish())).to.equal(
        '{"sort_order":9}',
      );
      const bytes = StatusResponse.encode({ errors: ['a', ''] }).finish();
      expect(print('StatusResponse', bytes)).to.equal('{"errors":["a",""]}');
    });

    it('merges messages in parts, takes the last of duplicates, and skips unknown fields', () => {
      const twice = Buffer.concat([
        PutRequest.encode({ key: b('a'), lease: 1 }).finish(),
        Buffer.from([0xf8, 0x3f, 1]),
        PutRequest.encode({ key: b('b') }).finish(),
      ]);
      expect(print('PutRequest', twice)).to.equal('{"key":"Yg==","lease":"1"}');
      const header = (fields: object) => RangeResponse.encode({ header: fields }).finish();
      const parts = Buffer.concat([header({ revision: 4 }), header({ raftTerm: 2 })]);
      expect(print('RangeResponse', parts)).to.equal('{"header":{"revision":"4","raft_term":"2"}}');
    });

    it('throws on bytes that are not a message', () => {
      expect(() => print('PutRequest', Buffer.from([0x0a, 200]))).to.throw();
    });
  });

  it('is the same message again, whatever was in it', () => {
    const bytes = fc.uint8Array({ maxLength: 8 });
    const integers = fc.oneof(fc.constant(0), fc.maxSafeInteger());
    const request = fc.record({
      key: bytes,
      rangeEnd: bytes,
      limit: integers,
      revision: integers,
      sortOrder: fc.nat(2),
      serializable: fc.boolean(),
    });
    const compare = fc.record({ key: bytes, result: fc.nat(3), target: fc.nat(4), modRevision: integers });
    const txn = fc.record({
      compare: fc.array(compare, { maxLength: 3 }),
      success: fc.array(fc.record({ requestRange: request }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(txn, (fields) => {
        const encoded = TxnRequest.encode(fields).finish();
        const text = print('TxnRequest', encoded);
        expect(JSON.parse(text)).to.be.an('object');
        expect(print('TxnRequest', parse('TxnRequest', text))).to.equal(text);
        // Other parsers see the same.
        expect(TxnRequest.decode(parse('TxnRequest', text))).to.deep.equal(TxnRequest.decode(encoded));
      }),
    );
  });
});

describe('the scanner', () => {
  /** Feeds the text in pieces. @returns the end of the value, or the error */
  function scan(text: Buffer, pieceBytes: number): number | string {
    const scanner = new JsonScanner();
    try {
      for (let from = 0; from < text.length; from += pieceBytes) {
        const end = scanner.scan(text.subarray(from, from + pieceBytes), 0);
        if (end !== undefined) return from + end;
      }
      return scanner.end() ? text.length : 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  }

  it('finds the end of a value, and ignores the rest', () => {
    for (const [text, end] of [
      ['{}x', 2],
      [' {"a":"}"} {', 10],
      ['[1,[2],{"a":[]}]]', 16],
      ['"a\\"b"c', 6],
      ['12}', 2],
      ['1e5l', 3],
      ['0"', 1],
      ['-0.5E+3 ', 7],
      ['true1', 4],
      ['null', 4],
      ['  ', 'nothing'],
    ] as const) {
      for (const piece of [1, 2, 100]) expect(scan(Buffer.from(text), piece), text).to.equal(end);
    }
  });

  it('agrees with JSON.parse on any text, in any pieces', () => {
    const alphabet = fc.constantFrom(...'{}[],:"\\ 01-.eEtrufalsn+\u0001é'.split(''));
    const broken = fc.string({ unit: alphabet, maxLength: 12 });
    const whole = fc.json();
    const damaged = fc
      .tuple(whole, fc.nat(), alphabet)
      .map(([json, at, char]) => json.slice(0, at % json.length) + char + json.slice((at % json.length) + 1));
    fc.assert(
      fc.property(fc.oneof(broken, whole, damaged), fc.integer({ min: 1, max: 5 }), (text, piece) => {
        const bytes = Buffer.from(text);
        const found = scan(bytes, bytes.length + 1);
        expect(scan(bytes, piece)).to.equal(found);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const ours = typeof found === 'number' && bytes.toString('utf8', found).trim() === '';
        expect(ours, `${text} ${found}`).to.equal(valid);
      }),
      { numRuns: 2000 },
    );
  });
});
