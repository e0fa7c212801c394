import { raftkvpb } from '../../../src/gen/proto.js';
import { VALUES_PER_KEY_MAX } from '../../../src/kv/indexes/bounds.js';
import { readDefinition } from '../../../src/kv/indexes/definition.js';
import { IndexedVersion, valuesOf } from '../../../src/kv/indexes/extraction.js';
import { decodePlace, placeOf } from '../../../src/kv/indexes/index-rows.js';
import { NO_COUNTS, type Index } from '../../../src/kv/indexes/index-table.js';
import { encodeValue } from '../../../src/kv/indexes/index-value.js';
import { originOf, pageToken, placesOf, readPageToken, restOf } from '../../../src/kv/indexes/query-range.js';
import { defined } from '../../../src/util/assert.js';
import { compareBytes } from '../../../src/util/bytes.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';

const INPUTS = 60;
const KEY = Buffer.from('u/a/b');
const VALUES = ['{"a":["x","y",1,true]}', '{"a":{"b":-1.5e3}}', '"AAEC"', 'true', '17', '[[["\\ud83d"]]]'].map((text) =>
  Buffer.from(text),
);

function oneOf<T>(random: Random, values: readonly T[]): T {
  return defined(values[randomInteger(random, 0, values.length)], 'a value');
}

function definitions(): readonly raftkvpb.IndexDefinition.$Properties[] {
  const sources: readonly raftkvpb.IndexSource.$Properties[] = [
    { json: '/a' },
    { json: '' },
    { json: '/a/b' },
    { keySegment: { prefix: Buffer.from('u/'), separator: Buffer.from('/'), position: 1 } },
    { wholeValue: true },
  ];
  return sources.map((source) => ({ name: 'i', key: Buffer.from('u/'), source }));
}

/** Values of indexes: whatever a key holds, each value is stored so that it is read as itself. */
export function indexedValues(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < INPUTS; count += 1) {
    const made = oneOf(random, definitions());
    const type = randomInteger(random, 0, 4);
    const multiple = made.source?.json !== undefined && randomInteger(random, 0, 2) === 0;
    const spec = readDefinition({ ...made, type, multiple });
    if (typeof spec === 'string') throw new Error(spec);
    trial.feed(mutated(random, oneOf(random, VALUES), VALUES), (bytes) => {
      const found = valuesOf(spec, new IndexedVersion(KEY, bytes));
      check(found.length <= (multiple ? VALUES_PER_KEY_MAX : 1), 'too many values');
      for (const encoded of found) {
        const { value, key } = decodePlace(spec.type, placeOf(1, encoded, KEY));
        check(encodeValue(spec.type, value)?.equals(encoded) === true, 'another value');
        check(KEY.equals(key), 'another key');
      }
    });
  }
}

/** Definitions: one that is accepted stays the same when it is stored and read again. */
export function indexDefinitions(trial: Trial): void {
  const { random } = trial;
  const encoded = definitions().map((one) => Buffer.from(raftkvpb.IndexDefinition.encode(one).finish()));
  for (let count = 0; count < INPUTS; count += 1) {
    trial.feed(mutated(random, oneOf(random, encoded), encoded), (bytes) => {
      let decoded: raftkvpb.IndexDefinition;
      try {
        decoded = raftkvpb.IndexDefinition.decode(bytes);
      } catch (error) {
        return check(error instanceof Error, String(error));
      }
      const spec = readDefinition(decoded);
      if (typeof spec === 'string') return;
      const stored = raftkvpb.IndexDefinition.encode(spec.definition).finish();
      const again = readDefinition(raftkvpb.IndexDefinition.decode(stored));
      check(typeof again !== 'string', 'refused when it is read again');
      if (typeof again === 'string') return;
      check(Buffer.from(stored).equals(raftkvpb.IndexDefinition.encode(again.definition).finish()), 'another one');
    });
  }
}

/** Page tokens: one that is accepted begins a page inside the places of its query, at its revision. */
export function pageTokens(trial: Trial): void {
  const { random } = trial;
  const spec = readDefinition({ name: 'i', key: KEY, source: { wholeValue: true } });
  if (typeof spec === 'string') throw new Error(spec);
  const index: Index = { id: 7, spec, state: { kind: 'ready', revision: 1 }, counts: NO_COUNTS };
  const query = { index: 'i', prefix: { stringValue: 'x' } };
  const range = placesOf(index, query);
  if ('kind' in range) throw new Error(range.kind);
  const places = ['x', 'xy', 'x\0z'].map((value) => {
    const encoded = defined(encodeValue(spec.type, value), 'a value of its type');
    return Buffer.from(pageToken(index, query, { revision: 9, after: placeOf(index.id, encoded, KEY) }));
  });
  for (let count = 0; count < INPUTS; count += 1) {
    trial.feed(mutated(random, oneOf(random, places), places), (bytes) => {
      const origin = originOf(bytes);
      const start = readPageToken(index, { ...query, pageToken: bytes }, range);
      if ('kind' in start) return;
      check(bytes.length === 0 || origin?.revision === start.revision, 'another revision');
      check(bytes.length === 0 || origin?.id === index.id, 'another index');
      if (start.after === undefined) return;
      for (const reverse of [false, true]) {
        const { gte, lt } = restOf(range, start.after, reverse);
        check(compareBytes(gte, range.gte) >= 0 && compareBytes(lt, range.lt) <= 0, 'a page beyond its query');
      }
    });
  }
}
