import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { compare, op, txn } from '../../../src/client/index.js';
import type { IndexDefinition, IndexEntry } from '../../../src/client/index.js';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { defined } from '../../../src/util/assert.js';
import { FakeIndexes, FakeIndexStore } from '../../support/fake-indexes.js';
import { clientErrorOf } from '../../support/rejections.js';
import { openedServers } from '../opened-servers.js';

const { READY, BUILDING, FAILED } = raftkvpb.IndexInfo.State;
const { CONSISTENT, STALE } = etcdserverpb.ReadLevel;

const BY_EMAIL: IndexDefinition = { keys: { prefix: 'users/' }, json: '/email', unique: true };

/** A store with an index by-name and these entries, each with a key of its own. */
function storeOf(...names: readonly string[]): FakeIndexStore {
  const store = new FakeIndexStore();
  store.indexes.set('by-name', { definition: { name: 'by-name', source: { wholeValue: true } }, id: 1, state: READY });
  store.entries = names.map((name, at) => {
    const key = Buffer.from(`k/${at}`);
    return { value: { stringValue: name }, key, kv: { key, value: Buffer.from(name), modRevision: at + 1 } };
  });
  return store;
}

async function valuesIn(entries: AsyncIterable<IndexEntry>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { value } of entries) found.push(value);
  return found;
}

