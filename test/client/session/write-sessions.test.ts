import { expect } from 'chai';
import { Client, GuardedPuts, RaftKvError, txn, op, compare } from '../../../src/client/index.js';
import type { ClientOptions } from '../../../src/client/index.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { LossyFront } from './lossy-front.js';

describe('writes of the client in a session', () => {
  let lone: LoneMember;
  const open: { close(): Promise<void> | void }[] = [];

  before(async () => {
    lone = await LoneMember.start();
  });

  after(() => lone.dispose());

  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function front(without: Parameters<typeof LossyFront.start>[1] = []): Promise<LossyFront> {
    const made = await LossyFront.start(endpointOf(lone.member), without);
    open.push({ close: () => made.stop() });
    return made;
  }

  function connect(endpoints: readonly string[], options: Partial<ClientOptions> = {}): Client {
    const client = new Client({ endpoints, sessions: true, timeoutMs: 30_000, ...options });
    open.push(client);
    return client;
  }

  async function until(condition: () => boolean): Promise<void> {
    await poll('the condition', () => (condition() ? true : undefined));
  }

  async function versionOf(client: Client, key: string): Promise<number> {
    return (await client.get(key)).kv?.version ?? 0;
  }

  it('are applied once, although their answers are lost', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    lossy.losses = ['answer lost', 'request lost', 'answer lost'];
    const { header } = await client.put('once', '1');
    expect(await versionOf(client, 'once')).to.equal(1);
    expect((await client.get('once')).kv?.modRevision).to.equal(header.revision);
    expect(lossy.calls.filter((name) => name === 'Put')).to.have.length(4);
  });

  it('are settled by the other member', async () => {
    const [lossy, sound] = [await front(), await front()];
    const client = connect([lossy.endpoint, sound.endpoint]);
    lossy.losses = ['answer lost'];
    const made = txn()
      .when(compare.version('other', '=', 0))
      .do(op.put('other', '1'));
    expect((await client.txn(made)).succeeded, 'as at first').to.equal(true);
    expect(await versionOf(client, 'other')).to.equal(1);
  });

  it('get their first error again', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    lossy.losses = ['answer lost'];
    const error = await client.leaseRevoke(4242n).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(RaftKvError);
    expect([(error as RaftKvError).code, (error as RaftKvError).fate]).to.deep.equal(['not-found', 'not-applied']);
  });

  it('know from a repeat that a unique index has refused them', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    const index = connect([endpointOf(lone.member)]).index('unique', { type: 'string' });
    await index.create({ keys: { prefix: 'unique/' }, wholeValue: true, unique: true });
    await index.ready();
    await client.put('unique/1', 'value');
    lossy.losses = ['answer lost'];
    const error = await client.put('unique/2', 'value').catch((reason: unknown) => reason);
    expect([(error as RaftKvError).code, (error as RaftKvError).fate]).to.deep.equal(['already-exists', 'not-applied']);
  });

  it('run at the same time', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    lossy.losses = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? 'answer lost' : 'answered'));
    await Promise.all(Array.from({ length: 200 }, (_, at) => client.put(`many/${at % 20}`, String(at))));
    for (let at = 0; at < 20; at++) expect(await versionOf(client, `many/${at}`)).to.equal(10);
    const { sessions } = await client.sessionList();
    expect(
      lossy.calls.filter((name) => name === 'Open'),
      'one session',
    ).to.have.length(1);
    expect(sessions.every(({ openSequences }) => openSequences <= 200)).to.equal(true);
  });

  // 3,000 puts at once chose their numbers together after each had found room: 1,976 of them were refused.
  it('wait for their turn if there are more at once than a session takes', async () => {
    const client = connect([endpointOf(lone.member)]);
    await Promise.all(Array.from({ length: 1500 }, (_, at) => client.put(`turns/${at % 20}`, String(at))));
    for (let at = 0; at < 20; at++) expect(await versionOf(client, `turns/${at}`)).to.equal(75);
  });

  it('can be cancelled while they wait for their turn, and then leave it to others', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    await client.put('cancelled', '1');
    lossy.silent.add('Put');
    const stopping = new AbortController();
    const { signal } = stopping;
    const held = Array.from({ length: 1100 }, () => client.put('cancelled', '2', { signal }));
    const settled = Promise.allSettled(held);
    await until(() => lossy.calls.filter((name) => name === 'Put').length >= 1024);
    const late = Array.from({ length: 5 }, () => client.put('late', '1'));
    lossy.silent.delete('Put');
    stopping.abort();
    const fates = (await settled).map((each) =>
      each.status === 'rejected' ? (each.reason as RaftKvError).fate : 'ok',
    );
    expect([fates.filter((fate) => fate === 'unknown').length, fates.at(-1)]).to.deep.equal([1024, 'not-applied']);
    await Promise.all(late);
    expect(await versionOf(client, 'late')).to.equal(5);
  });

  it('are reported as unknown if a server without sessions may have applied them twice', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    await client.put('older', '1');
    lossy.dropsSessions = true;
    const { header } = await client.put('older', '2');
    expect(header.revision, 'sent once').to.be.greaterThan(1);
    expect(await versionOf(client, 'older')).to.equal(2);
    lossy.losses = ['answer lost'];
    const error = await client.put('older', '3').catch((reason: unknown) => reason);
    expect([(error as RaftKvError).code, (error as RaftKvError).fate]).to.deep.equal(['session-lost', 'unknown']);
    expect(await versionOf(client, 'older'), 'applied twice').to.equal(4);
    expect(
      lossy.calls.filter((name) => name === 'Open'),
      'no session is used after such an answer',
    ).to.have.length(2);
  });

  it('stay in their session when a transaction without puts is sent in between', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    await client.put('empty', '1');
    expect((await client.putGuarded(new GuardedPuts())).succeeded).to.equal(true);
    await client.putGuarded(new GuardedPuts().add('empty', '2', (await client.get('empty')).kv?.modRevision ?? 0));
    expect(
      lossy.calls.filter((name) => name === 'Open'),
      'one session',
    ).to.have.length(1);
    expect(await versionOf(client, 'empty')).to.equal(2);
  });

  it('leave no session behind when their client is closed', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    const other = connect([endpointOf(lone.member)], { sessions: false });
    const before = (await other.sessionList()).total;
    await client.put('closed', '1');
    expect((await other.sessionList()).total).to.equal(before + 1);
    await Promise.all([client.close(), client.close()]);
    expect((await other.sessionList()).total).to.equal(before);
  });

  it('do not hold up the close of their client for long', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    await client.put('closed', '1');
    lossy.silent.add('Close');
    lossy.silent.add('Put');
    const pending = client.put('closed', '2').catch((reason: unknown) => (reason as RaftKvError).code);
    await until(() => lossy.calls.filter((name) => name === 'Put').length === 2);
    const closing = client.close();
    expect(await pending, 'at once').to.equal('closed');
    await closing;
    expect(lossy.calls.at(-1)).to.equal('Close');
  });

  it('go on in another session if theirs has ended before they were sent', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    await client.put('ended', '1');
    for (const { id } of (await client.sessionList()).sessions) await client.sessionClose(id);
    await client.put('ended', '2');
    expect(await versionOf(client, 'ended')).to.equal(2);
  });

  it('are not sent in another session once they may have been applied', async () => {
    const lossy = await front();
    const client = connect([lossy.endpoint]);
    const other = connect([endpointOf(lone.member)], { sessions: false });
    await client.put('unknown', '1');
    lossy.losses = ['answer lost'];
    const written = client.put('unknown', '2').catch((reason: unknown) => reason);
    while ((await versionOf(other, 'unknown')) < 2);
    for (const { id } of (await other.sessionList()).sessions) await other.sessionClose(id);
    const error = await written;
    // The repeat may have come before the sessions were closed.
    if (error instanceof RaftKvError) expect([error.code, error.fate]).to.deep.equal(['session-lost', 'unknown']);
    expect(await versionOf(client, 'unknown')).to.equal(2);
  });

  it('are plain writes for a server without sessions, and if the client wants them to be', async () => {
    const [without, plain] = [await front(['Open']), await front()];
    const clients = [connect([without.endpoint]), connect([plain.endpoint], { sessions: false })];
    for (const [at, client] of clients.entries()) {
      const lossy = at === 0 ? without : plain;
      await client.put(`plain/${at}`, '1');
      lossy.losses = ['answer lost'];
      const error = await client.put(`plain/${at}`, '2').catch((reason: unknown) => reason);
      expect((error as RaftKvError).fate).to.equal('unknown');
      expect(lossy.calls.filter((name) => name === 'Put')).to.have.length(2);
    }
  });
});
