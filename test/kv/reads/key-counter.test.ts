import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { BUCKET_KEYS_MAX, type Unbalanced } from '../../../src/kv/reads/changed-bucket.js';
import { KeyCounts } from '../../../src/kv/reads/key-counts.js';
import { deletionsOf, KeyRun, type KeyCountChange, type RowKeyRange } from '../../../src/kv/reads/key-count-change.js';
import { currentKey, Table, tableRange } from '../../../src/kv/format/layout.js';
import type { KvStore, ReadResult } from '../../../src/kv/store.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { bytesToLatin1 } from '../../../src/util/bytes.js';
import { PackedBytes } from '../../../src/util/packed-bytes.js';
import { clampInteger } from '../../../src/util/integer.js';
import { seededRandom, randomInteger } from '../../../src/util/random.js';
import { CountingEngine } from '../support/counting-engine.js';
import { encode, Fixture, levelHome, memoryHome, type Home } from '../support/fixture.js';
import { wholeBody } from '../../../src/kv/format/wire.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const SEED = Number(process.env['SEED'] ?? 7);

interface Listing {
  readonly keys: readonly string[];
  readonly count: number;
}

async function list(store: KvStore, request: etcdserverpb.RangeRequest.$Properties): Promise<Listing> {
  const result: ReadResult = await store.range(request);
  if (result.kind === 'error') throw new Error(result.error.kind);
  const { kvs, count } = etcdserverpb.RangeResponse.decode(wholeBody(result.body));
  return { keys: kvs.map(({ key }) => Buffer.from(key ?? []).toString('latin1')), count: clampInteger(count) };
}

/** Live keys at each revision. */
class History {
  readonly #states: (readonly string[])[] = [[], []];

  get revision(): number {
    return this.#states.length - 1;
  }

  record(keys: ReadonlySet<string>): void {
    this.#states.push([...keys].sort());
  }

  count(revision: number, from: string, to: string): number {
    const keys = this.#states[revision] ?? [];
    return keys.filter((key) => key >= from && key < to).length;
  }
}

const HOMES: readonly (readonly [string, () => Promise<Home>, number?])[] = [
  ['memory', async () => Promise.resolve(memoryHome())],
  // Keys that a large batch deletes are counted in runs.
  ['memory, batches of 3 changes are large', async () => Promise.resolve(memoryHome()), 3],
  ['LevelDB', levelHome],
];

/** Looks up single keys. The hashes of all keys say which are absent: see `LiveKeys`. */
function checkLookups(store: KvStore, keys: ReadonlySet<string>, anyKey: () => string): void {
  const looked = [...[...keys].slice(0, 40), ...Array.from({ length: 20 }, anyKey)];
  for (const key of looked) expect(store.createRevision(bytes(key)) > 0, key).to.equal(keys.has(key));
}