describe('client.index', () => {
  const { start, connect } = openedServers((store?: FakeIndexStore) => FakeIndexes.start(store), { timeoutMs: 3000 });

  describe('definitions', () => {
    it('come back as they were given', async () => {
      const client = connect([await start()]);
      const { index } = await client.index('by-email').create(BY_EMAIL);
      expect(index).to.deep.equal({
        name: 'by-email',
        key: Buffer.from('users/'),
        rangeEnd: Buffer.from('users0'),
        source: { json: '/email' },
        type: 'string',
        multiple: false,
        unique: true,
        id: 1,
        state: 'ready',
        readyRevision: 7,
      });
      await client.index('by-part', { type: 'number' }).create({
        keys: { from: 'a', to: 'b' },
        segment: { position: 2, separator: '/', prefix: 'a/' },
      });
      await client.index('tags').create({ keys: { all: true }, json: '', multiple: true, type: 'bytes' });
      await client.index('whole').create({ keys: 'one', wholeValue: true, type: 'boolean' });
      const { indexes } = await client.indexList();
      expect(indexes.map(({ name, source, type, multiple }) => [name, source, type, multiple])).to.deep.equal([
        ['by-email', { json: '/email' }, 'string', false],
        [
          'by-part',
          { segment: { position: 2, separator: Buffer.from('/'), prefix: Buffer.from('a/') } },
          'number',
          false,
        ],
        ['tags', { json: '' }, 'bytes', true],
        ['whole', { wholeValue: true }, 'boolean', false],
      ]);
      await client.index('by-email').drop();
      expect((await client.indexList()).indexes.map(({ name }) => name)).to.not.include('by-email');
    });

    it('can be sent again, but not changed', async () => {
      const client = connect([await start()]);
      const { index } = await client.index('by-email').create(BY_EMAIL);
      expect((await client.index('by-email').create(BY_EMAIL)).index).to.deep.equal(index);
      const error = await clientErrorOf(client.index('by-email').create({ ...BY_EMAIL, unique: false }));
      expect([error.code, error.fate]).to.deep.equal(['already-exists', 'not-applied']);
      const gone = await clientErrorOf(client.index('other').drop());
      expect([gone.code, gone.fate]).to.deep.equal(['not-found', 'not-applied']);
    });

    it('are refused without exactly one source', async () => {
      const client = connect([await start()]);
      const sources = [{}, { json: '/a', wholeValue: true }, { wholeValue: false }, { json: 1 }, { segment: {} }];
      for (const source of sources) {
        const definition = { keys: { all: true }, ...source } as unknown as IndexDefinition;
        expect((await clientErrorOf(client.index('x').create(definition))).code).to.equal('invalid-argument');
      }
    });

    // RESOURCE_EXHAUSTED is otherwise temporary, and its outcome unknown.
    it('beyond the number that the cluster takes are refused for good', async () => {
      const fake = await start();
      fake.script = () => ({ code: status.RESOURCE_EXHAUSTED, text: 'raftkv: too many indexes: the cluster has 64' });
      const error = await clientErrorOf(connect([fake]).index('x').create(BY_EMAIL));
      expect([error.code, error.fate, error.retryable]).to.deep.equal(['out-of-range', 'not-applied', false]);
      expect(fake.calls.length).to.equal(1);
    });
  });

  describe('queries', () => {
    it('get the entries of one value, with and without key-value pairs', async () => {
      const fake = await start(storeOf('ann', 'bob', 'bob'));
      const index = connect([fake]).index('by-name');
      const { entries, revision, nextPage } = await index.get('bob');
      expect(entries.map(({ key, kv }) => [key.toString(), kv?.valueText()])).to.deep.equal([
        ['k/1', 'bob'],
        ['k/2', 'bob'],
      ]);
      expect([revision, nextPage]).to.deep.equal([7, undefined]);
      const bare = await index.get('bob', { keysOnly: true });
      expect(bare.entries.map(({ kv }) => kv)).to.deep.equal([undefined, undefined]);
      expect((await index.get('eve')).entries).to.deep.equal([]);
    });

    it('read all pages from one revision, those behind the first at any member that has it', async () => {
      const store = storeOf('a', 'b', 'c', 'd', 'e');
      const [first, second] = [await start(store), await start(store)];
      first.script = () =>
        first.calls.length > 1 ? { code: status.UNAVAILABLE, text: 'etcdserver: server stopped' } : undefined;
      const index = connect([first, second]).index('by-name');
      const range = index.range({ from: 'a' }, { consistency: 'consistent' });
      expect(await valuesIn(range)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
      const shown = (request: unknown): unknown => {
        const { pageToken, readLevel } = request as raftkvpb.IndexQueryRequest;
        return [Buffer.from(pageToken).toString(), readLevel];
      };
      expect(first.requestsOf('Query').map(shown)).to.deep.equal([
        ['', CONSISTENT],
        ['2', STALE],
      ]);
      expect(second.requestsOf('Query').map(shown)).to.deep.equal([
        ['2', STALE],
        ['4', STALE],
      ]);
    });

    it('stop at the limit, which holds for all pages together', async () => {
      const fake = await start(storeOf('a', 'b', 'c', 'd', 'e'));
      const index = connect([fake]).index('by-name');
      expect(await valuesIn(index.range({ all: true }, { limit: 3, order: 'descend' }))).to.deep.equal(['e', 'd', 'c']);
      expect(fake.requestsOf('Query').length).to.equal(2);
      expect(await valuesIn(index.range({ all: true }, { limit: 2 }))).to.deep.equal(['a', 'b']);
      expect(fake.requestsOf('Query').length).to.equal(3);
    });

    it('read the next page only when it is asked for', async () => {
      const fake = await start(storeOf('a', 'b', 'c', 'd', 'e'));
      for await (const { value } of connect([fake]).index('by-name').range({ all: true })) {
        if (value === 'c') break;
      }
      expect(fake.requestsOf('Query').length).to.equal(2);
    });

    it('fail clearly if the revision is compacted before the last page', async () => {
      const fake = await start(storeOf('a', 'b', 'c', 'd', 'e'));
      fake.store.compactedFrom = 4;
      const found: unknown[] = [];
      const error = await clientErrorOf(
        (async () => {
          for await (const { value } of connect([fake]).index('by-name').range({ all: true })) found.push(value);
        })(),
      );
      expect(error.code).to.equal('compacted');
      expect(error.message).to.equal(
        'the query of index by-name at revision 7 was cut off after 4 entries: the revision was compacted',
      );
      expect(found).to.deep.equal(['a', 'b', 'c', 'd']);
    });

    it('continue behind a page in another process', async () => {
      const store = storeOf('a', 'b', 'c');
      const [one, other] = [connect([await start(store)]), connect([await start(store)])];
      const { nextPage } = await one.index('by-name').page({ prefix: '' });
      const after = defined(nextPage, 'a next page');
      const { entries } = await other.index('by-name').page({ prefix: '' }, { after });
      expect(entries.map(({ value }) => value)).to.deep.equal(['c']);
    });

    it('send bounds, order and read level as they are given', async () => {
      const fake = await start(storeOf());
      const index = connect([fake]).index('by-name');
      const options = { consistency: 'stale', maxStalenessMs: 9, atLeastRevision: 3, revision: 5, limit: 4 } as const;
      await valuesIn(index.range({ from: -1, to: 1.5, excludeFrom: true, includeTo: true }, options));
      await valuesIn(index.range({ to: Buffer.of(255) }, { order: 'descend' }));
      const [query, open] = fake.requestsOf('Query').map((request) => request as raftkvpb.IndexQueryRequest);
      const shown = defined(query, 'a query');
      expect(shown.range).to.deep.include({ excludeFrom: true, includeTo: true });
      expect([shown.range?.from?.numberValue, shown.range?.to?.numberValue]).to.deep.equal([-1, 1.5]);
      const numbers = [shown.maxStalenessMs, shown.atLeastRevision, shown.revision, shown.limit].map(Number);
      expect([...numbers, shown.readLevel]).to.deep.equal([9, 3, 5, 4, STALE]);
      expect([open?.range?.from, open?.range?.to?.bytesValue, open?.order]).to.deep.equal([null, Buffer.of(255), 1]);
    });

    it('take exactly one form of selector', async () => {
      const index = connect([await start(storeOf())]).index('by-name');
      const selectors = [
        { equal: 'a', prefix: 'b' },
        { all: true, from: 'a' },
        'a',
        null,
        { equal: Number.NaN },
        { equal: null },
      ];
      for (const selector of selectors) {
        const error = await clientErrorOf(index.page(selector as { readonly all: true }));
        expect(error.code, JSON.stringify(selector)).to.equal('invalid-argument');
      }
    });

    it('end when they are cancelled', async () => {
      const fake = await start(storeOf('a', 'b', 'c'));
      fake.script = () => (fake.calls.length > 1 ? 'hang' : undefined);
      const stop = new AbortController();
      const range = connect([fake]).index('by-name').range({ all: true }, { signal: stop.signal });
      const error = await clientErrorOf(
        (async () => {
          for await (const { value } of range) if (value === 'b') stop.abort();
        })(),
      );
      expect(error.code).to.equal('cancelled');
    });
  });

  describe('with a type', () => {
    it('has entries of that type', async () => {
      const index = connect([await start(storeOf('ann'))]).index('by-name', { type: 'string' });
      const [entry] = (await index.get('ann')).entries;
      const length: number | undefined = entry?.value.length;
      expect(length).to.equal(3);
    });

    it('refuses arguments and answers of another', async () => {
      const fake = await start(storeOf('ann'));
      const index = connect([fake]).index('by-name', { type: 'number' });
      const argument = await clientErrorOf(index.get('ann' as unknown as number));
      expect(argument.code).to.equal('invalid-argument');
      expect(fake.calls).to.deep.equal([]);
      const answer = await clientErrorOf(index.page({ all: true }));
      expect([answer.code, answer.message]).to.deep.equal([
        'failed-precondition',
        'the values of index by-name have the type string, not number',
      ]);
      expect(() => connect([fake]).index('x', { type: 'date' as 'string' })).to.throw('the type of an index must be');
    });
  });

  describe('ready', () => {
    it('waits until all keys are covered', async () => {
      const store = storeOf();
      const building = (keysIndexed: number) => ({ index: { state: BUILDING }, keysIndexed, keysInRange: 9 });
      store.statuses = [
        { index: { state: BUILDING }, keysInRange: -1 },
        building(4),
        { keysIndexed: 9, keysInRange: 9, entries: 8, keysLeftOut: 1 },
      ];
      const seen: unknown[] = [];
      const ready = await connect([await start(store)])
        .index('by-name')
        .ready({ onStatus: ({ keysIndexed, keysInRange }) => seen.push([keysIndexed, keysInRange]) });
      expect(seen).to.deep.equal([
        [0, undefined],
        [4, 9],
        [9, 9],
      ]);
      expect([ready.index.state, ready.entries, ready.keysLeftOut]).to.deep.equal(['ready', 8, 1]);
    });

    it('fails with an example if the values are not unique', async () => {
      const store = storeOf();
      const duplicate = { value: { stringValue: 'ann' }, key: Buffer.from('k/1'), otherKey: Buffer.from('k/2') };
      store.statuses = [{ index: { state: FAILED }, duplicates: [duplicate] }];
      const index = connect([await start(store)]).index('by-name');
      const error = await clientErrorOf(index.ready());
      expect([error.code, error.message]).to.deep.equal([
        'failed-precondition',
        'index by-name has failed: its values are not unique: "k/1" and "k/2" have the value "ann"',
      ]);
      expect((await index.status()).duplicates).to.deep.equal([
        { value: 'ann', key: Buffer.from('k/1'), otherKey: Buffer.from('k/2') },
      ]);
    });

    it('ends at its time limit, and when it is cancelled', async () => {
      const store = storeOf();
      store.statuses = [{ index: { state: BUILDING }, keysIndexed: 4, keysInRange: 9 }];
      const index = connect([await start(store)]).index('by-name');
      expect((await clientErrorOf(index.ready({ timeoutMs: 200 }))).code).to.equal('deadline-exceeded');
      const stop = new AbortController();
      const error = await clientErrorOf(index.ready({ signal: stop.signal, onStatus: () => stop.abort() }));
      expect(error.code).to.equal('cancelled');
    });
  });

  describe('in a transaction', () => {
    it('compares the existence of an entry', async () => {
      const fake = await start();
      await connect([fake]).txn(
        txn()
          .when(compare.index('by-email', '!=', 'a@b.c'), compare.version('k', '=', 0))
          .when(compare.index('by-age', '=', 18, 'users/1'))
          .do(op.put('k', 'v')),
      );
      const [request] = fake.requestsOf('Txn');
      const { compare: plain, indexCompare } = request as etcdserverpb.TxnRequest;
      const shown = indexCompare.map(({ index, value, absent, key }) => [
        index,
        value?.stringValue ?? value?.numberValue,
        absent,
        Buffer.from(key ?? []).toString(),
      ]);
      expect(plain.map(({ key }) => Buffer.from(key ?? []).toString())).to.deep.equal(['k']);
      expect(shown).to.deep.equal([
        ['by-email', 'a@b.c', true, ''],
        ['by-age', 18, false, 'users/1'],
      ]);
    });

    it('is no part of a request without such a comparison', () => {
      const { request } = txn()
        .when(compare.version('k', '=', 0))
        .do(op.get('k'));
      expect(request).to.not.have.property('indexCompare');
    });

    it('takes no other relation', () => {
      expect(() => compare.index('by-age', '<' as '=', 18)).to.throw('the relation of an index must be one of');
    });
  });
});
