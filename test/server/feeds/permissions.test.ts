import { expect } from 'chai';
import { Client, op, RaftKvError, txn } from '../../../src/client/index.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember } from '../lone-member.js';

describe('change feeds with authentication on', () => {
  let lone: LoneMember;
  const clients: Client[] = [];
  let root: Client;
  let reader: Client;
  let other: Client;

  before(async () => {
    lone = await LoneMember.start({ 'bcrypt-cost': '4' });
    const first = connect();
    for (const name of ['root', 'reader', 'other']) await first.auth.userAdd(name, { password: name });
    await first.auth.userGrantRole('root', 'root');
    await first.auth.roleAdd('reads');
    await first.auth.roleGrantPermission('reads', { access: 'read', keys: { prefix: 'p/' } });
    await first.auth.roleGrantPermission('reads', { access: 'write', keys: 'out' });
    await first.auth.userGrantRole('reader', 'reads');
    await first.auth.enable();
    [root, reader, other] = [connect('root'), connect('reader'), connect('other')];
    await root.feeds.create('f', { prefix: 'p/' });
  });

  after(async () => {
    for (const client of clients) await client.close();
    await lone.dispose();
  });

  function connect(user?: string): Client {
    const endpoints = [endpointOf(lone.member)];
    const client = new Client({ endpoints, ...(user !== undefined && { user, password: user }) });
    clients.push(client);
    return client;
  }

  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      () => 'ok',
      (error: unknown) => (error instanceof RaftKvError ? error.code : error),
    );
  const ack = { feed: 'f', partition: 0, epoch: 1, revision: 1, after: 0 };

  it('are made, reset and deleted by root alone', async () => {
    expect(await codeOf(reader.feeds.create('g', { prefix: 'p/' }))).to.equal('permission-denied');
    expect(await codeOf(reader.feeds.reset('f'))).to.equal('permission-denied');
    expect(await codeOf(reader.feeds.delete('f'))).to.equal('permission-denied');
  });

  it('are seen, followed and acknowledged by those who may read their keys', async () => {
    expect((await reader.feeds.list()).map(({ name }) => name)).to.deep.equal(['f']);
    expect(await other.feeds.list()).to.deep.equal([]);
    expect(await codeOf(other.feeds.status('f'))).to.equal('not-found');
    expect(await codeOf(other.feed('f').next())).to.equal('permission-denied');
    expect(await codeOf(other.txn(txn().ack(ack)))).to.equal('permission-denied');
    await root.put('p/a', '1');
    const feed = reader.feed('f');
    const { value } = await feed.next();
    expect(value?.events[0]?.key.toString()).to.equal('p/a');
    if (value !== undefined) expect(await codeOf(reader.txn(txn().do(op.put('out', '1')).ack(value)))).to.equal('ok');
    await feed.return();
    await poll('the worker has left', async () => (await root.feeds.status('f')).workers.length === 0 || undefined);
  });

  // The lease of a worker has no keys, so any user could revoke it, and take the worker out of its feed.
  it('keep a worker whose lease another user tries to revoke', async () => {
    const feed = reader.feed('f');
    const next = feed.next();
    await poll('the worker', async () => (await root.feeds.status('f')).workers.length === 1 || undefined);
    const [worker] = (await other.leaseList()).ids;
    expect(await codeOf(other.leaseRevoke(worker ?? 0n))).to.equal('permission-denied');
    await root.put('p/b', '1');
    const { value } = await next;
    expect(value?.events.at(-1)?.key.toString()).to.equal('p/b');
    expect(await value?.ack()).to.equal(true);
    await feed.return();
    await poll('the worker has left', async () => (await root.feeds.status('f')).workers.length === 0 || undefined);
  });

  it('end for a user who loses the permission', async () => {
    const next = codeOf(reader.feed('f').next());
    await poll('the worker', async () => (await root.feeds.status('f')).workers.length === 1 || undefined);
    await root.auth.roleRevokePermission('reads', { prefix: 'p/' });
    await root.put('p/a', '2');
    expect(await next).to.equal('permission-denied');
  });
});
