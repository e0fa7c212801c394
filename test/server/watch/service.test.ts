import type { Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { startMember } from '../../../src/server/member.js';
import { clampInteger, toBigInt } from '../../../src/util/integer.js';
import { EtcdClient, expectOk, revisionOf } from '../../support/etcd-client.js';
import { rawClient } from '../../support/raw-client.js';
import { textEvents, WatchCall, type Creation, type WatchResponse } from '../../support/watch-call.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember, loneSettings } from '../lone-member.js';

const { NOPUT, NODELETE } = etcdserverpb.WatchCreateRequest.FilterType;

/** A response without fields at their defaults, and without the ids of cluster and member. */
function brief(response: WatchResponse): object {
  const { header, watchId, created, canceled, compactRevision, cancelReason, fragment } = response;
  const fields = {
    revision: clampInteger(header?.revision),
    watchId: Number(toBigInt(watchId)),
    created,
    canceled,
    compactRevision: clampInteger(compactRevision),
    cancelReason,
    fragment,
    events: textEvents(response),
  };
  const isDefault = (value: unknown): boolean =>
    value === undefined ||
    value === false ||
    value === 0 ||
    value === '' ||
    (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => name === 'watchId' || !isDefault(value)));
}

describe('Watch', function () {
  this.timeout(300_000);
  let lone: LoneMember;
  let client: Client;

  async function start(settings: Parameters<typeof LoneMember.start>[0] = {}): Promise<void> {
    lone = await LoneMember.start(settings);
    client = rawClient(endpointOf(lone.member));
    await poll('a leader', () => lone.member.status().leader !== undefined || undefined);
  }

  afterEach(async () => {
    client.close();
    await lone.dispose();
  });

  const put = async (key: string, value: string): Promise<number> =>
    revisionOf(expectOk(await lone.client.put(key, value)));
  const compact = (revision: number) =>
    lone.client.call(
      '/etcdserverpb.KV/Compact',
      { request: etcdserverpb.CompactionRequest, response: etcdserverpb.CompactionResponse },
      { revision },
    );
  const txn = (request: etcdserverpb.TxnRequest.$Properties) =>
    lone.client.call(
      '/etcdserverpb.KV/Txn',
      { request: etcdserverpb.TxnRequest, response: etcdserverpb.TxnResponse },
      request,
    );
  const putOp = (key: string, value: string | Buffer): etcdserverpb.RequestOp.$Properties => ({
    requestPut: { key: Buffer.from(key), value: Buffer.from(value) },
  });

  describe('of a member', () => {
    beforeEach(() => start());

    it('begins now, in the past or in the future: first the response to the creation, then events', async () => {
      await put('a', '1');
      await put('a', '2');
      const call = new WatchCall(client);
      expect(brief(await call.created({ key: 'a' }))).to.deep.equal({ revision: 3, watchId: 0, created: true });
      expect(brief(await call.created({ key: 'a', startRevision: 3 }))).to.deep.equal({
        revision: 3,
        watchId: 1,
        created: true,
      });
      expect(brief(await call.next())).to.deep.equal({ revision: 3, watchId: 1, events: ['put a=2 @3'] });
      expect(brief(await call.created({ key: 'a', startRevision: 5 }))).to.deep.equal({
        revision: 3,
        watchId: 2,
        created: true,
      });
      await put('a', '3');
      await lone.client.delete('a');
      expect([...(await call.events(5))].sort()).to.deep.equal([
        'delete a @5',
        'delete a @5',
        'delete a @5',
        'put a=3 @4',
        'put a=3 @4',
      ]);
      const { header } = call.responses.at(-1) ?? {};
      const { clusterId, memberId, raftTerm } = header ?? {};
      expect([clusterId, memberId].map(clampInteger)).to.deep.equal([lone.wireIds.cluster, lone.wireIds.member]);
      expect(clampInteger(raftTerm)).to.equal(lone.member.status().term);
    });

    it('covers a key, a range, a prefix, all keys from one on, or all', async () => {
      const call = new WatchCall(client);
      const watched: Creation[] = [
        { key: 'b' },
        { key: 'a', rangeEnd: 'b' },
        { key: 'b', rangeEnd: 'c' },
        { key: 'b', rangeEnd: '\0' },
        { key: '', rangeEnd: '\0' },
        { key: '\0', rangeEnd: '\0' },
        { key: '' },
      ];
      for (const each of watched) await call.created(each);
      for (const key of ['a', 'b', 'b1', 'c', '\0']) await put(key, '');
      await call.events(4 + 1 + 1 + 3 + 5 + 5 - 1);
      const seen = watched.map((_, id) =>
        call.responses.filter(({ watchId }) => Number(watchId) === id).flatMap(textEvents),
      );
      expect(seen.map((events) => events.map((event) => event.replace(/=.*/, '').replace('put ', '')))).to.deep.equal([
        ['b'],
        ['a'],
        ['b', 'b1'],
        ['b', 'b1', 'c'],
        ['a', 'b', 'b1', 'c', '\0'],
        ['a', 'b', 'b1', 'c', '\0'],
        ['\0'],
      ]);
    });

    it('refuses an empty range, and an id in use', async () => {
      const call = new WatchCall(client);
      const empty = {
        revision: 1,
        watchId: -1,
        created: true,
        canceled: true,
        cancelReason: 'mvcc: watcher range is empty',
      };
      expect(brief(await call.created({ key: 'b', rangeEnd: 'a' }))).to.deep.equal(empty);
      expect(brief(await call.created({ key: 'b', rangeEnd: 'b' }))).to.deep.equal(empty);
      expect(brief(await call.created({ key: 'b', watchId: 7 }))).to.deep.equal({
        revision: 1,
        watchId: 7,
        created: true,
      });
      expect(brief(await call.created({ key: 'b', watchId: 7 }))).to.deep.equal({
        ...empty,
        cancelReason: 'mvcc: duplicate watch ID provided on the WatchStream',
      });
    });

    // A watch from revision -1 was accepted as long as nothing was compacted. etcd refuses it since 3.6.6.
    it('refuses a negative start revision as a compacted one', async () => {
      const call = new WatchCall(client);
      const refused = {
        revision: 1,
        watchId: -1,
        created: true,
        canceled: true,
        cancelReason: 'etcdserver: mvcc: required revision has been compacted',
      };
      expect(brief(await call.created({ key: 'b', startRevision: -1 }))).to.deep.equal(refused);
      expect(brief(await call.created({ key: 'b', startRevision: -7, watchId: 3 }))).to.deep.equal(refused);
      expect(brief(await call.created({ key: 'b', rangeEnd: 'a', startRevision: -1 }))).to.deep.equal(refused);
      expect(brief(await call.created({ key: 'b', watchId: 3 }))).to.deep.equal({
        revision: 1,
        watchId: 3,
        created: true,
      });
    });

    it('assigns ascending ids, after those that the client has chosen', async () => {
      const call = new WatchCall(client);
      const ids: number[] = [];
      for (const watchId of [0, 2, 0, 0, -5, 1, 0]) {
        ids.push(Number(toBigInt((await call.created({ key: 'a', watchId })).watchId)));
      }
      // The requested id 1 is in use.
      expect(ids).to.deep.equal([0, 2, 1, 3, -5, -1, 4]);
    });

    it('includes the previous version, and omits filtered events', async () => {
      await put('a', '1');
      await put('a', '2');
      await lone.client.delete('a');
      await put('a', '3');
      const past = { key: 'a', startRevision: 2 };
      const call = new WatchCall(client);
      await call.created({ ...past, prevKv: true });
      expect(await call.events(4)).to.deep.equal([
        'put a=1 @2',
        'put a=2 @3, was 1 @2',
        'delete a @4, was 2 @3',
        'put a=3 @5',
      ]);
      await call.created({ ...past, filters: [NOPUT] });
      expect(await call.events(1)).to.deep.equal(['delete a @4']);
      await call.created({ ...past, filters: [NODELETE, NODELETE, 9 as typeof NOPUT] });
      expect(await call.events(3)).to.deep.equal(['put a=1 @2', 'put a=2 @3', 'put a=3 @5']);
      const silent = await call.created({ ...past, filters: [NOPUT, NODELETE] });
      await put('a', '4');
      await call.events(2);
      expect(call.responses.filter(({ watchId }) => Number(watchId) === Number(silent.watchId))).to.have.length(1);
    });

    it('sends the events of one revision in one response', async () => {
      const call = new WatchCall(client);
      await call.created({ key: 'k', rangeEnd: 'l' });
      await txn({ success: [putOp('k1', 'x'), putOp('k2', 'y'), putOp('other', 'z'), putOp('k3', 'z')] });
      expect(brief(await call.next())).to.deep.equal({
        revision: 2,
        watchId: 0,
        events: ['put k1=x @2', 'put k2=y @2', 'put k3=z @2'],
      });
    });

    it('cancels a watch that starts before, or falls behind, the compacted revision, and reports that revision', async () => {
      for (let at = 0; at < 8; at++) await put('a', String(at));
      expectOk(await compact(5));
      const call = new WatchCall(client);
      await call.created({ key: 'a', startRevision: 4 });
      expect(brief(await call.next())).to.deep.equal({ watchId: 0, canceled: true, compactRevision: 5 });
      // Its id can be requested again.
      await call.created({ key: 'a', startRevision: 5 });
      expect((await call.events(5)).at(0)).to.equal('put a=3 @5');
      await put('a', 'more');
      expect(await call.events(1)).to.deep.equal(['put a=more @10']);
    });

    it('can be cancelled; the cancellation of an unknown watch is ignored', async () => {
      const call = new WatchCall(client);
      await call.created({ key: 'a' });
      await call.created({ key: 'a' });
      call.send({ cancelRequest: { watchId: 99 } });
      call.send({});
      call.send({ cancelRequest: { watchId: 0 } });
      expect(brief(await call.next())).to.deep.equal({ revision: 1, watchId: 0, canceled: true });
      await put('a', '1');
      expect(brief(await call.next())).to.deep.equal({ revision: 2, watchId: 1, events: ['put a=1 @2'] });
      call.halfClose();
      await put('a', '2');
      expect(brief(await call.next())).to.deep.equal({ revision: 3, watchId: 1, events: ['put a=2 @3'] });
      expect(call.responses).to.have.length(5);
    });

    it('answers a progress request once every watch has reached the revision', async () => {
      const call = new WatchCall(client);
      call.send({ progressRequest: {} });
      expect(brief(await call.next())).to.deep.equal({ revision: 1, watchId: -1 });
      for (let at = 0; at < 50; at++) await put('a', 'v'.repeat(100_000));
      await call.created({ key: 'none' });
      // Several requests share one answer, sent after all events up to its revision.
      call.create({ key: 'a', startRevision: 2 });
      for (let times = 0; times < 3; times++) call.send({ progressRequest: {} });
      await poll('the progress', () => (call.responses.filter(isProgress).length > 1 ? true : undefined));
      expect(call.responses.slice(0, -1).flatMap(textEvents)).to.have.length(50);
      expect(brief(call.responses.at(-1) as WatchResponse)).to.deep.equal({ revision: 51, watchId: -1 });
    });

    it('answers a progress request only after every watch has begun', async () => {
      // A client that resumed after this revision would miss events (etcd 20221).
      const call = new WatchCall(client);
      await call.created({ key: 'a', startRevision: 4 });
      call.send({ progressRequest: {} });
      await put('a', '2');
      expect(call.responses.filter(isProgress)).to.have.length(0);
      await put('a', '3');
      expect(brief(await call.next())).to.deep.equal({ revision: 3, watchId: -1 });
      await put('a', '4');
      expect(await call.events(1)).to.deep.equal(['put a=4 @4']);
    });

    it('answers a progress request for a revision once it is reached, and states the freshness of its state', async () => {
      const call = new WatchCall(client);
      await call.created({ key: 'a' });
      call.send({ progressRequest: { atLeastRevision: 3 } });
      await put('b', '1');
      expect(call.responses.filter(isProgress)).to.have.length(0);
      await put('b', '2');
      const answer = await call.next();
      expect(brief(answer)).to.deep.equal({ revision: 3, watchId: -1 });
      expect(clampInteger(answer.header?.appliedIndex)).to.be.above(0);
      expect(clampInteger(answer.header?.stalenessMs)).to.be.below(10_000);
      call.send({ progressRequest: {} });
      const plain = await call.next();
      expect(plain.header).to.not.have.any.keys('appliedIndex', 'stalenessMs');
    });

    it('sends to other streams while one client does not read, and to that one later', async () => {
      const slow = new WatchCall(client);
      await slow.created({ key: 'a' });
      slow.hold();
      const other = rawClient(endpointOf(lone.member));
      const quick = new WatchCall(other);
      await quick.created({ key: 'a' });
      const value = 'v'.repeat(400 * 1024);
      const before = process.memoryUsage().rss;
      for (let at = 0; at < 60; at++) await put('a', value);
      await quick.events(60);
      // The events that its client had read, and no more: the rest was not generated.
      expect(slow.responses.length).to.be.below(30);
      expect(process.memoryUsage().rss - before).to.be.below(400 * 1024 * 1024);
      slow.letGo();
      const events = await slow.events(60);
      expect(events.map((event) => Number(/@(\d+)/.exec(event)?.[1]))).to.deep.equal(
        Array.from({ length: 60 }, (_, at) => at + 2),
      );
      other.close();
    });

    it('ends at once when its member stops', async () => {
      const call = new WatchCall(client);
      await call.created({ key: 'a' });
      await lone.member.stop();
      expect(await call.status).to.deep.equal({ code: Code.UNAVAILABLE, details: 'etcdserver: server stopped' });
      expect(lone.logger.messages('error')).to.deep.equal([]);
    });

    it('resumes after the last seen revision when its member has restarted', async () => {
      for (let at = 0; at < 10; at++) await put('a', String(at));
      const call = new WatchCall(client);
      await call.created({ key: 'a', startRevision: 2 });
      const before = await call.events(10);
      await lone.member.stop();
      const again = await startMember(loneSettings(lone.folder));
      const [next, writer] = [rawClient(endpointOf(again)), new EtcdClient(endpointOf(again))];
      try {
        const resumed = new WatchCall(next);
        await resumed.created({ key: 'a', startRevision: 6, prevKv: true });
        expectOk(await writer.put('a', 'after'));
        const after = await resumed.events(7);
        expect(after.slice(0, -1).map((event) => event.replace(/, was.*/, ''))).to.deep.equal(before.slice(4));
        expect(after.at(-1)).to.equal('put a=after @12, was 9 @11');
      } finally {
        next.close();
        writer.close();
        await again.stop();
      }
    });
  });

  describe('in fragments', () => {
    beforeEach(() => start({ 'max-request-bytes': String(1024 * 1024) }));

    it('splits a large revision into fragments, for clients that accept them', async () => {
      const value = Buffer.alloc(450 * 1024, 'v');
      const call = new WatchCall(client);
      await call.created({ key: 'k', rangeEnd: 'l', fragment: true });
      await call.created({ key: 'k', rangeEnd: 'l' });
      const large = Buffer.alloc(100 * 1024, 'v');
      await txn({ success: Array.from({ length: 9 }, (_, at) => putOp(`k${at}`, large)) });
      // Below the limit, with half a mebibyte for overhead: one response.
      for (let times = 0; times < 2; times++) expect(textEvents(await call.next())).to.have.length(9);
      await put('k0', value.toString());
      await put('k1', value.toString());
      await call.events(4);
      await txn({ success: [{ requestDeleteRange: { key: Buffer.from('k'), rangeEnd: Buffer.from('l') } }] });
      await call.events(18);
      const again = new WatchCall(client);
      await again.created({ key: 'k', rangeEnd: 'l', fragment: true, prevKv: true, startRevision: 5 });
      // Two versions of 450 KiB and seven of 100.
      await again.events(9);
      const fragments = again.responses.slice(1).map((response) => [response.fragment, response.events.length]);
      expect(fragments).to.deep.equal([
        [true, 8],
        [false, 1],
      ]);
      expect(again.responses.every(({ header }) => clampInteger(header?.revision) === 5)).to.equal(true);
    });
  });

  describe('with short intervals', () => {
    beforeEach(() => start({ 'experimental-watch-progress-notify-interval': '100ms' }));

    it('sends progress notifications to an idle watch that asked for them', async () => {
      const call = new WatchCall(client);
      await call.created({ key: 'a', progressNotify: true });
      await call.created({ key: 'a' });
      await call.created({ key: 'a', progressNotify: true, startRevision: 100 });
      await put('other', '1');
      await poll('two notifications', () => (call.responses.filter(isProgress).length >= 2 ? true : undefined));
      await put('a', '2');
      await poll('the events, and progress', () => (call.responses.length > 8 ? true : undefined));
      const progress = call.responses.filter(isProgress);
      // Neither a watch without progress_notify, nor one that starts in the future.
      expect(progress.every(({ watchId }) => Number(toBigInt(watchId)) === 0)).to.equal(true);
      const revisions = progress.map(({ header }) => clampInteger(header?.revision));
      expect([...revisions].sort((left, right) => left - right)).to.deep.equal(revisions);
      expect(revisions.at(-1)).to.equal(3);
      const event = call.responses.findIndex((response) => response.events.length > 0);
      // A progress response must not precede the events up to its revision.
      expect(call.responses.slice(0, event).every(({ header }) => clampInteger(header?.revision) < 3)).to.equal(true);
    });
  });

  describe('with bounds', () => {
    it('ends a stream with more watches than allowed, and no other', async () => {
      await start({ 'max-watches-per-stream': '1000' });
      const quiet = new WatchCall(client);
      await quiet.created({ key: 'a' });
      const call = new WatchCall(client);
      // A client that sends requests without end and reads no answers.
      for (let at = 0; at < 100_000 && !call.ended; at++) {
        call.create({ key: `k${at}` });
        if (at % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await call.status).to.deep.equal({
        code: Code.RESOURCE_EXHAUSTED,
        details: 'raftkv: more than 1000 watches on one stream',
      });
      await put('a', '1');
      expect(await quiet.events(1)).to.deep.equal(['put a=1 @2']);
      // Its credit was returned.
      const next = new WatchCall(client);
      for (let at = 0; at < 1000; at++) next.create({ key: `k${at}` });
      await poll('a thousand watches', () => (next.responses.length === 1000 ? true : undefined));
    });

    it('refuses a watch if the member has no room for more, and counts long keys several times', async () => {
      await start({ 'max-watches': '10' });
      const call = new WatchCall(client);
      await call.created({ key: 'k'.repeat(8 * 1024) });
      await call.created({ key: 'a' });
      const other = new WatchCall(client);
      expect(brief(await other.created({ key: 'b' }))).to.deep.equal({
        revision: 1,
        watchId: -1,
        created: true,
        canceled: true,
        cancelReason: 'etcdserver: too many requests',
      });
      call.send({ cancelRequest: { watchId: 0 } });
      await call.next();
      expect(brief(await other.created({ key: 'b' }))).to.deep.equal({ revision: 1, watchId: 0, created: true });
      call.cancel();
      await poll('room for nine', async () => {
        const third = new WatchCall(client);
        const { canceled } = await third.created({ key: 'k'.repeat(8 * 1024 - 1) });
        third.cancel();
        return canceled ? undefined : true;
      });
    });
  });

  describe('without a leader', () => {
    const peers = 'a=http://127.0.0.1:0,b=http://127.0.0.1:1,c=http://127.0.0.1:2';

    it('is refused if it requires one, and served otherwise', async () => {
      lone = await LoneMember.start({ name: 'a', 'initial-cluster': peers });
      client = rawClient(endpointOf(lone.member));
      const call = new WatchCall(client, { hasleader: 'true' });
      expect(await call.status).to.deep.equal({ code: Code.UNAVAILABLE, details: 'etcdserver: no leader' });
      const patient = new WatchCall(client);
      expect(brief(await patient.created({ key: 'a' }))).to.deep.equal({ revision: 1, watchId: 0, created: true });
      const read = await lone.client.get('a', { level: 'stale', metadata: { hasleader: 'true' } });
      expect(read).to.deep.equal({ kind: 'error', code: Code.UNAVAILABLE, details: 'etcdserver: no leader' });
    });
  });
});

function isProgress({ created, canceled, events }: WatchResponse): boolean {
  return !created && !canceled && events.length === 0;
}
