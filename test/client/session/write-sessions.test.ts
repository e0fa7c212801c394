import { expect } from 'chai';
import { Client, RaftKvError, txn, op, compare } from '../../../src/client/index.js';
import type { ClientOptions } from '../../../src/client/index.js';
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
