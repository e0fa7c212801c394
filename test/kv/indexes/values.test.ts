import { expect } from 'chai';
import * as fc from 'fast-check';
import { raftkvpb } from '../../../src/gen/proto.js';
import { JSON_BYTES_MAX, JSON_DEPTH_MAX, VALUE_BYTES_MAX, VALUES_PER_KEY_MAX } from '../../../src/kv/indexes/bounds.js';
import { readDefinition, type IndexSpec } from '../../../src/kv/indexes/definition.js';
import { IndexedVersion, valuesOf } from '../../../src/kv/indexes/extraction.js';
import { decodeValue, encodeValue, type IndexValue } from '../../../src/kv/indexes/index-value.js';
import { decodePlace, placeOf } from '../../../src/kv/indexes/index-rows.js';

const { Type } = raftkvpb.IndexDefinition;
const bytes = (text: string): Buffer => Buffer.from(text);

function spec(definition: raftkvpb.IndexDefinition.$Properties): IndexSpec {
  const found = readDefinition({ name: 'i', key: bytes('k'), ...definition });
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** What an index takes from a version, decoded. */
function taken(
  definition: raftkvpb.IndexDefinition.$Properties,
  value: string | Uint8Array,
  key = 'k',
): readonly IndexValue[] {
  const checked = spec(definition);
  const values = valuesOf(checked, new IndexedVersion(bytes(key), Buffer.from(value as Uint8Array)));
  return values.map((one) => decodeValue(checked.type, one, 0).value);
}

describe('values of an index', () => {
  const kinds = [
    {
      type: Type.STRING,
      values: fc.string({ unit: 'binary', maxLength: 6 }),
      order: (a: string, b: string) => Buffer.compare(bytes(a), bytes(b)),
    },
    {
      type: Type.NUMBER,
      values: fc.double({ noNaN: true, noDefaultInfinity: true }),
      order: (a: number, b: number) => Math.sign(a - b),
    },
    {
      type: Type.BYTES,
      values: fc.uint8Array({ maxLength: 6, max: 3 }),
      order: (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b),
    },
    { type: Type.BOOLEAN, values: fc.boolean(), order: (a: boolean, b: boolean) => Number(a) - Number(b) },
  ] as const;

  for (const { type, values, order } of kinds) {
    it(`have the order of their encoding, also with a key behind them: ${Type[type]}`, () => {
      const keys = fc.uint8Array({ maxLength: 3, max: 2 });
      const any = values as fc.Arbitrary<IndexValue>;
      fc.assert(
        fc.property(any, any, keys, keys, (a, b, keyA, keyB) => {
          const place = (value: IndexValue, key: Uint8Array): Buffer => {
            const encoded = encodeValue(type, value);
            if (encoded === undefined) throw new Error(`no encoding of ${String(value)}`);
            const found = placeOf(7, encoded, key);
            const decoded = decodePlace(type, found);
            expect(Buffer.from(decoded.key).equals(key)).to.equal(true);
            if (value instanceof Uint8Array) expect(Buffer.compare(decoded.value as Uint8Array, value)).to.equal(0);
            else expect(decoded.value).to.equal(value === 0 ? 0 : value);
            return found;
          };
          const wanted = (order as (x: unknown, y: unknown) => number)(a, b) || Buffer.compare(keyA, keyB);
          expect(Math.sign(Buffer.compare(place(a, keyA), place(b, keyB)))).to.equal(Math.sign(wanted));
        }),
        { seed: Number(process.env['SEED'] ?? 3), numRuns: 500 },
      );
    });
  }

  it('come from the part of a document at a JSON pointer', () => {
    const json = (pointer: string): raftkvpb.IndexDefinition.$Properties => ({ source: { json: pointer } });
    expect(taken(json('/a/b'), '{"a":{"b":"x"}}')).to.deep.equal(['x']);
    expect(taken(json(''), '"x"')).to.deep.equal(['x']);
    expect(taken(json('/a~1b/~0'), '{"a/b":{"~":"x"}}')).to.deep.equal(['x']);
    expect(taken(json('/1'), '["x","y"]')).to.deep.equal(['y']);
    expect(taken(json('/__proto__/a'), '{"__proto__":{"a":"x"}}')).to.deep.equal(['x']);
    for (const pointer of ['/b', '/a/b', '/01', '/-', '/length', '/toString', '/constructor']) {
      expect(taken(json(pointer), '{"a":"x"}'), pointer).to.deep.equal([]);
      expect(taken(json(pointer), '["x","y"]'), pointer).to.deep.equal([]);
    }
    for (const text of ['', '{', 'x', '{"a":7}', '{"a":null}', '{"a":["x"]}', '{"a":"\\ud800"}']) {
      expect(taken(json('/a'), text), text).to.deep.equal([]);
    }
    expect(taken(json('/a'), Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]))).to.deep.equal([]);
  });

  it('are numbers, booleans and bytes of JSON, or of a text', () => {
    const at = (type: raftkvpb.IndexDefinition.Type): raftkvpb.IndexDefinition.$Properties => ({
      source: { json: '' },
      type,
    });
    const whole = (type: raftkvpb.IndexDefinition.Type): raftkvpb.IndexDefinition.$Properties => ({
      source: { wholeValue: true },
      type,
    });
    expect(taken(at(Type.NUMBER), '-0')).to.deep.equal([0]);
    expect(taken(at(Type.NUMBER), '1e999')).to.deep.equal([]);
    expect(taken(whole(Type.NUMBER), '-1.5e3')).to.deep.equal([-1500]);
    for (const text of ['', ' 1', '0x10', '+1', '01', '1.', 'Infinity'])
      expect(taken(whole(Type.NUMBER), text)).to.deep.equal([]);
    expect(taken(at(Type.BOOLEAN), 'true')).to.deep.equal([true]);
    expect(taken(whole(Type.BOOLEAN), 'false')).to.deep.equal([false]);
    expect(taken(whole(Type.BOOLEAN), 'False')).to.deep.equal([]);
    expect(taken(at(Type.BYTES), '"AP8="')).to.deep.equal([Buffer.from([0, 255])]);
    expect(taken(at(Type.BYTES), '"AP8"')).to.deep.equal([]);
    expect(taken(whole(Type.BYTES), Buffer.from([0, 255]))).to.deep.equal([Buffer.from([0, 255])]);
    expect(taken(whole(Type.STRING), Buffer.from([255]))).to.deep.equal([]);
  });

  it('come from a segment of the key', () => {
    const segment = (position: number): raftkvpb.IndexDefinition.$Properties => ({
      source: { keySegment: { prefix: bytes('u/'), separator: bytes('/'), position } },
    });
    expect(taken(segment(0), '', 'u/eu/17')).to.deep.equal(['eu']);
    expect(taken(segment(1), '', 'u/eu/17')).to.deep.equal(['17']);
    expect(taken(segment(1), '', 'u/eu/')).to.deep.equal(['']);
    expect(taken(segment(2), '', 'u/eu/17')).to.deep.equal([]);
    expect(taken(segment(0), '', 'v/eu')).to.deep.equal([]);
  });

  it('are several of an array, each once, without those of another type', () => {
    const tags = { source: { json: '' }, multiple: true };
    expect(taken(tags, '["b","a","b",7]')).to.deep.equal(['a', 'b']);
    expect(taken(tags, '"a"')).to.deep.equal(['a']);
    expect(taken(tags, '[]')).to.deep.equal([]);
  });

  it('are bounded: documents, depth, values and their number', () => {
    const tags = { source: { json: '' }, multiple: true };
    const document = (length: number): string => `["a"${' '.repeat(length - 5)}]`;
    expect(taken(tags, document(JSON_BYTES_MAX))).to.deep.equal(['a']);
    expect(taken(tags, document(JSON_BYTES_MAX + 1))).to.deep.equal([]);
    const deep = (depth: number): string => `["a",${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}]`;
    expect(taken(tags, deep(JSON_DEPTH_MAX))).to.deep.equal(['a']);
    expect(taken(tags, deep(JSON_DEPTH_MAX + 1))).to.deep.equal([]);
    expect(taken(tags, `["${'['.repeat(100)}\\""]`)).to.have.length(1);
    const values = (count: number): string => JSON.stringify(Array.from({ length: count }, (_, at) => `${at}`));
    expect(taken(tags, values(VALUES_PER_KEY_MAX))).to.have.length(VALUES_PER_KEY_MAX);
    expect(taken(tags, values(VALUES_PER_KEY_MAX + 1))).to.deep.equal([]);
    expect(taken(tags, JSON.stringify('é'.repeat(VALUE_BYTES_MAX / 2)))).to.have.length(1);
    expect(taken(tags, JSON.stringify(`a${'é'.repeat(VALUE_BYTES_MAX / 2)}`))).to.deep.equal([]);
  });
});

