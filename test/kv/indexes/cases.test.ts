import { expect } from 'chai';
import type { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import {
  DUPLICATES_MAX,
  INDEXES_MAX,
  INDEXES_PER_KEY_MAX,
  KEY_BYTES_MAX,
  SLICE_BYTES_MAX,
  SLICE_ENTRIES_MAX,
  UNIQUE_VALUES_MAX,
} from '../../../src/kv/indexes/bounds.js';
import { Table, tableOf } from '../../../src/kv/format/layout.js';
import { textOf } from '../../../src/kv/indexes/index-value.js';
import { pageToken } from '../../../src/kv/indexes/query-range.js';
import { defined } from '../../../src/util/assert.js';
import { expectShortTurns } from '../../support/time-limits.js';
import { session, within } from '../sessions/session-writes.js';
import { encode, Fixture, levelHome, memoryHome, TERM } from '../support/fixture.js';
import { MarkingEngine } from '../support/marking-engine.js';
import { build, create, createReady, definition, entriesOf, entryRows } from './index-writes.js';
import { dropCommand, type Command } from './steps.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const EMAIL = definition('email', '/email', { unique: true });
const TAGS = definition('tags', '/tags', { multiple: true });
const email = (value: string): string => JSON.stringify({ email: value });
const put = (key: string, value: string): etcdserverpb.RequestOp.$Properties => ({
  requestPut: { key: bytes(key), value: bytes(email(value)) },
});
const remove = (key: string, rangeEnd = ''): etcdserverpb.RequestOp.$Properties => ({
  requestDeleteRange: { key: bytes(key), rangeEnd: bytes(rangeEnd) },
});

describe('a unique index of a store', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await Fixture.open();
    await fixture.apply([encode.put('u/1', email('a')), encode.put('u/2', email('b'))]);
    await createReady(fixture, EMAIL);
  });

  afterEach(() => fixture.remove());

  const run = async (command: Command): Promise<string> => {
    const [result] = await fixture.apply([command]);
    return result?.kind === 'error' ? (result.error.detail ?? result.error.kind) : 'ok';
  };

  it('judges a transaction by its end', async () => {
    expect(await run(encode.txn({ success: [put('u/1', 'b'), put('u/2', 'a')] }))).to.equal('ok');
    expect(await entriesOf(fixture.store, { index: 'email' })).to.deep.equal(['a u/2', 'b u/1']);
    const nested = { requestTxn: { success: [put('u/1', 'a')] } };
    expect(await run(encode.txn({ success: [nested, put('u/2', 'b')] }))).to.equal('ok');
    expect(await run(encode.txn({ success: [remove('u/', 'u/3'), put('u/5', 'a'), put('u/6', 'b')] }))).to.equal('ok');
    expect(await entriesOf(fixture.store, { index: 'email' })).to.deep.equal(['a u/5', 'b u/6']);
    const duplicate = 'index email: another key has the value "a"';
    expect(await run(encode.txn({ success: [remove('u/', 'u/3'), put('u/7', 'a')] }))).to.equal(duplicate);
    expect(await run(encode.txn({ success: [{ requestTxn: { success: [put('u/8', 'a')] } }] }))).to.equal(duplicate);
    const twice = 'index email: another key has the value "c"';
    expect(await run(encode.txn({ success: [put('u/8', 'c'), put('u/9', 'c')] })), 'for two keys').to.equal(twice);
    const other = { requestTxn: { success: [put('u/8', 'c')], failure: [put('u/9', 'a')] } };
    expect(await run(encode.txn({ success: [other] })), 'of the branch that is not taken').to.equal('ok');
  });

  it('keeps the value of a put that keeps it, and refuses none of its own', async () => {
    expect(await run(encode.put('u/1', '', { ignoreValue: true }))).to.equal('ok');
    expect(await run(encode.put('u/1', email('a')))).to.equal('ok');
    expect(await entriesOf(fixture.store, { index: 'email' })).to.deep.equal(['a u/1', 'b u/2']);
  });

  it('answers a write that a session repeats with its first refusal, also once the value is free', async () => {
    await fixture.apply([session.open(9)]);
    const write = within(encode.put('u/3', email('a')), [9, 1]);
    const [first] = await fixture.apply([write]);
    expect(first).to.deep.include({ kind: 'error' });
    await fixture.apply([encode.delete('u/1')]);
    await fixture.reopen();
    const [again] = await fixture.apply([write]);
    expect(again).to.deep.include({ kind: 'error', error: first?.kind === 'error' ? first.error : undefined });
    expect(await entriesOf(fixture.store, { index: 'email' })).to.deep.equal(['b u/2']);
  });

  it('loses the entries of keys whose lease is revoked or expires', async () => {
    const [revoked, expired] = [501n, 502n];
    const decided = { grantedIndex: 0, term: TERM };
    await fixture.apply([encode.leaseGrant(revoked, 60)]);
    const grant = fixture.command(...encode.leaseGrant(expired, 60));
    await fixture.store.apply([grant.entry]);
    await fixture.apply([
      encode.put('u/4', email('d'), { lease: Number(revoked) }),
      encode.put('u/5', email('e'), { lease: Number(expired) }),
    ]);
    const revision = fixture.store.revision();
    expect(await run(encode.leaseRevoke(revoked))).to.equal('ok');
    expect(await run(encode.leaseExpire(expired, { ...decided, grantedIndex: grant.entry.index }))).to.equal('ok');
    expect(await entriesOf(fixture.store, { index: 'email' })).to.deep.equal(['a u/1', 'b u/2']);
    expect(await entriesOf(fixture.store, { index: 'email', revision })).to.have.length(4);
    expect(await run(encode.put('u/6', email('e')))).to.equal('ok');
  });

  it('refuses page tokens of other queries and indexes, and reads none beyond its places', async () => {
    const { store } = fixture;
    const index = defined(store.indexes().byName.get('email'), 'the index');
    const query = { index: 'email', keysOnly: true };
    const after = (text: string): Promise<readonly string[] | string> =>
      entriesOf(store, {
        ...query,
        pageToken: pageToken(index, query, { revision: store.revision(), after: Buffer.from(text, 'latin1') }),
      });
    expect(await after('\0\0\0\x01a\0\0u/1\0\0')).to.deep.equal(['b u/2']);
    expect(await after('\0\0\0\x01\xff\xff\xff')).to.deep.equal([]);
    expect(await after('\0\0\0\x02a')).to.equal('index-invalid');
    const of = (change: (token: Buffer) => void): Promise<readonly string[] | string> => {
      const token = Buffer.from(pageToken(index, query, { revision: store.revision(), after: bytes('\0\0\0\x01a') }));
      change(token);
      return entriesOf(store, { ...query, pageToken: token });
    };
    expect(await of((token) => token.fill(0xff, 9, 17))).to.equal('future-revision');
    expect(await of((token) => token.writeUInt8(2, 0))).to.equal('index-invalid');
    expect(await of((token) => token.writeUInt32BE(7, 5))).to.equal('index-invalid');
    let kept: Buffer = Buffer.alloc(0);
    await of((token) => void (kept = token));
    await fixture.apply([dropCommand('email')]);
    expect(await entriesOf(store, { ...query, pageToken: kept })).to.equal('index-not-found');
    await createReady(fixture, EMAIL);
    expect(await entriesOf(store, { ...query, pageToken: kept })).to.equal('index-replaced');
  });
});

