import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { FEED_TTL_MAX_SECONDS, partitionOf } from '../../../src/kv/feeds/feed.js';
import type { ApplyResult, KvStore } from '../../../src/kv/store.js';
import { archiveOf } from '../../../src/kv/snapshot/archive.js';
import { readArchive } from '../../../src/kv/snapshot/archive-reader.js';
import { importSnapshot } from '../../../src/kv/snapshot/import.js';
import { defined } from '../../../src/util/assert.js';
import { encode, Fixture, MEMBERS, memoryHome, TERM } from '../support/fixture.js';
import { feedOf, feeds, owners, undelivered } from './feed-requests.js';

const kinds = (results: readonly ApplyResult[]): readonly string[] =>
  results.map((result) => (result.kind === 'ok' ? 'ok' : result.error.kind));

async function* archive(store: KvStore): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of archiveOf(store.openSnapshot(), () => store.sizeBytes())) yield Uint8Array.from(bytes);
}

describe('change feeds of KvStore', () => {
  const fixtures: Fixture[] = [];

  async function open(...commands: Parameters<Fixture['apply']>[0]): Promise<Fixture> {
    const fixture = await Fixture.open(memoryHome());
    fixtures.push(fixture);
    for (const command of commands) await fixture.apply([command]);
    return fixture;
  }

  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.remove();
  });

  it('delivers the changes of its keys behind the cursor, with their previous versions', async () => {
    const { store } = await open(
      encode.put('p/a', '1'), // revision 2
      feeds.create('f', { prevKv: true }),
      encode.put('p/a', '2'),
      encode.put('other', 'x'),
      encode.delete('p/a'),
      encode.put('p0', 'behind the range'),
      encode.put('p/b', '3'),
    );
    expect(await undelivered(store, 'f')).to.deep.equal(['3 put p/a=2 was 1', '5 delete p/a= was 2', '7 put p/b=3']);
  });

  it('begins at the revision that it was made for, and never at or below the compacted one', async () => {
    const fixture = await open(
      encode.put('p/a', '1'),
      encode.put('p/a', '2'),
      encode.put('p/a', '3'),
      encode.compact(2),
    );
    const answers = await fixture.apply([
      feeds.create('now'),
      feeds.create('third', { startRevision: 3 }),
      feeds.create('next', { startRevision: 5 }),
      feeds.create('oldest', { startRevision: -1 }),
      feeds.create('compacted', { startRevision: 2 }),
      feeds.create('future', { startRevision: 6 }),
      feeds.create('now'),
    ]);
    expect(kinds(answers)).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'compacted', 'future-revision', 'feed-exists']);
    const cursors = [...fixture.store.feeds()].map(([name, { partitions }]) => [name, partitions[0]?.cursor]);
    expect(cursors).to.deep.equal([
      ['now', 4],
      ['third', 2],
      ['next', 4],
      ['oldest', 2],
    ]);
  });

  it('refuses names, ranges and numbers that are not allowed', async () => {
    const fixture = await open();
    const answers = await fixture.apply([
      feeds.create(''),
      feeds.create('ü'),
      feeds.create('x'.repeat(129)),
      feeds.create('f', { key: Buffer.alloc(0) }),
      feeds.create('f', { rangeEnd: Buffer.from('a') }),
      feeds.create('f', { partitions: 65 }),
      feeds.create('f', { rangeEnd: Buffer.alloc(4097, 'z') }),
      feeds.create('f', { retainRevisions: -1 }),
      feeds.create('f', { noPuts: true, noDeletes: true }),
      feeds.create('x'.repeat(128)),
    ]);
    const invalid = 'invalid-feed';
    const expected = [invalid, invalid, invalid, 'empty-key', invalid, invalid, invalid, invalid, invalid, 'ok'];
    expect(kinds(answers)).to.deep.equal(expected);
  });

  it('moves a cursor forward only, and not beyond the store', async () => {
    const fixture = await open(feeds.create('f'), encode.put('p/a', '1'), encode.put('p/a', '2')); // revisions 2 and 3
    const ack = { feed: 'f', epoch: 1 };
    const answers = await fixture.apply([
      feeds.ack({ ...ack, revision: 3, after: 2 }), // a batch was left out
      feeds.ack({ ...ack, revision: 2, after: 1 }),
      feeds.ack({ ...ack, revision: 1 }), // again
      feeds.ack({ ...ack, revision: 4 }),
      feeds.ack({ ...ack, epoch: 2, revision: 3 }),
      feeds.ack({ ...ack, revision: 3, partition: 1 }),
      feeds.ack({ ...ack, revision: 3 }, { ...ack, revision: 3, feed: 'g' }), // all or none
      feeds.ack({ ...ack, revision: 3 }, { ...ack, revision: 3 }),
    ]);
    expect(kinds(answers)).to.deep.equal([
      'feed-position',
      'ok',
      'ok',
      'future-revision',
      'feed-epoch',
      'invalid-feed',
      'feed-not-found',
      'invalid-feed',
    ]);
    expect(await undelivered(fixture.store, 'f')).to.deep.equal(['3 put p/a=2']);
  });

  it('takes an acknowledgement with the success branch of a transaction, once', async () => {
    const fixture = await open(feeds.create('f'), encode.put('p/a', '1'));
    const total = (value: string, succeeds: boolean, epoch = 1) =>
      encode.txn({
        compare: succeeds ? [] : [{ key: Buffer.from('absent'), target: 0, version: 1 }],
        success: [{ request: 'requestPut', requestPut: { key: Buffer.from('total'), value: Buffer.from(value) } }],
        feedAck: [{ feed: 'f', epoch, revision: 2, after: 1 }],
      });
    const answers = await fixture.apply([total('failed', false), total('stale', true, 2)]);
    expect(kinds(answers)).to.deep.equal(['ok', 'feed-epoch']);
    expect(feedOf(fixture.store, 'f').partitions[0]?.cursor).to.equal(1);
    expect(kinds(await fixture.apply([total('first', true), total('second', true)]))).to.deep.equal([
      'ok',
      'feed-position',
    ]);
    expect(feedOf(fixture.store, 'f').partitions[0]?.cursor).to.equal(2);
    const read = await fixture.store.range({ key: Buffer.from('total') });
    if (read.kind !== 'ok') throw new Error(read.error.kind);
    const { kvs } = etcdserverpb.RangeResponse.decode(Buffer.concat([read.body].flat()));
    expect(Buffer.from(kvs[0]?.value ?? []).toString()).to.equal('first');
  });

  it('shares partitions among workers, and raises the epoch of each that moves', async () => {
    const fixture = await open(feeds.create('f', { partitions: 4 }), feeds.join('f', 'b', 71n));
    expect(owners(fixture.store, 'f')).to.deep.equal(['b:2', 'b:2', 'b:2', 'b:2']);
    await fixture.apply([feeds.join('f', 'a', 72n)]);
    expect(owners(fixture.store, 'f')).to.deep.equal(['b:2', 'b:2', 'a:3', 'a:3']);
    await fixture.apply([feeds.join('f', 'c', 73n)]);
    expect(owners(fixture.store, 'f')).to.deep.equal(['b:2', 'c:3', 'a:3', 'a:3']);
    // The lease of a worker ends: the others take over.
    await fixture.apply([encode.leaseRevoke(72n)]);
    expect(owners(fixture.store, 'f')).to.deep.equal(['b:2', 'c:3', 'b:4', 'c:4']);
    expect(kinds(await fixture.apply([feeds.ack({ feed: 'f', partition: 2, epoch: 3, revision: 1 })]))).to.deep.equal([
      'feed-epoch',
    ]);
    // A worker that begins anew fences its earlier self, whose lease no longer counts.
    await fixture.apply([feeds.join('f', 'b', 74n)]);
    expect(owners(fixture.store, 'f')).to.deep.equal(['b:3', 'c:3', 'b:5', 'c:4']);
    await fixture.apply([encode.leaseRevoke(71n)]);
    expect(owners(fixture.store, 'f')).to.deep.equal(['b:3', 'c:3', 'b:5', 'c:4']);
    const { grantedIndex } = defined(fixture.store.leases.get(74n), 'the lease of the worker');
    const expiry = encode.leaseExpire(74n, { grantedIndex, term: TERM });
    await fixture.apply([expiry, encode.leaseRevoke(73n)]);
    expect(owners(fixture.store, 'f')).to.deep.equal(['-:5', '-:4', '-:7', '-:5']);
  });

  it('refuses late acknowledgements of an earlier feed of the same name', async () => {
    const fixture = await open(feeds.create('f'), feeds.join('f', 'w', 71n), encode.put('p/a', '1'));
    const late = feeds.ack({ feed: 'f', epoch: feedOf(fixture.store, 'f').partitions[0]?.epoch ?? 0, revision: 2 });
    const again = [feeds.delete('f'), feeds.create('f', { startRevision: -1 }), feeds.join('f', 'w', 72n)];
    expect(kinds(await fixture.apply([...again, late]))).to.deep.equal(['ok', 'ok', 'ok', 'feed-epoch']);
    expect(await undelivered(fixture.store, 'f')).to.deep.equal(['2 put p/a=1']);
  });

  it('refuses a worker that would hold its partitions for hours after its member is gone', async () => {
    const fixture = await open(feeds.create('f'));
    const joins = [
      feeds.join('f', 'w', 71n, FEED_TTL_MAX_SECONDS + 1),
      feeds.join('f', 'w', 71n, FEED_TTL_MAX_SECONDS),
    ];
    expect(kinds(await fixture.apply(joins))).to.deep.equal(['lease-ttl-too-large', 'ok']);
  });

  it('pauses in a batch of many acknowledgements, also if all are refused', async () => {
    let pauses = 0;
    const pause = (): Promise<void> => {
      pauses++;
      return Promise.resolve();
    };
    const fixture = await Fixture.open(memoryHome(), { pause });
    fixtures.push(fixture);
    await fixture.apply([feeds.create('f', { partitions: 64 })]);
    const ack = (epoch: number) =>
      feeds.ack(...Array.from({ length: 64 }, (_, partition) => ({ feed: 'f', partition, epoch })));
    for (const epoch of [1, 2]) {
      pauses = 0;
      await fixture.apply(Array.from({ length: 300 }, () => ack(epoch)));
      expect(pauses, `epoch ${epoch}`).to.be.greaterThan(1);
    }
  });

  it('delivers each key in one partition, by its hash', async () => {
    // FNV-1a of "a" is e40c292c, of "foobar" bf9cf968.
    expect([partitionOf(Buffer.from('a'), 64), partitionOf(Buffer.from('foobar'), 64)]).to.deep.equal([0x2c, 0x28]);
    const fixture = await open(feeds.create('f', { partitions: 3 }));
    const keys = Array.from({ length: 30 }, (_, at) => `p/${at}`);
    await fixture.apply(keys.map((key) => encode.put(key, 'v')));
    const delivered = await Promise.all([0, 1, 2].map((partition) => undelivered(fixture.store, 'f', partition)));
    for (const part of delivered) expect(part.length).to.be.greaterThan(3);
    const all = delivered.flat().map((text) => /put (.*)=/.exec(text)?.[1] ?? text);
    expect(all.sort()).to.deep.equal([...keys].sort());
  });

  it('keeps compacted changes and their versions until they are acknowledged', async () => {
    const fixture = await open(
      encode.put('p/a', '1'), // 2
      feeds.create('f', { prevKv: true }),
      encode.put('p/a', '2'), // 3
      encode.put('p/b', '1'),
      encode.put('p/a', '3'), // 5
      encode.delete('p/a'),
      encode.put('x', '1'), // 7
      encode.compact(7),
    );
    const { store } = fixture;
    expect(await store.whenSwept(7), 'up to what the feed needs').to.equal(true);
    const all = ['3 put p/a=2 was 1', '4 put p/b=1', '5 put p/a=3 was 2', '6 delete p/a= was 3'];
    expect(await undelivered(store, 'f')).to.deep.equal(all);
    await fixture.reopen();
    expect(await fixture.store.whenSwept(7)).to.equal(true);
    expect(await undelivered(fixture.store, 'f')).to.deep.equal(all);
    await fixture.apply([feeds.ack({ feed: 'f', epoch: 2, revision: 4 })]);
    expect(await fixture.store.whenSwept(7)).to.equal(true);
    expect(await undelivered(fixture.store, 'f')).to.deep.equal(all.slice(2));
    const swept = await open(
      encode.put('p/a', '1'),
      encode.put('p/a', '2'),
      encode.put('p/b', '1'),
      encode.put('p/a', '3'),
      encode.delete('p/a'),
      encode.put('x', '1'),
      encode.compact(7),
    );
    await swept.store.whenSwept(7);
    await swept.apply([encode.leaseRevoke(99n)]); // publishes a state without those rows
    // Then no more is kept than without a feed.
    await fixture.apply([feeds.ack({ feed: 'f', epoch: 2, revision: 7 })]);
    await fixture.store.whenSwept(7);
    await fixture.apply([feeds.delete('f')]);
    expect((await fixture.store.hashAll())?.hash)
      .to.be.a('number')
      .equal((await swept.store.hashAll())?.hash);
  });

  it('reads below the compacted revision fail as without a feed', async () => {
    const { store } = await open(feeds.create('f'), encode.put('p/a', '1'), encode.put('p/a', '2'), encode.compact(3));
    const read = await store.range({ key: Buffer.from('p/a'), revision: 2 });
    expect(read.kind === 'error' && read.error.kind).to.equal('compacted');
  });

  it('breaks a feed for which a compaction would keep too much, and mends it by a reset', async () => {
    const fixture = await open(feeds.create('f', { retainRevisions: 2 }), feeds.create('g', { retainRevisions: 3 }));
    for (let at = 0; at < 4; at++) await fixture.apply([encode.put('p/a', String(at))]); // revisions 2 to 5
    await fixture.apply([encode.compact(3)]);
    expect([...fixture.store.feeds().values()].map(({ broken }) => broken)).to.deep.equal([0, 0]);
    await fixture.apply([encode.compact(4)]);
    expect([...fixture.store.feeds().values()].map(({ broken }) => broken)).to.deep.equal([4, 0]);
    const refused = [feeds.ack({ feed: 'f', epoch: 1, revision: 5 }), feeds.join('f', 'w', 71n), feeds.reset('f', 3)];
    expect(kinds(await fixture.apply(refused))).to.deep.equal(['feed-broken', 'feed-broken', 'compacted']);
    expect(kinds(await fixture.apply([feeds.reset('f', 5)]))).to.deep.equal(['ok']);
    expect(await undelivered(fixture.store, 'f')).to.deep.equal(['5 put p/a=3']);
    expect(kinds(await fixture.apply([feeds.ack({ feed: 'f', epoch: 1, revision: 5 })]))).to.deep.equal(['feed-epoch']);
    expect(kinds(await fixture.apply([feeds.ack({ feed: 'f', epoch: 2, revision: 5 })]))).to.deep.equal(['ok']);
  });

  it('is the same after a restart, and part of the hash of records', async () => {
    const commands = [
      feeds.create('f', { partitions: 2, prevKv: true }),
      feeds.join('f', 'w', 71n),
      encode.put('p/a', '1'),
      feeds.ack({ feed: 'f', epoch: 2, revision: 2 }),
      feeds.create('g'),
      feeds.delete('g'),
    ];
    const [one, many] = [await open(), await open()];
    const byRows: number[] = [(await one.store.hashRecords()).hash];
    for (const command of commands) {
      await one.apply([command]);
      byRows.push((await one.store.hashRecords()).hash);
    }
    await many.apply(commands);
    expect(byRows.map((_, index) => many.store.recordHashAt(index))).to.deep.equal(byRows);
    // All but the put change it, and the deletion takes back the creation.
    expect(new Set(byRows).size).to.equal(5);
    const before = feedOf(many.store, 'f');
    await many.reopen();
    expect(feedOf(many.store, 'f')).to.deep.equal(before);
  });

  it('comes with a snapshot, of which no compacted change that it needs is removed', async () => {
    const put = (value: string) => encode.put('p/a', value); // revisions 2 to 5
    const ahead = await open(feeds.create('f'), put('1'), put('2'), put('3'), put('4'), encode.compact(5));
    await ahead.apply([feeds.ack({ feed: 'f', epoch: 1, revision: 3 })]);
    expect(await ahead.store.whenSwept(5)).to.equal(true);
    // It has no feed yet, so nothing holds its sweep.
    const behind = await open(encode.leaseRevoke(99n));
    const [source, sink] = [ahead.store.openSnapshot(), behind.store.receiveSnapshot()];
    for await (const frame of source.frames()) await sink.take(Uint8Array.from(frame));
    source.close();
    await behind.store.restore(source.metadata);
    expect(await behind.store.whenSwept(5)).to.equal(true);
    expect(feedOf(behind.store, 'f')).to.deep.equal(feedOf(ahead.store, 'f'));
    expect(await undelivered(behind.store, 'f')).to.deep.equal(['4 put p/a=3', '5 put p/a=4']);
    expect((await behind.store.hashRecords()).hash).to.equal((await ahead.store.hashRecords()).hash);
  });

  it('goes into a new cluster with its cursors, without workers, and with other epochs', async () => {
    const { store } = await open(
      feeds.create('f', { partitions: 2 }),
      feeds.join('f', 'w', 71n),
      encode.put('p/a', '1'),
      feeds.ack({ feed: 'f', epoch: 2, revision: 2 }),
      encode.put('p/a', '2'),
    );
    const home = memoryHome();
    const opened = await home.open();
    await importSnapshot(readArchive(archive(store), { checkDigest: true }), opened.engine, {
      members: MEMBERS,
      bumpRevision: 0,
    });
    const restored = await Fixture.open(home);
    fixtures.push(restored);
    const { workers, partitions } = feedOf(restored.store, 'f');
    expect(workers).to.deep.equal([]);
    expect(partitions).to.deep.equal([
      { cursor: 2, epoch: 2 + 2 ** 32, worker: '' },
      { cursor: 1, epoch: 2 + 2 ** 32, worker: '' },
    ]);
  });

  // The skipped revisions counted as kept: the first compaction broke every feed, also one that had delivered all.
  it('goes into a new cluster behind its skipped revisions once all is acknowledged', async () => {
    const { store } = await open(
      feeds.create('done', {}),
      feeds.create('behind', {}),
      encode.put('p/a', '1'),
      feeds.ack({ feed: 'done', epoch: 1, revision: 2 }),
    );
    const home = memoryHome();
    const opened = await home.open();
    const bumpRevision = 1_000_000_000;
    await importSnapshot(readArchive(archive(store), { checkDigest: true }), opened.engine, {
      members: MEMBERS,
      bumpRevision,
    });
    const restored = await Fixture.open(home);
    fixtures.push(restored);
    expect(await undelivered(restored.store, 'behind')).to.deep.equal(['2 put p/a=1']);
    while (restored.entry(Buffer.alloc(0)).index < restored.store.appliedIndex()); // numbers of the log before
    await restored.apply([encode.put('p/a', '2'), encode.compact(bumpRevision + 3)]);
    expect(feedOf(restored.store, 'done')).to.include({ broken: 0 });
    expect(await undelivered(restored.store, 'done')).to.deep.equal([`${bumpRevision + 3} put p/a=2`]);
    expect(feedOf(restored.store, 'behind').broken).to.equal(bumpRevision + 3);
  });
});