describe('a definition of an index', () => {
  const wrong = (change: raftkvpb.IndexDefinition.$Properties): string => {
    const found = readDefinition({ name: 'i', key: bytes('k'), source: { wholeValue: true }, ...change });
    return typeof found === 'string' ? found : 'valid';
  };

  it('is refused if it is not valid', () => {
    expect(wrong({})).to.equal('valid');
    expect(wrong({ name: '' })).to.match(/name/);
    expect(wrong({ name: 'a b' })).to.match(/name/);
    expect(wrong({ name: 'a'.repeat(129) })).to.match(/name/);
    expect(wrong({ key: bytes('') })).to.equal('a key is required');
    expect(wrong({ rangeEnd: bytes('a') })).to.equal('the range is empty');
    expect(wrong({ type: 9 as raftkvpb.IndexDefinition.Type })).to.equal('unknown type 9');
    expect(wrong({ rangeEnd: bytes('z'.repeat(4097)) })).to.match(/up to 4096 bytes/);
    expect(wrong({ source: {} })).to.equal('a source is required');
    expect(wrong({ source: { json: 'a' } })).to.match(/not a JSON pointer/);
    expect(wrong({ source: { json: '/~2' } })).to.match(/not a JSON pointer/);
    expect(wrong({ source: { json: `/${'a'.repeat(1024)}` } })).to.match(/up to 1024 bytes/);
    expect(wrong({ source: { keySegment: {} } })).to.equal('a separator is required');
    expect(wrong({ multiple: true })).to.match(/JSON pointer/);
  });
});
