import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import type { RawSettings } from '../../../src/server/settings/table.js';
import { startMember, type Member } from '../../../src/server/member.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { folderTree } from '../../support/folder-tree.js';
import { freePorts } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, loneSettings } from '../lone-member.js';

describe('a member with data', () => {
  let folder: string;
  let running: Member | undefined;

  beforeEach(() => {
    folder = makeTemporaryFolder('restart');
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    removeFolder(folder);
  });

  async function start(settings: RawSettings): Promise<Member> {
    running = await startMember(loneSettings(folder, settings));
    return running;
  }

  async function stop(): Promise<void> {
    await running?.stop();
    running = undefined;
  }

  async function refusal(settings: RawSettings): Promise<string> {
    try {
      await start(settings);
    } catch (error) {
      expect((error as Error).name).to.equal('ConfigError');
      return (error as Error).message;
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

  /** Starts a new cluster of one, named n1, and writes a key. */
  async function found(settings: RawSettings = {}): Promise<{ member: Member; peerPort: number }> {
    const [peerPort = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${peerPort}`;
    const member = await start({
      name: 'n1',
      'listen-peer-urls': url,
      'initial-cluster': `n1=${url}`,
      'initial-cluster-token': 'first',
      ...settings,
    });
    await withClient(member, async (client) => expectOk(await client.put('k', 'v')));
    await stop();
    return { member, peerPort };
  }

  const valueOf = (member: Member): Promise<string> =>
    withClient(member, async (client) => String(expectOk(await client.get('k')).kvs[0]?.value));

  /**
   * A restart with a longer list after `member add`, another token, or `localhost` for `127.0.0.1` was refused. etcd
   * ignores all three settings if there is data.
   */
  it('ignores initial-cluster, its token and its state', async () => {
    const { member, peerPort } = await found();
    const url = `http://127.0.0.1:${peerPort}`;
    const restarts: RawSettings[] = [
      { 'initial-cluster': `n1=${url},n2=http://127.0.0.1:1`, 'initial-cluster-token': 'first' },
      { 'initial-cluster': `n1=${url}`, 'initial-cluster-token': 'second' },
      {
        'initial-cluster': `n1=http://localhost:${peerPort}`,
        'initial-advertise-peer-urls': `http://localhost:${peerPort}`,
      },
      { 'initial-cluster': 'n2=http://127.0.0.1:1', 'initial-cluster-state': 'existing' },
      { 'initial-cluster-state': 'existing' },
      {},
    ];
    for (const settings of restarts) {
      const again = await start({ name: 'n1', 'listen-peer-urls': url, ...settings });
      expect([again.id, again.clusterId], JSON.stringify(settings)).to.deep.equal([member.id, member.clusterId]);
      expect(await valueOf(again)).to.equal('v');
      await stop();
    }
  });

  /** A malformed value was refused although etcd does not read it where there is data. */
  it('ignores a malformed initial-cluster, which a member without data refuses', async () => {
    const { peerPort } = await found();
    const settings = { name: 'n1', 'listen-peer-urls': `http://127.0.0.1:${peerPort}` };
    for (const malformed of ['zzz', 'n1=127.0.0.1', ',']) {
      expect(await valueOf(await start({ ...settings, 'initial-cluster': malformed }))).to.equal('v');
      await stop();
    }
    const empty = { 'data-dir': join(folder, 'empty'), 'initial-cluster': 'zzz' };
    expect(await refusal({ ...settings, ...empty })).to.equal('--initial-cluster: "zzz" is not NAME=URL');
    expect(existsSync(join(folder, 'empty'))).to.equal(false);
  });

  describe('that is given another name or other peer URLs', () => {
    const OTHER = 'http://127.0.0.1:0';
    let own: string;

    beforeEach(async () => {
      own = `http://127.0.0.1:${(await found()).peerPort}`;
    });

    it('takes a new name, and publishes it', async () => {
      const renamed = await start({ name: 'renamed', 'listen-peer-urls': own });
      const client = new Client({ endpoints: [endpointOf(renamed)] });
      try {
        await renamed.ready;
        expect((await client.memberList()).members.map(({ name }) => name)).to.deep.equal(['renamed']);
      } finally {
        await client.close();
      }
    });

    for (const [what, urls] of [
      ['listens on', { 'listen-peer-urls': OTHER }],
      ['advertises', { 'initial-advertise-peer-urls': 'http://127.0.0.1:1' }],
      ['founds a cluster with', { 'listen-peer-urls': OTHER, 'initial-cluster': `n2=${OTHER}` }],
    ] as const) {
      it(`starts under its name if it ${what} other peer URLs, and is refused under another`, async () => {
        expect(await valueOf(await start({ name: 'n1', 'listen-peer-urls': own, ...urls }))).to.equal('v');
        await stop();
        expect(await refusal({ name: 'n2', 'listen-peer-urls': own, ...urls })).to.match(
          /^--data-dir \S+ belongs to another member, n1 with peer URLs http:\S+: name the directory of n2, or/,
        );
      });
    }

    it('is refused as another member in a copy of its directory', async () => {
      cpSync(join(folder, 'data'), join(folder, 'copy'), { recursive: true });
      const copy = { name: 'n2', 'data-dir': join(folder, 'copy'), 'listen-peer-urls': OTHER };
      expect(await refusal(copy)).to.match(/copy belongs to another member, n1 with/);
    });
  });

  it('is refused with the peer URLs of another member of its cluster', async () => {
    const [own = 0, other = 0] = await freePorts(2);
    const cluster = `default=http://127.0.0.1:${own},n2=http://127.0.0.1:${other}`;
    await start({ 'listen-peer-urls': `http://127.0.0.1:${own}`, 'initial-cluster': cluster });
    await stop();
    expect(await refusal({ name: 'n2', 'listen-peer-urls': `http://127.0.0.1:${other}` })).to.match(
      /belongs to another member, default with peer URLs/,
    );
  });

  describe('with --wal-dir', () => {
    let wal: RawSettings;

    beforeEach(() => {
      wal = { 'wal-dir': join(folder, 'fast', 'log') };
    });

    it('keeps its log there', async () => {
      await found(wal);
      expect(existsSync(join(folder, 'data', 'wal'))).to.equal(false);
      expect(readdirSync(join(folder, 'fast', 'log'))).to.not.deep.equal([]);
      expect(await valueOf(await start({ name: 'n1', ...wal }))).to.equal('v');
    });

    it('is refused without it, and with that of an empty folder, as its log would be missing', async () => {
      await found(wal);
      const before = folderTree(folder);
      expect(await refusal({ name: 'n1' })).to.match(/holds a store, but \S+ holds no log: .*name it with --wal-dir/);
      const empty = { 'wal-dir': join(folder, 'empty') };
      expect(await refusal({ name: 'n1', ...empty })).to.match(/holds no log: name the folder of its log/);
      expect(folderTree(folder)).to.deep.equal(before);
    });

    it('gets the advice to move a log that is in the data directory', async () => {
      await found();
      expect(await refusal({ name: 'n1', ...wal })).to.match(/--wal-dir \S+ holds no log, and \S+data.wal does: move/);
      renameSync(join(folder, 'data', 'wal'), join(folder, 'moved'));
      const moved = await start({ name: 'n1', 'wal-dir': join(folder, 'moved') });
      expect(await valueOf(moved)).to.equal('v');
    });
  });

  /** A member whose log was deleted started as a new one and voted again, and acknowledged writes were lost. */
  it('is refused when its log is lost', async () => {
    await found();
    rmSync(join(folder, 'data', 'wal'), { recursive: true });
    expect(await refusal({ name: 'n1' })).to.match(/holds no log: .*remove this member from the cluster/);
  });
});

/** The start looped in Node's recursive mkdir at full load, and never ended. */
describe('a data directory that cannot be created', () => {
  for (const [flag, path] of [
    ['data-dir', '/proc/raftkv/data'],
    ['wal-dir', '/proc/raftkv/wal'],
  ] as const) {
    it(`is refused in --${flag}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const folder = makeTemporaryFolder('unusable');
      const started = startMember(loneSettings(folder, { [flag]: path })).then(
        () => 'the member started',
        (error: unknown) => String(error),
      );
      expect(await started).to.match(
        new RegExp(
          `^ConfigError: --${flag} ${path}(: .*| cannot be created: its file system takes no new directories)$`,
        ),
      );
      removeFolder(folder);
    });
  }
});
