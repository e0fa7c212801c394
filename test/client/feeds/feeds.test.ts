import { expect } from 'chai';
import { Client, op, RaftKvError, txn } from '../../../src/client/index.js';
import type { FeedBatch } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { poll } from '../../support/poll.js';

describe('change feeds of the client', () => {
  let lone: LoneMember;
  const clients: Client[] = [];
  let names = 0;
  let name: string;

  before(async () => {
    lone = await LoneMember.start();
  });

  beforeEach(() => {
    name = `feed-${++names}`;
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  after(() => lone.dispose());

  function connect(): Client {
    const client = new Client({ endpoints: [endpointOf(lone.member)] });
    clients.push(client);
    return client;
  }

  const textsOf = ({ events }: FeedBatch): readonly string[] =>
    events.map(
      (event) => `${event.type} ${event.key.toString()}${event.type === 'put' ? `=${event.kv.valueText()}` : ''}`,
    );

  /** Takes batches until there are so many events. */
  async function take(
    feed: AsyncGenerator<FeedBatch, void, undefined>,
    events: number,
    each: (batch: FeedBatch) => Promise<unknown> = (batch) => batch.ack(),
  ): Promise<readonly string[]> {
    const texts: string[] = [];
    while (texts.length < events) {
      const { value } = await feed.next();
      if (value === undefined) break;
      texts.push(...textsOf(value));
      await each(value);
    }
    return texts;
  }

  const cursorOf = async (client: Client): Promise<number> =>
    (await client.feeds.status(name)).partitions[0]?.cursor ?? -1;

  it('goes on where the acknowledgements ended', async () => {
    const client = connect();
    const created = await client.feeds.create(name, { prefix: `${name}/`, prevKv: true });
    expect(created).to.include({ name, lag: 0, broken: undefined, prevKv: true });
    await client.put(`${name}/a`, '1');
    await client.delete(`${name}/a`);
    const feed = client.feed(name);
    const expected = [`put ${name}/a=1`, `delete ${name}/a`];
    expect(await take(feed, 2, () => Promise.resolve())).to.deep.equal(expected);
    await feed.return();
    const again = client.feed(name);
    expect(await take(again, 2)).to.deep.equal(expected);
    await client.put(`${name}/b`, '2');
    expect(await take(again, 1)).to.deep.equal([`put ${name}/b=2`]);
    await again.return();
    expect(await cursorOf(client)).to.equal((await client.get(`${name}/b`)).kv?.modRevision);
  });

  it('passes to another consumer when one is gone, and refuses its late acknowledgement', async () => {
    const [one, two] = [connect(), connect()];
    await one.feeds.create(name, { prefix: `${name}/` });
    await one.put(`${name}/a`, '1');
    let late: FeedBatch | undefined;
    const dying = one.feed(name, { worker: 'one' });
    await take(dying, 1, (batch) => Promise.resolve((late = batch)));
    const waiting = take(two.feed(name, { worker: 'two' }), 1);
    await poll('two workers', async () => (await two.feeds.status(name)).workers.length === 2 || undefined);
    await one.close();
    expect(await waiting).to.deep.equal([`put ${name}/a=1`]);
    const status = await two.feeds.status(name);
    expect([status.workers, status.partitions[0]?.worker, status.lag]).to.deep.equal([['two'], 'two', 0]);
    const three = connect();
    const stale = txn()
      .do(op.put('out', 'x'))
      .ack({ feed: name, partition: 0, epoch: late?.epoch ?? 0, revision: 2, after: 1 });
    const failure = await three.txn(stale).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(RaftKvError).with.property('code', 'feed-moved');
    expect((await three.get('out')).kv).to.equal(undefined);
  });

  it('acknowledges in a transaction, and delivers nothing twice then', async () => {
    const client = connect();
    await client.feeds.create(name, { prefix: `${name}/` });
    for (const value of ['1', '2', '3']) await client.put(`${name}/k`, value);
    let commits = 0;
    const feed = client.feed(name);
    await take(feed, 3, async (batch) => {
      const transaction = txn()
        .do(op.put('sum', textsOf(batch).join()))
        .ack(batch);
      await client.txn(transaction);
      commits++;
      const again = await client.txn(transaction).then(
        () => 'committed',
        (error: unknown) => (error instanceof RaftKvError ? error.code : error),
      );
      expect(again).to.equal('feed-moved');
    });
    await feed.return();
    expect(commits).to.be.greaterThan(0);
    await client.put(`${name}/k`, '4');
    const rest = client.feed(name);
    expect(await take(rest, 1)).to.deep.equal([`put ${name}/k=4`]);
    await rest.return();
  });

  it('is shared by 64 workers, each with a partition, and refuses another one', async () => {
    const client = connect();
    await client.feeds.create(name, { prefix: `${name}/`, partitions: 64 });
    const workers = Array.from({ length: 64 }, (_, at) => `worker-${at}`);
    const seen: string[] = [];
    const reading = workers.map(async (worker) => {
      for await (const batch of client.feed(name, { worker })) {
        seen.push(...textsOf(batch));
        await batch.ack();
      }
    });
    await poll('64 workers', async () => (await client.feeds.status(name)).workers.length === 64 || undefined);
    const { partitions } = await client.feeds.status(name);
    expect(partitions.map(({ worker }) => worker)).to.have.members(workers);
    const refused: unknown = await client
      .feed(name)
      .next()
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(RaftKvError).with.property('message').that.contains('64 workers');
    const keys = Array.from({ length: 200 }, (_, at) => `${name}/${at}`);
    for (const key of keys) await client.put(key, '1');
    await poll('all changes', () => seen.length >= keys.length || undefined);
    expect(seen).to.have.members(keys.map((key) => `put ${key}=1`));
    await client.feeds.delete(name);
    await Promise.allSettled(reading);
  });

  it('holds back what exceeds the bytes in flight', async () => {
    const client = connect();
    await client.feeds.create(name, { prefix: `${name}/` });
    const value = 'v'.repeat(300_000);
    for (let at = 0; at < 6; at++) await client.put(`${name}/${at}`, value);
    const batches: FeedBatch[] = [];
    const feed = client.feed(name, { inFlightBytes: 500_000 });
    const reading = (async (): Promise<void> => {
      for await (const batch of feed) batches.push(batch);
    })();
    const count = (): number => batches.flatMap(({ events }) => events).length;
    await poll('a batch', () => batches.length > 0 || undefined);
    const first = count();
    expect(first).to.be.lessThan(6);
    // Nothing more comes, whatever is written.
    await client.put(`${name}/more`, '');
    await client.feeds.status(name);
    expect(count()).to.equal(first);
    while (count() < 7) {
      await batches.at(-1)?.ack();
      const { length } = batches;
      await poll('another batch', () => batches.length > length || undefined);
    }
    await feed.return();
    await reading;
  });

  it('puts a batch of many messages together', async () => {
    const client = connect();
    await client.feeds.create(name, { prefix: `${name}/`, prevKv: true });
    const keys = Array.from({ length: 100 }, (_, at) => `${name}/${String(at).padStart(3, '0')}`);
    const value = 'v'.repeat(40_000);
    for (let at = 0; at < keys.length; at += 20) {
      await client.txn(txn().do(...keys.slice(at, at + 20).map((key) => op.put(key, value))));
    }
    await client.delete({ prefix: `${name}/` }); // 4 MB of previous versions in one revision
    const feed = client.feed(name);
    let last: FeedBatch | undefined;
    const texts = await take(feed, 200, (batch) => {
      last = batch;
      return batch.ack();
    });
    expect(texts.slice(100)).to.deep.equal(keys.map((key) => `delete ${key}`));
    expect(last?.events.at(-1)?.prevKv?.valueText()).to.equal(value);
    await feed.return();
  });

  it('fails when the feed is deleted, does not exist, or another consumer takes the name', async () => {
    const client = connect();
    const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
      await work.then(
        () => 'ended',
        (error: unknown) => (error instanceof RaftKvError ? error.code : error),
      );
    expect(await codeOf(client.feed(name).next())).to.equal('not-found');
    await client.feeds.create(name, { key: name });
    expect(await codeOf(client.feeds.create(name, { key: name }))).to.equal('already-exists');
    const first = codeOf(client.feed(name, { worker: 'w' }).next());
    await poll('the worker', async () => (await client.feeds.status(name)).workers.length === 1 || undefined);
    const second = codeOf(client.feed(name, { worker: 'w' }).next());
    expect(await first).to.equal('failed-precondition');
    await client.feeds.delete(name);
    expect(await second).to.equal('not-found');
    expect((await client.feeds.list()).map((feed) => feed.name)).not.to.include(name);
  });
});
