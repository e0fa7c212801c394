import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelHome } from '../../../src/engine/level/level-home.js';
import { leaseKey, memberKey, removedKey } from '../../../src/kv/format/layout.js';
import type { EngineReader } from '../../../src/ports/engine.js';
import { resolveConfig, type ServerConfig } from '../../../src/server/settings/config.js';
import { type RawSettings } from '../../../src/server/settings/table.js';
import { deriveIdentity } from '../../../src/server/membership/identity.js';
import { startMember } from '../../../src/server/member.js';
import { restoreSnapshot, type Restored, type RestoreOptions } from '../../../src/server/backup/restore.js';
import { snapshotStatus } from '../../../src/server/backup/snapshot-file.js';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { defined } from '../../../src/util/assert.js';
import { clampInteger } from '../../../src/util/integer.js';
import { memberIdValue } from '../../../src/util/member-id.js';
import { silentLogger } from '../../../src/util/logger.js';
import { formatMemberId } from '../../../src/util/member-id.js';
import { openLog } from '../../../src/wal/log.js';
import { NodeDisk } from '../../../src/wal/node-disk.js';
import { build, create, createReady, definition } from '../../kv/indexes/index-writes.js';
import { encode, Fixture } from '../../kv/support/fixture.js';
import { LEASES } from '../../kv/support/requests.js';
import { archiveBytes } from '../../support/archive.js';
import { EtcdClient, expectOk, revisionOf } from '../../support/etcd-client.js';
import { folderTree } from '../../support/folder-tree.js';
import { poll } from '../../support/poll.js';
import { freePorts } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, loneSettings } from '../lone-member.js';

async function rowsOf(reader: EngineReader): Promise<string[]> {
  const cursor = reader.cursor({});
  const rows: string[] = [];
  for (let page = await cursor.next(100); page.length > 0; page = await cursor.next(100)) {
    for (const { key, value } of page) rows.push(`${asHex(key)} ${asHex(value)}`);
  }
  await cursor.close();
  return rows;
}

const asHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('a snapshot file', () => {
  let folder: string;
  let file: string;
  let source: Fixture;

  beforeEach(async () => {
    folder = makeTemporaryFolder('restore');
    file = join(folder, 'backup');
    source = await Fixture.open();
    for (const value of ['1', '2', '3']) await source.apply([encode.put('a', value)]);
    await source.apply([encode.put('gone', 'x'), encode.delete('gone'), encode.compact(3)]);
    await source.apply([encode.put('b', 'x'.repeat(300_000)), encode.put('a', '4')]);
    writeFileSync(file, await archiveBytes(source.store));
  });

  afterEach(async () => {
    await source.remove();
    removeFolder(folder);
  });

  const restore = (config: ServerConfig, options: Partial<RestoreOptions> = {}): Promise<Restored> =>
    restoreSnapshot({ config, file, bumpRevision: 0, ...options });

  /** The error of the rejection; the folder must be unchanged. */
  const refusal = async (config: ServerConfig, options: Partial<RestoreOptions> = {}): Promise<string> => {
    const before = folderTree(folder);
    try {
      await restore(config, options);
    } catch (error) {
      expect(folderTree(folder)).to.deep.equal(before);
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    throw new Error('it was restored');
  };

  /** Runs a member for a while. */
  async function serving<T>(config: ServerConfig, work: (client: EtcdClient) => Promise<T>): Promise<T> {
    const member = await startMember(config);
    const client = new EtcdClient(endpointOf(member));
    try {
      return await work(client);
    } finally {
      client.close();
      await member.stop();
    }
  }

  const valueAt = async (client: EtcdClient, key: string, revision: number): Promise<string> => {
    const answer = await client.range({ key: Buffer.from(key), revision });
    if (answer.kind === 'error') return answer.details;
    return answer.response.kvs.map(({ value }) => String(value)).join();
  };

  it('reports its content in raftkv snapshot status', async () => {
    const { hash } = (await source.store.hashKv(0)) as { hash: number };
    const totalSize = statSync(file).size;
    expect(await snapshotStatus({ file })).to.deep.equal({ hash, revision: 8, totalKeys: 2, totalSize });
  });

  describe('restored into a new cluster,', () => {
    it('has the same keys, history and hash, and continues after them', async () => {
      const config = loneSettings(folder);
      const { revision, totalKeys } = await restore(config);
      expect([revision, totalKeys]).to.deep.equal([8, 2]);
      const expected = (await source.store.hashKv(0)) as { hash: number };
      await serving(config, async (client) => {
        const { hash, compactRevision } = expectOk(await client.hashKv(0));
        expect([hash, clampInteger(compactRevision)]).to.deep.equal([expected.hash, 3]);
        const values = await Promise.all([2, 3, 4, 8, 0].map((at) => valueAt(client, 'a', at)));
        const compacted = 'etcdserver: mvcc: required revision has been compacted';
        expect(values).to.deep.equal([compacted, '2', '3', '4', '4']);
        expect((await valueAt(client, 'b', 0)).length).to.equal(300_000);
        expect(revisionOf(expectOk(await client.put('a', '5')))).to.equal(9);
      });
      // It is a normal data directory.
      await serving(config, async (client) => expect(await valueAt(client, 'a', 0)).to.equal('5'));
    });

    it('has its indexes, and goes on building those that were being built', async () => {
      await source.apply(Array.from({ length: 40 }, (_, at) => encode.put(`u/${at}`, `{"n":"${at}"}`)));
      await createReady(source, definition('ready', '/n', { unique: true }));
      await source.apply([create(definition('half', '/n')), build(2, 'u/', 10)]);
      writeFileSync(file, await archiveBytes(source.store));
      const config = loneSettings(folder);
      await restore(config, { bumpRevision: 100 });
      const member = await startMember(config);
      const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
        const url = `http://${endpointOf(member)}/v3/${path}`;
        return (await (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json()) as Record<
          string,
          unknown
        >;
      };
      const put = (key: string): Promise<Record<string, unknown>> => {
        const [name, value] = [key, '{"n":"7"}'].map((text) => Buffer.from(text).toString('base64'));
        return post('kv/put', { key: name, value });
      };
      expect((await post('index/query', { index: 'ready', keys_only: true }))['entries']).to.have.length(40);
      expect((await put('u/new'))['message']).to.equal('raftkv: index ready: another key has the value "7"');
      await poll('the other index', async () => {
        const { entries } = await post('index/query', { index: 'half', keys_only: true });
        return (Array.isArray(entries) && entries.length === 40) || undefined;
      });
      await member.stop();
    });

    it('has the members of the settings only, and keeps its leases', async () => {
      const config = loneSettings(folder);
      const own = deriveIdentity({ initialCluster: config.initialCluster, token: config.initialClusterToken });
      const id = defined(own.members[0], 'a member').id;
      // The earlier cluster has removed a member with this id.
      await source.engine.write([{ type: 'put', key: removedKey(id), value: Buffer.of(1) }]);
      await source.apply([encode.put('c')]);
      writeFileSync(file, await archiveBytes(source.store));
      const { memberId } = await restore(config);
      expect(memberId).to.equal(id);
      const home = await openLevelHome({ directory: join(config.dataDir, 'engine'), logger: silentLogger });
      const { engine } = home;
      expect(engine.get(removedKey(id))).to.equal(undefined);
      expect(source.store.members().map((old) => engine.get(memberKey(old.id)))).to.deep.equal([undefined, undefined]);
      expect(engine.get(memberKey(id))).to.not.equal(undefined);
      for (const lease of LEASES) expect(engine.get(leaseKey(lease))).to.not.equal(undefined);
      await home.close();
      await serving(config, async (client) => expectOk(await client.put('a', '5')));
    });

    it('has the same state on every member, at the same log index', async () => {
      const initialCluster = 'a=http://127.0.0.1:1,b=http://127.0.0.1:2';
      const states = [];
      for (const [name, url] of [
        ['a', 'http://127.0.0.1:1'],
        ['b', 'http://127.0.0.1:2'],
      ] as const) {
        const config = resolveConfig({
          name,
          'data-dir': join(folder, name),
          'initial-cluster': initialCluster,
          'initial-advertise-peer-urls': url,
        });
        const { clusterId, memberId } = await restore(config, { bumpRevision: 5 });
        const home = await openLevelHome({ directory: join(folder, name, 'engine'), logger: silentLogger });
        const log = await openLog({ disk: new NodeDisk(join(folder, name, 'wal')), identity: { clusterId, memberId } });
        const index = log.lastIndex();
        const about = { first: log.firstIndex(), index, term: log.term(index), hard: log.hardState() };
        states.push({ clusterId, about, rows: await rowsOf(home.engine) });
        await log.close();
        await home.close();
      }
      expect(states[1]).to.deep.equal(states[0]);
      const [index, term] = [source.store.appliedIndex(), source.store.appliedTerm()];
      const hard = { term, vote: 0, commit: index };
      expect(states[0]?.about).to.deep.equal({ first: index + 1, index, term, hard });
    });

    it('has higher revisions if asked to, and none before them', async () => {
      const config = loneSettings(folder);
      expect((await restore(config, { bumpRevision: 1000 })).revision).to.equal(1008);
      await serving(config, async (client) => {
        const compacted = 'etcdserver: mvcc: required revision has been compacted';
        const values = await Promise.all([4, 8, 9, 1007, 1008, 0].map((at) => valueAt(client, 'a', at)));
        expect(values).to.deep.equal([compacted, compacted, compacted, compacted, '4', '4']);
        const { kvs } = expectOk(await client.get('a'));
        expect(kvs.map(({ modRevision, version }) => [modRevision, version].map(clampInteger))).to.deep.equal([[8, 4]]);
        expect(revisionOf(expectOk(await client.put('a', '5')))).to.equal(1009);
        expect(await valueAt(client, 'a', 1008)).to.equal('4');
        expect(clampInteger(expectOk(await client.hashKv(0)).compactRevision)).to.equal(1008);
      });
    });

    it('does not let in a member that was not restored from the same snapshot in the same way', async () => {
      const config = loneSettings(folder);
      const ids = new Set<number>();
      const under = (name: string): ServerConfig => loneSettings(folder, { 'data-dir': join(folder, name) });
      ids.add(deriveIdentity({ initialCluster: config.initialCluster, token: config.initialClusterToken }).clusterId);
      ids.add((await restore(under('1'))).clusterId);
      ids.add((await restore(under('2'), { bumpRevision: 1 })).clusterId);
      const again = await restore(under('3'));
      expect([ids.size, ids.has(again.clusterId)]).to.deep.equal([3, true]);
      await source.apply([encode.put('a', 'later')]);
      writeFileSync(file, await archiveBytes(source.store));
      ids.add((await restore(under('4'))).clusterId);
      expect(ids.size).to.equal(4);
    });

    it('does not let in a member that was not restored', async () => {
      const [port1, port2] = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`);
      const settings = (name: string, url: string | undefined): RawSettings => ({
        name,
        'data-dir': join(folder, name),
        'listen-client-urls': 'http://127.0.0.1:0',
        'listen-peer-urls': url,
        'initial-cluster': `a=${port1},b=${port2}`,
      });
      const restored = resolveConfig(settings('a', port1));
      const { clusterId } = await restore(restored);
      const first = await startMember(restored);
      const second = await startMember(resolveConfig(settings('b', port2))).catch((error: unknown) => error);
      expect(String(second)).to.contain(`${port1} belongs to cluster ${formatMemberId(clusterId)}`);
      expect(readdirSync(folder)).to.have.members(['a', 'backup']);
      // With the same snapshot it succeeds.
      await restore(resolveConfig(settings('b', port2)));
      const third = await startMember(resolveConfig(settings('b', port2)));
      const client = new EtcdClient(endpointOf(third));
      const written = await poll('a leader', async () => {
        const answer = await client.put('a', '5');
        return answer.kind === 'ok' ? answer.response : undefined;
      });
      expect(revisionOf(written)).to.equal(9);
      client.close();
      await Promise.all([first.stop(), third.stop()]);
    });
  });

  describe('is refused with one line, and nothing is left behind,', () => {
    it('if a byte was changed, or if it was cut anywhere', async () => {
      const whole = readFileSync(file);
      const config = loneSettings(folder);
      // The head and the tail of each frame, some bytes between, and the end.
      const places = [0, 15, 16, 19, 23, 24, 60, 100, 150, 200, 150_000, whole.length - 512, whole.length - 1];
      for (const at of places) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        writeFileSync(file, changed);
        expect(await refusal(config), `byte ${at}`).to.match(/^\/.*backup: .*snapshot[^\n]*$/);
        writeFileSync(file, whole.subarray(0, at));
        expect(await refusal(config), `cut to ${at}`).to.contain(`cut off at byte ${at}`);
      }
      writeFileSync(file, whole);
      appendFileSync(file, 'x');
      expect(await refusal(config)).to.contain('more follows');
      await snapshotStatus({ file }).then(
        () => expect.fail('a damaged file has no status'),
        (error: unknown) => expect(String(error)).to.contain('more follows'),
      );
    });

    it('without its SHA-256, unless that is allowed', async () => {
      const whole = readFileSync(file);
      writeFileSync(file, whole.subarray(0, -32));
      const config = loneSettings(folder);
      expect(await refusal(config)).to.contain('cut off');
      const other = createHash('sha256').update('something else').digest();
      writeFileSync(file, Buffer.concat([whole.subarray(0, -32), other]));
      expect(await refusal(config)).to.contain('SHA-256');
      expect((await restore(config, { checkDigest: false })).revision).to.equal(8);
      await serving(config, async (client) => expect(await valueAt(client, 'a', 0)).to.equal('4'));
    });

    it('if the data directory has data already, or is a file', async () => {
      const config = loneSettings(folder);
      await restore(config);
      expect(await refusal(config)).to.contain(`${config.dataDir} is not empty`);
      rmSync(config.dataDir, { recursive: true });
      writeFileSync(config.dataDir, 'a letter');
      expect(await refusal(config)).to.contain(`${config.dataDir} is a file`);
      rmSync(config.dataDir);
      mkdirSync(config.dataDir);
      expect((await restore(config)).revision).to.equal(8);
    });

    it('if the restore is aborted', async () => {
      const abort = new AbortController();
      abort.abort(new ConfigError('enough'));
      expect(await refusal(loneSettings(folder), { signal: abort.signal })).to.equal('enough');
    });
  });

  it('is used by a member whatever its initial-cluster settings are, like all data', async () => {
    const { clusterId } = await restore(loneSettings(folder));
    const member = await startMember(loneSettings(folder, { 'initial-cluster-token': 'another' }));
    expect(memberIdValue(member.clusterId)).to.equal(BigInt(clusterId));
    await member.stop();
  });

  it('can be restored with the log in a folder of its own', async () => {
    const settings = loneSettings(folder, { 'wal-dir': join(folder, 'log') });
    await restore(settings);
    expect(readdirSync(settings.dataDir).sort()).to.deep.equal(['engine', 'restored-from']);
    const member = await startMember(settings);
    const client = new EtcdClient(endpointOf(member));
    expect(String(expectOk(await client.get('a')).kvs[0]?.value)).to.equal('4');
    client.close();
    await member.stop();
    rmSync(settings.dataDir, { recursive: true });
    const refused = await restore(settings).catch((error: unknown) => error);
    expect(String(refused)).to.contain(`--wal-dir ${join(folder, 'log')} is not empty`);
  });
});
