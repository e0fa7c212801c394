import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { startMember, type Member } from '../../../src/server/member.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { freePorts } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf } from '../lone-member.js';

/** A cluster that had lost its majority for good could only be restored from a backup, without its last writes. */
describe('a member that is started with --force-new-cluster', function () {
  this.timeout(300_000);
  let folder: string;
  let urls: string[];
  const running = new Set<Member>();

  beforeEach(async () => {
    folder = makeTemporaryFolder('force');
    urls = (await freePorts(3)).map((port) => `http://127.0.0.1:${port}`);
  });

  afterEach(async () => {
    await Promise.all([...running].map((member) => member.stop()));
    running.clear();
    removeFolder(folder);
  });

  async function start(index: number, forceNewCluster = false): Promise<Member> {
    const member = await startMember(
      resolveConfig({
        name: `n${index}`,
        dataDir: join(folder, `n${index}`),
        listenClientUrls: ['http://127.0.0.1:0'],
        listenPeerUrls: [urls[index] ?? ''],
        initialCluster: urls.map((url, at) => ({ name: `n${at}`, peerUrls: [url] })),
        walSegmentBytes: 8 * 1024 * 1024,
        heartbeatInterval: 40,
        electionTimeout: 400,
        forceNewCluster,
      }),
    );
    running.add(member);
    return member;
  }

  async function stop(member: Member): Promise<void> {
    await member.stop();
    running.delete(member);
  }

  async function withClient<T>(member: Member, run: (client: EtcdClient) => Promise<T>): Promise<T> {
    const client = new EtcdClient(endpointOf(member));
    try {
      return await run(client);
    } finally {
      client.close();
    }
  }

  async function membersOf(member: Member): Promise<(readonly [string, string])[]> {
    const client = new Client({ endpoints: [endpointOf(member)] });
    try {
      return (await client.memberList()).members.map(({ id, name }) => [id, name] as const);
    } finally {
      await client.close();
    }
  }

  it('becomes a cluster of its own with all its data, also after a restart', async () => {
    const members = await Promise.all([0, 1, 2].map((index) => start(index)));
    const [first, second] = members;
    if (first === undefined || second === undefined) throw new Error('no members');
    await Promise.all(members.map((member) => member.ready));
    await withClient(first, async (client) => {
      for (const key of ['a', 'b', 'c']) expectOk(await client.put(key, 'v'));
    });
    await Promise.all(members.map(stop));
    const alone = await start(0, true);
    await alone.ready;
    expect([alone.id, alone.clusterId]).to.deep.equal([first.id, first.clusterId]);
    await withClient(alone, async (client) => {
      expect(expectOk(await client.get('c')).kvs.map(({ value }) => String(value))).to.deep.equal(['v']);
      expectOk(await client.put('d', 'v'));
    });
    expect(await membersOf(alone)).to.deep.equal([[first.id, 'n0']]);
    await stop(alone);
    // The flag may stay: it changes nothing any more.
    for (const force of [true, false]) {
      const again = await start(0, force);
      await again.ready;
      await withClient(again, async (client) => {
        expect(expectOk(await client.get('d')).kvs).to.have.length(1);
      });
      expect(await membersOf(again)).to.have.length(1);
      await stop(again);
    }
  });

  it('does not listen to the members that it left', async () => {
    const members = await Promise.all([0, 1, 2].map((index) => start(index)));
    await Promise.all(members.map((member) => member.ready));
    await Promise.all(members.map(stop));
    const alone = await start(0, true);
    await alone.ready;
    const { term } = alone.status();
    const former = await start(1);
    await former.closed;
    running.delete(former);
    await poll('the member to lead on', () => alone.status().role === 'leader' || undefined);
    expect(alone.status().term).to.equal(term);
    await withClient(alone, async (client) => expectOk(await client.put('k', 'v')));
  });

  it('founds a cluster as without it if it has no data', async () => {
    urls = urls.slice(0, 1);
    const member = await start(0, true);
    await member.ready;
    await withClient(member, async (client) => expectOk(await client.put('k', 'v')));
  });
});