describe('indexes of a store', () => {
  // One batch of a member that catches up created an index, built a part of it, and ended it. It was never published, so nothing
  // removed its entries, until the next start.
  it('leave no entries of an index that is created and ended in one batch', async () => {
    const fixture = await Fixture.open();
    await fixture.apply([encode.put('u/1', email('a')), encode.put('u/2', email('a'))]);
    await fixture.apply([create(EMAIL), build(1)]);
    expect(fixture.store.indexes().byName.get('email')?.state.kind).to.equal('failed');
    await fixture.store.whenIndexesRemoved();
    expect(await entryRows(fixture)).to.equal(0);
    await fixture.apply([create(TAGS), encode.put('u/3', '{"tags":["x"]}'), build(2), dropCommand('tags')]);
    await fixture.store.whenIndexesRemoved();
    expect(await entryRows(fixture)).to.equal(0);
    await fixture.remove();
  });

  // Each value of a unique index is looked up before a write. A transaction of 128 puts with 64 values in eight indexes made 65,536
  // lookups, for which all other writes waited eight seconds.
  it('refuse a transaction that gives keys too many values of unique indexes, and write nothing of it', async () => {
    const fixture = await Fixture.open();
    for (let at = 0; at < INDEXES_PER_KEY_MAX; at++)
      await createReady(fixture, { ...TAGS, name: `tags${at}`, unique: true });
    const txn = (puts: number, first = 0): Command =>
      encode.txn({
        success: Array.from({ length: puts }, (_, at) => ({
          requestPut: {
            key: bytes(`u/${first + at}`),
            value: bytes(JSON.stringify({ tags: Array.from({ length: 64 }, (_, tag) => `${first + at} ${tag}`) })),
          },
        })),
      });
    const most = UNIQUE_VALUES_MAX / (64 * INDEXES_PER_KEY_MAX);
    const [whole, refused, again] = await fixture.apply([txn(most), txn(most + 1, most), txn(most)]);
    expect(whole?.kind).to.equal('ok');
    expect(refused).to.deep.include({ kind: 'error' });
    expect(again?.kind, 'the values that the keys have are not looked up').to.equal('ok');
    expect(fixture.store.indexes().byName.get('tags0')?.counts.keys).to.equal(most);
    await fixture.remove();
  });

  // Each value of a key has a row with the key: 1.4 MB of key and 64 values in eight indexes were 700 MB of rows, from one put.
  it('leave out long keys, which a put of many values would multiply', async () => {
    const fixture = await Fixture.open();
    for (let at = 0; at < INDEXES_PER_KEY_MAX; at++) await createReady(fixture, { ...TAGS, name: `tags${at}` });
    const tags = JSON.stringify({ tags: Array.from({ length: 64 }, (_, at) => String(at)) });
    const longest = `u/${'k'.repeat(KEY_BYTES_MAX - 2)}`;
    await fixture.apply([encode.put(longest, tags)]);
    await expectShortTurns(() => fixture.apply([encode.put(`u/${'\0'.repeat(1_400_000)}`, tags)]));
    expect(fixture.store.indexes().byName.get('tags0')?.counts).to.deep.equal({ keys: 2, entries: 64, leftOut: 1 });
    expect(await entryRows(fixture)).to.equal(64 * INDEXES_PER_KEY_MAX);
    await fixture.remove();
  });

  it('hold the event loop shortly, whatever the document', async () => {
    const fixture = await Fixture.open();
    const names = Array.from({ length: INDEXES_PER_KEY_MAX }, (_, at) => `i${at}`);
    for (const name of names) await createReady(fixture, { ...TAGS, name, unique: true });
    const documents = [
      '['.repeat(1_500_000),
      `{"tags":${'['.repeat(60)}${']'.repeat(60)}${' '.repeat(250_000)}}`,
      JSON.stringify({ tags: Array.from({ length: 100_000 }, () => 1) }),
      JSON.stringify({ tags: Array.from({ length: 80_000 }, () => []) }),
      '"'.repeat(260_000),
    ];
    for (const [at, document] of documents.entries()) {
      await expectShortTurns(() =>
        fixture.apply([encode.put(`u/${at}`, document), encode.put(`u/${at}`, document), encode.delete(`u/${at}`)]),
      );
    }
    expect(await entryRows(fixture)).to.equal(0);
    await fixture.remove();
  }).timeout(60_000);

  it('are deleted from, and dropped, in short turns', async () => {
    const fixture = await Fixture.open(await levelHome());
    await createReady(fixture, TAGS);
    for (let from = 0; from < 6000; from += 1000) {
      await fixture.apply(
        Array.from({ length: 1000 }, (_, at) => encode.put(`u/${from + at}`, `{"tags":["x","y${from + at}"]}`)),
      );
    }
    expect(fixture.store.indexes().byName.get('tags')?.counts.entries).to.equal(12_000);
    const revision = fixture.store.revision();
    await expectShortTurns(() => fixture.apply([encode.delete('u/', 'u0')]));
    expect(fixture.store.indexes().byName.get('tags')?.counts).to.deep.equal({ keys: 0, entries: 0, leftOut: 0 });
    expect(await entriesOf(fixture.store, { index: 'tags' })).to.deep.equal([]);
    expect(await entriesOf(fixture.store, { index: 'tags', revision })).to.have.length(10_000);
    await expectShortTurns(async () => {
      await fixture.apply([dropCommand('tags')]);
      await fixture.store.whenIndexesRemoved();
    });
    expect(await entryRows(fixture)).to.equal(0);
    await fixture.remove();
  }).timeout(120_000);

  // Each slice began at the first row of all, and passed the marks that LevelDB keeps of removed rows: 200,000 entries took 9 s to
  // drop, and 23 s to compact.
  it('are removed, and compacted, without a walk over what was removed before', async () => {
    const engine = new MarkingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    await createReady(fixture, TAGS);
    for (const tag of ['x', 'y']) {
      await fixture.apply(Array.from({ length: 2000 }, (_, at) => encode.put(`u/${at}`, `{"tags":"${tag}"}`)));
    }
    engine.reset();
    await fixture.apply([encode.compact(fixture.store.revision())]);
    await fixture.store.whenSwept(fixture.store.compactedRevision());
    expect(engine.passed, 'marks of compacted entries').to.be.below(500);
    engine.reset();
    await fixture.apply([dropCommand('tags')]);
    await fixture.store.whenIndexesRemoved();
    expect(await entryRows(fixture)).to.equal(0);
    expect(engine.passed, 'marks of dropped entries').to.be.below(5000);
    await fixture.remove();
  });

  // A physical compaction reclaimed the space of changes and of history only.
  it('give back the space of compacted entries in a physical compaction', async () => {
    const engine = new MarkingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    await createReady(fixture, TAGS);
    for (const tag of ['x', 'y']) await fixture.apply([encode.put('u/1', `{"tags":"${tag}"}`)]);
    await fixture.apply([encode.compact(fixture.store.revision())]);
    expect(await fixture.store.whenReclaimed(fixture.store.compactedRevision())).to.equal(true);
    expect(engine.compacted.map(({ gte }) => tableOf(gte))).to.include.members([
      Table.endedEntries,
      Table.entryEnds,
      Table.history,
    ]);
    await fixture.remove();
  });

  it('are built in slices of few entries', async () => {
    const fixture = await Fixture.open();
    const tags = JSON.stringify({ tags: Array.from({ length: 64 }, (_, at) => String(at)) });
    await fixture.apply(Array.from({ length: 100 }, (_, at) => encode.put(`u/${100 + at}`, tags)));
    await fixture.apply([create(TAGS), build(1)]);
    const index = fixture.store.indexes().byName.get('tags');
    expect(index?.state).to.deep.equal({ kind: 'building', cursor: bytes(`u/${100 + SLICE_ENTRIES_MAX / 64}`) });
    expect(index?.counts.entries).to.equal(SLICE_ENTRIES_MAX);
    await fixture.remove();
  });

  it('are built in slices of few bytes, and keep few examples of duplicates', async () => {
    const fixture = await Fixture.open();
    const large = JSON.stringify({ email: 'a', more: 'x'.repeat(SLICE_BYTES_MAX / 4) });
    await fixture.apply(Array.from({ length: 10 }, (_, at) => encode.put(`u/${at}`, large)));
    await fixture.apply([create(TAGS), build(1)]);
    expect(fixture.store.indexes().byName.get('tags')?.state).to.deep.equal({ kind: 'building', cursor: bytes('u/4') });
    await fixture.apply(Array.from({ length: 10 }, (_, at) => encode.put(`u/${at}`, email('a'))));
    await fixture.apply([create(EMAIL), build(2)]);
    const state = fixture.store.indexes().byName.get('email')?.state;
    const keys =
      state?.kind === 'failed' ? state.duplicates.map(({ key, otherKey }) => `${String(key)} ${String(otherKey)}`) : [];
    expect(keys).to.deep.equal(Array.from({ length: DUPLICATES_MAX }, (_, at) => `u/${at + 1} u/0`));
    await fixture.remove();
  });

  it('are as many as their bound, of which few share keys, also after a restart', async () => {
    const fixture = await Fixture.open();
    const at = (number: number): raftkvpb.IndexDefinition.$Properties => ({
      ...TAGS,
      name: `i${number}`,
      key: bytes(`u/${String(number).padStart(2, '0')}`),
      rangeEnd: bytes(`u/${String(number).padStart(2, '0')}~`),
    });
    for (let number = 0; number < INDEXES_MAX; number++) {
      const made = at(number);
      await fixture.apply([create(made)]);
      await fixture.apply([build(number + 1, Buffer.from(made.key ?? []).toString())]);
    }
    const [refused] = await fixture.apply([create(at(INDEXES_MAX))]);
    expect(refused?.kind === 'error' && refused.error.kind).to.equal('too-many-indexes');
    await fixture.apply(
      Array.from({ length: INDEXES_MAX }, (_, n) => encode.put(`u/${String(n).padStart(2, '0')}/k`, '{"tags":"x"}')),
    );
    await fixture.reopen();
    for (let number = 0; number < INDEXES_MAX; number++) {
      expect(await entriesOf(fixture.store, { index: `i${number}` })).to.have.length(1);
    }
    await fixture.remove();
  }).timeout(30_000);

  it('name a request without an index in few bytes, and cut no character in two', async () => {
    const fixture = await Fixture.open();
    const result = await fixture.store.queryIndex({ index: '😀'.repeat(200_000) });
    expect(result.kind === 'error' ? result.error.detail : '').to.match(/^index ".{10,300}" does not exist$/u);
    expect(textOf(`x${'😀'.repeat(200)}`)).not.to.match(/\p{Surrogate}/u);
    await fixture.remove();
  });
});
