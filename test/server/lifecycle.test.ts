import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { RawSettings } from '../../src/server/settings/table.js';
import { startMember, type Member } from '../../src/server/member.js';
import { ConfigError } from '../../src/server/settings/urls.js';
import { Code } from '../../src/rpc/status.js';
import { defined } from '../../src/util/assert.js';
import { EtcdClient, expectOk, revisionOf } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { folderTree } from '../support/folder-tree.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { endpointOf, loneSettings } from './lone-member.js';
import { rawCall, rawClient } from '../support/raw-client.js';
import { bytesField, numberField } from './raw-proto.js';

/** Resources that keep this process alive, by kind, except timers: those of earlier tests and their clients change. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Timeout' && kind !== 'Immediate')
    .sort();
}

describe('a member', () => {
  let folder: string;
  const running = new Set<Member>();

  beforeEach(() => {
    folder = makeTemporaryFolder('life');
  });

  afterEach(async () => {
    for (const member of running) await member.stop();
    running.clear();
    removeFolder(folder);
  });

  async function start(settings: RawSettings = {}): Promise<Member> {
    const member = await startMember(loneSettings(folder, settings));
    running.add(member);
    return member;
  }

  /** Expects the start to fail with one line, to leave the folder unchanged and to leave no handle open. */
  async function refusal(settings: RawSettings): Promise<string> {
    const before = folderTree(folder);
    try {
      await start(settings);
    } catch (error) {
      expect(folderTree(folder)).to.deep.equal(before);
      const { message } = error as Error;
      expect(message).not.to.include('\n');
      return message;
    }
    throw new Error('the member started');
  }

  async function withClient<T>(member: Member, run: (client: EtcdClient) => Promise<T>): Promise<T> {
    const client = new EtcdClient(endpointOf(member));
    try {
      return await run(client);
    } finally {
      client.close();
    }
  }

  const read = (member: Member): Promise<[string[], number]> =>
    withClient(member, async (client) => {
      const response = expectOk(await client.get('k'));
      return [response.kvs.map(({ value }) => String(value)), revisionOf(response)];
    });

  describe('that stops', () => {
    it('settles `closed`, however often `stop` is called', async () => {
      const member = await start();
      await withClient(member, async (client) => expectOk(await client.put('k', 'v')));
      await Promise.all([member.stop(), member.stop()]);
      await member.stop();
      await member.closed;
    });

    it('leaves nothing that keeps the process alive', async () => {
      const script = fileURLToPath(new URL('start-and-stop.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, folder], {
        timeout: 15_000,
      });
      expect(stdout).to.equal('stopped\n');
    });

    it('frees the ports and the data directory', async () => {
      const first = await start();
      const urls = {
        'listen-client-urls': defined(first.clientUrls[0], 'a client URL'),
        'listen-peer-urls': defined(first.peerUrls[0], 'a peer URL'),
        // Its id was derived from the configured URL, not from the bound one.
        'initial-advertise-peer-urls': 'http://127.0.0.1:0',
      };
      await first.stop();
      const second = await start(urls);
      expect(second.clientUrls).to.deep.equal(first.clientUrls);
      expect(await read(second)).to.deep.equal([[], 1]);
    });

    it('ends waiting calls with an error, and refuses later ones', async () => {
      const member = await start();
      const client = rawClient(endpointOf(member));
      const wait = Buffer.concat([bytesField(1, Buffer.from('k')), numberField(1002, 10n ** 12n)]);
      const waiting = rawCall(client, '/etcdserverpb.KV/Range', wait, { timeoutMs: 10_000 });
      expect((await rawCall(client, '/etcdserverpb.KV/Range', bytesField(1, Buffer.from('k')))).code).to.equal(Code.OK);
      await member.stop();
      expect(await waiting).to.include({ code: Code.UNAVAILABLE, details: 'etcdserver: server stopped' });
      expect((await rawCall(client, '/etcdserverpb.KV/Range', wait)).code).to.equal(Code.UNAVAILABLE);
      client.close();
    });

    it('in the middle of writes loses no acknowledged write', async () => {
      const member = await start();
      const acknowledged: string[] = [];
      await withClient(member, async (client) => {
        const writes = Array.from({ length: 300 }, async (_, i) => {
          const answer = await client.put(`k${i}`, 'v');
          if (answer.kind === 'ok') acknowledged.push(`k${i}`);
          else expect(answer.code, answer.details).to.equal(Code.UNAVAILABLE);
        });
        await Promise.race(writes);
        await member.stop();
        await Promise.all(writes);
      });
      const again = await start();
      await withClient(again, async (client) => {
        const { kvs } = expectOk(await client.range({ key: Buffer.from('k'), rangeEnd: Buffer.from('l') }));
        expect(kvs.map(({ key }) => String(key))).to.include.members(acknowledged);
        expect(acknowledged.length).to.be.at.least(1);
      });
    });
  });

  it('keeps identity, data and revision over a restart', async () => {
    const first = await start();
    await withClient(first, async (client) => {
      for (const value of ['1', '2', '3']) expectOk(await client.put('k', value));
    });
    const before = await read(first);
    expect(before).to.deep.equal([['3'], 4]);
    await first.stop();
    const second = await start();
    expect([second.id, second.clusterId]).to.deep.equal([first.id, first.clusterId]);
    expect(await read(second)).to.deep.equal(before);
    expect(second.status().term).to.be.above(1);
  });

  it('restarts with --initial-cluster-state existing, as in etcd; a first start with it needs other members', async () => {
    const existing = { 'initial-cluster-state': 'existing' };
    expect(await refusal(existing)).to.match(/existing: --initial-cluster must name the other members too/);
    const first = await start();
    await withClient(first, async (client) => expectOk(await client.put('k', 'v')));
    await first.stop();
    expect(await read(await start(existing))).to.deep.equal([['v'], 2]);
  });

  it('is refused on the data directory of a running member, and changes nothing', async () => {
    const first = await start();
    await withClient(first, async (client) => expectOk(await client.put('k', 'v')));
    // The member also writes its own name. The first entry is the leader's.
    await poll('it to have told its name', () => first.status().applied >= 3 || undefined);
    expect(await refusal({})).to.match(/data-dir|in use|another process|lock/);
    expect(await read(first)).to.deep.equal([['v'], 2]);
    await withClient(first, async (client) => expectOk(await client.put('k', 'w')));
    await first.stop();
    expect(await read(await start())).to.deep.equal([['w'], 3]);
  });

  describe('with a port in use', () => {
    let holder: Server;

    beforeEach(async () => {
      holder = createServer();
      holder.listen(0, '127.0.0.1');
      await once(holder, 'listening');
    });

    afterEach(async () => {
      holder.close();
      await once(holder, 'close');
    });

    for (const flag of ['listen-client-urls', 'listen-peer-urls']) {
      it(`is refused in --${flag}, and writes nothing`, async () => {
        const address = holder.address();
        const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
        const before = handles();
        const url = `http://127.0.0.1:${port}`;
        // The free address before it in the list was opened, and must be closed again.
        const message = await refusal({ [flag]: `http://127.0.0.1:0,${url}` });
        expect(message).to.include(`--${flag}: ${url} is in use`);
        expect(existsSync(join(folder, 'data'))).to.equal(false);
        await new Promise((resolve) => setImmediate(resolve));
        expect(handles()).to.deep.equal(before);
      });
    }
  });

  it('is refused with a ConfigError if the data directory is a file', async () => {
    writeFileSync(join(folder, 'data'), 'a letter');
    await startMember(loneSettings(folder)).then(
      () => expect.fail('the member started'),
      (error: unknown) => expect(error).to.be.instanceOf(ConfigError),
    );
  });

  it('runs beside other members in one process', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `m${i}`);
    const members = await Promise.all(
      names.map((name) => start({ name, 'data-dir': join(folder, name), 'initial-cluster-token': name })),
    );
    expect(new Set(members.flatMap((member) => [...member.clientUrls, ...member.peerUrls])).size).to.equal(16);
    expect(new Set(members.map(({ clusterId }) => clusterId)).size).to.equal(8);
    await Promise.all(
      members.map((member) => withClient(member, async (client) => expectOk(await client.put('k', member.name)))),
    );
    // Stopping one member does not affect the others.
    await members[0]?.stop();
    for (const member of members.slice(1)) expect(await read(member)).to.deep.equal([[member.name], 2]);
  });
});