describe('the number of keys in a range', () => {
  for (const [name, makeHome, largeBatchChanges] of HOMES) {
    it(`is exact at every revision, while keys are created and deleted and buckets split and joined (${name}, SEED=${SEED})`, async () => {
      const random = seededRandom(SEED);
      const options = largeBatchChanges === undefined ? {} : { largeBatchChanges };
      const fixture = await Fixture.open(await makeHome(), options);
      const history = new History();
      const keys = new Set<string>();
      const anyKey = (): string => `k${String(randomInteger(random, 0, 3000)).padStart(5, '0')}`;
      const check = async (): Promise<void> => {
        const [left, right] = [anyKey(), anyKey()].sort();
        const revision = randomInteger(random, 1, history.revision + 1);
        const range = { key: bytes(left ?? ''), rangeEnd: bytes(right ?? '') };
        const expected = (at: number): number => history.count(at, left ?? '', right ?? '');
        for (const more of [{ countOnly: true }, { limit: 3 }, { limit: 2, sortOrder: 2 }]) {
          expect((await list(fixture.store, { ...range, ...more })).count).to.equal(expected(history.revision));
          expect((await list(fixture.store, { ...range, ...more, revision })).count).to.equal(expected(revision));
        }
      };
      for (let round = 0; round < 36; round++) {
        const growing = round < 18;
        const commands = Array.from({ length: 80 }, () => {
          const key = anyKey();
          if (growing || randomInteger(random, 0, 4) === 0) {
            keys.add(key);
            history.record(keys);
            return encode.put(key);
          }
          const end = `${key.slice(0, 4)}~`;
          const gone = [...keys].filter((known) => known >= key && known < end);
          for (const one of gone) keys.delete(one);
          if (gone.length > 0) history.record(keys);
          return encode.delete(key, end);
        });
        // In half of the rounds the checks run while the index is being built.
        await fixture.apply(commands);
        checkLookups(fixture.store, keys, anyKey);
        if (round % 2 === 0) await fixture.store.whenCounted();
        checkLookups(fixture.store, keys, anyKey);
        if (round % 12 === 8) await fixture.reopen();
        checkLookups(fixture.store, keys, anyKey);
        await check();
      }
      await fixture.remove();
    });
  }

  /** A key that a member takes for absent would be created again there, with other revisions than on the others. */
  it('leaves lookups right that are made while keys are counted after a start', async () => {
    const random = seededRandom(SEED);
    // In LevelDB, whose pages are read while batches are applied.
    const fixture = await Fixture.open(await levelHome(), { pause: nextTurn });
    const keys = new Set(Array.from({ length: 12_000 }, (_, at) => `k${String(2 * at).padStart(5, '0')}`));
    await fixture.apply([...keys].map((key) => encode.put(key)));
    const anyKey = (): string => `k${String(randomInteger(random, 0, 24_000)).padStart(5, '0')}`;
    await fixture.reopen();
    let batches = 0;
    for (; fixture.store.keyCount() === undefined; batches++) {
      const commands = Array.from({ length: 20 }, (_, at) => {
        const key = anyKey();
        if (at % 2 === 0) keys.add(key);
        else keys.delete(key);
        return at % 2 === 0 ? encode.put(key) : encode.delete(key);
      });
      await fixture.apply(commands);
      checkLookups(fixture.store, keys, anyKey);
      await nextTurn();
    }
    await fixture.store.whenCounted();
    expect(batches).to.be.greaterThan(3);
    for (let at = 0; at < 24_000; at++) {
      const key = `k${String(at).padStart(5, '0')}`;
      expect(fixture.store.createRevision(bytes(key)) > 0, key).to.equal(keys.has(key));
    }
    expect(fixture.store.keyCount()).to.equal(keys.size);
    await fixture.remove();
  });

  it('includes the writes of the batch so far inside a transaction', async () => {
    const fixture = await Fixture.open();
    await fixture.apply(Array.from({ length: 10 }, (_, at) => encode.put(`a${at}`)));
    await fixture.store.whenCounted();
    const range = { requestRange: { key: bytes('a'), rangeEnd: bytes('b'), countOnly: true } };
    const [, answer] = await fixture.apply([
      encode.delete('a3'),
      encode.txn({
        success: [
          range,
          { requestPut: { key: bytes('ax') } },
          { requestPut: { key: bytes('a1') } },
          { requestPut: { key: bytes('c') } },
          range,
          { requestDeleteRange: { key: bytes('a4'), rangeEnd: bytes('a6') } },
          range,
          { requestRange: { key: bytes('a'), rangeEnd: bytes('b'), countOnly: true, revision: 6 } },
        ],
      }),
    ]);
    if (answer?.kind !== 'ok') throw new Error('the transaction failed');
    const { responses } = etcdserverpb.TxnResponse.decode(wholeBody(answer.body));
    const counts = responses.flatMap(({ responseRange }) => (responseRange ? [clampInteger(responseRange.count)] : []));
    expect(counts).to.deep.equal([9, 10, 8, 5]);
    await fixture.remove();
  });

  it('takes a constant number of rows for each page of a long listing, at the newest revision and at that of the first page', async () => {
    const engine = new CountingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    const KEYS = 10_000;
    const key = (at: number): string => `k${String(at).padStart(6, '0')}`;
    for (let at = 0; at < KEYS; at += 1000) {
      await fixture.apply(Array.from({ length: 1000 }, (_, one) => encode.put(key(at + one))));
    }
    await fixture.store.whenCounted();
    const pinned = fixture.store.revision();
    const walk = async (revision?: number): Promise<number> => {
      let worst = 0;
      let from = '';
      for (let seen = 0; seen < KEYS;) {
        engine.take(Table.current);
        const page = await list(fixture.store, {
          key: bytes(`${from}\0`),
          rangeEnd: bytes('\0'),
          limit: 500,
          ...(revision === undefined ? {} : { revision }),
        });
        expect(page.count).to.equal(KEYS - seen);
        seen += page.keys.length;
        from = page.keys.at(-1) ?? '';
        worst = Math.max(worst, engine.take(Table.current));
      }
      return worst;
    };
    expect(await walk()).to.be.lessThan(500 + 512 + BUCKET_KEYS_MAX);
    await fixture.apply([encode.put('later'), encode.delete(key(5)), encode.put(key(7)), encode.delete(key(9))]);
    // One more slice of rows, and the few changes since.
    expect(await walk(pinned)).to.be.lessThan(500 + 512 + 2 * BUCKET_KEYS_MAX);
    await fixture.remove();
  });

  it('is counted once for all reads after a start, each at its own state', async () => {
    // Each page requested before the count was known walked through the whole range, in addition to the counting walk:
    // more requests made all of them slower.
    const engine = new CountingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    const KEYS = 20_000;
    const key = (at: number): string => `k${String(at).padStart(6, '0')}`;
    for (let at = 0; at < KEYS; at += 1000) {
      await fixture.apply(Array.from({ length: 1000 }, (_, one) => encode.put(key(at + one))));
    }
    await fixture.store.whenCounted();
    await fixture.reopen();
    engine.take(Table.current);
    const ask = (from: string, more: etcdserverpb.RangeRequest.$Properties): Promise<Listing> =>
      list(fixture.store, { key: bytes(from), rangeEnd: bytes('l'), limit: 10, ...more });
    const first = Array.from({ length: 10 }, (_, at) => ask(key(at), {}));
    const before = fixture.store.revision();
    await fixture.apply([encode.delete(key(5), key(15)), encode.put('kx'), encode.put(key(19_000))]);
    const second = Array.from({ length: 10 }, () => ask('k', {}));
    const pinned = ask('k', { revision: before });
    await fixture.apply([encode.put('ky'), encode.delete('kx'), encode.delete(key(0))]);
    const third = ask('k', { countOnly: true });
    expect((await Promise.all(first)).map(({ count }) => count)).to.deep.equal(first.map((_, at) => KEYS - at));
    expect((await Promise.all(second)).map(({ count }) => count)).to.deep.equal(second.map(() => KEYS - 9));
    expect([(await pinned).count, (await third).count]).to.deep.equal([KEYS, KEYS - 10]);
    await fixture.store.whenCounted();
    expect(engine.take(Table.current)).to.be.lessThan(KEYS + 22 * 2_500);
    await fixture.remove();
  });

  it('is counted by walking if the store closes before all keys are counted', async () => {
    let free: () => void = () => undefined;
    let held = Promise.resolve();
    const fixture = await Fixture.open(memoryHome(), { pause: () => held });
    const KEYS = 10_000;
    for (let at = 0; at < KEYS; at += 1000) {
      await fixture.apply(Array.from({ length: 1000 }, (_, one) => encode.put(`k${at + one}`)));
    }
    await fixture.store.whenCounted();
    held = new Promise<void>((resolve) => (free = resolve));
    await fixture.reopen();
    const counting = list(fixture.store, { key: bytes('k'), rangeEnd: bytes('l'), countOnly: true });
    const closing = fixture.store.close();
    free();
    expect((await counting).count).to.equal(KEYS);
    await closing;
    await fixture.remove();
  });

  it('is the sum of the buckets, however keys are divided among them', () => {
    const START = bytesToLatin1(tableRange(Table.current).gte);
    const END = bytesToLatin1(tableRange(Table.current).lt);
    const place = (number: number | undefined): string =>
      number === undefined ? END : bytesToLatin1(currentKey(bytes(String(number).padStart(4, '0'))));
    const number = fc.nat(999);
    const steps = fc.array(fc.tuple(fc.boolean(), number), { minLength: 1, maxLength: 300 });
    const cuts = fc.array(number, { maxLength: 12 });
    const property = (
      changes: readonly (readonly [boolean, number])[],
      marks: readonly number[],
      [from, to, front, inRuns]: readonly [number, number | undefined, number | undefined, boolean],
    ): void => {
      const starts = [...new Set(marks)].filter((mark) => mark < (front ?? Infinity)).map(place);
      const buckets = [START, ...starts].map((start) => ({ start, count: 0, bound: start }));
      const unbalanced: Unbalanced = { large: new Set(), small: new Set() };
      const ids = new Set<string>();
      const countChanges: KeyCountChange[] = [];
      for (const [put, which] of changes) {
        const id = place(which);
        if (put === ids.has(id)) continue;
        countChanges.push({ id, delta: put ? 1 : -1 });
        if (put) ids.add(id);
        else ids.delete(id);
      }
      let counts = KeyCounts.unknown()
        .recut({ from: START, to: place(front) }, buckets)
        .changed(inRuns ? runsOf(countChanges) : countChanges, unbalanced);
      for (const small of unbalanced.small) counts = counts.joined(small);
      const within = (range: RowKeyRange): number => [...ids].filter((id) => id >= range.from && id < range.to).length;
      const range = { from: place(from), to: place(to) };
      const { counted, walks } = counts.plan(range);
      expect(walks.map(within).reduce((sum, count) => sum + count, counted)).to.equal(within(range));
    };
    const optional = fc.option(number, { nil: undefined });
    fc.assert(fc.property(steps, cuts, fc.tuple(number, optional, optional, fc.boolean()), property), { numRuns: 400 });
  });

  it('splits buckets that grow behind their last key without a walk, also if some keys come out of order', () => {
    const START = bytesToLatin1(tableRange(Table.current).gte);
    const END = bytesToLatin1(tableRange(Table.current).lt);
    const place = (at: number): string => bytesToLatin1(currentKey(bytes(String(at).padStart(6, '0'))));
    const random = seededRandom(SEED);
    for (const disorder of [0, 0.01, 0.3]) {
      const unbalanced: Unbalanced = { large: new Set(), small: new Set() };
      let counts = KeyCounts.unknown().recut({ from: START, to: END }, [{ start: START, count: 0, bound: START }]);
      const ids = new Set<string>();
      let next = 0;
      for (let batch = 0; batch < 40; batch++) {
        const changes: KeyCountChange[] = [];
        for (let change = 0; change < 200; change++) {
          const isOld = random.next() < disorder && next > 0;
          const id = place(isOld ? randomInteger(random, 0, next) : (next += 1 + randomInteger(random, 0, 2)));
          const delta = ids.has(id) ? -1 : 1;
          changes.push({ id, delta });
          if (delta === 1) ids.add(id);
          else ids.delete(id);
        }
        counts = counts.changed(changes, unbalanced);
        expect(counts.total).to.equal(ids.size);
        const [from, to] = [place(randomInteger(random, 0, next)), place(randomInteger(random, 0, next))].sort();
        const range = { from: from ?? START, to: to ?? END };
        const within = ({ from, to }: RowKeyRange): number => [...ids].filter((id) => id >= from && id < to).length;
        const { counted, walks } = counts.plan(range);
        expect(walks.map(within).reduce((sum, count) => sum + count, counted)).to.equal(within(range));
      }
      if (disorder > 0.01) continue;
      expect(counts.size).to.be.greaterThan(ids.size / BUCKET_KEYS_MAX);
      if (disorder === 0) expect([...unbalanced.large]).to.deep.equal([]);
    }
  });

  it('reads no row while new keys follow all others', async () => {
    const engine = new CountingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    await fixture.store.whenCounted();
    engine.take(Table.current);
    for (let at = 0; at < 5_000; at += 250) {
      await fixture.apply(Array.from({ length: 250 }, (_, one) => encode.put(`k${String(at + one).padStart(6, '0')}`)));
    }
    await fixture.store.whenCounted();
    expect(engine.take(Table.current)).to.equal(0);
    expect((await list(fixture.store, { key: bytes('k'), rangeEnd: bytes('l'), countOnly: true })).count).to.equal(
      5_000,
    );
    await fixture.remove();
  });
});

/** The same changes, with ascending deletions that follow each other as runs. */
function runsOf(changes: readonly KeyCountChange[]): readonly KeyCountChange[] {
  const runs: KeyCountChange[] = [];
  let keys = new PackedBytes();
  let last = '';
  const flush = (): void => {
    if (keys.length > 0) runs.push(deletionsOf(new KeyRun(keys)));
    keys = new PackedBytes();
  };
  for (const change of changes) {
    if (change.delta === 1 || change.id <= last) flush();
    if (change.delta === 1) runs.push(change);
    else keys.add(bytes(change.id));
    last = change.id;
  }
  flush();
  return runs;
}
