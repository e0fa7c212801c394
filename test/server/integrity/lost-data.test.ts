import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelHome } from '../../../src/engine/level/level-home.js';
import { startMember, type Member } from '../../../src/server/member.js';
import type { RawSettings } from '../../../src/server/settings/table.js';
import { silentLogger } from '../../../src/util/logger.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { folderTree } from '../../support/folder-tree.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, loneSettings } from '../lone-member.js';

/** Few entries, so that the log is compacted and the store flushed early. */
const CUTS_OFTEN: RawSettings = { 'snapshot-count': '10', 'snapshot-catchup-entries': '2', 'wal-flush-bytes': '0' };

// A member that had lost its log, but not its store, started as a new one and voted: 21 acknowledged writes were lost.
describe('A member whose data is incomplete', function () {
  this.timeout(300_000);
  let folder: string;
  let data: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('lost-data');
    data = join(folder, 'data');
  });

  afterEach(() => {
    removeFolder(folder);
  });

  async function run<T>(settings: RawSettings, use: (client: EtcdClient, member: Member) => Promise<T>): Promise<T> {
    const member = await startMember(loneSettings(folder, settings));
    const client = new EtcdClient(endpointOf(member));
    try {
      return await use(client, member);
    } finally {
      client.close();
      await member.stop();
    }
  }

  async function write(count: number, settings: RawSettings = {}): Promise<void> {
    await run(settings, async (client) => {
      for (let i = 0; i < count; i += 1) expectOk(await client.put(`key ${i}`, 'value'.repeat(500)));
    });
  }

  /** The start must fail with one line of advice. */
  async function expectRefusal(reason: RegExp, settings: RawSettings = {}): Promise<void> {
    const error: unknown = await startMember(loneSettings(folder, settings)).then(
      async (member) => {
        await member.stop();
        return new Error('the member started');
      },
      (refusal: unknown) => refusal,
    );
    expect((error as Error).message).to.match(reason);
    expect((error as Error).message).to.match(/^[^\n]*remove this member from the cluster[^\n]*add it again[^\n]*$/);
  }

  /** The same, before the engine is opened: the data must not change. */
  async function expectNothingTouched(reason: RegExp): Promise<void> {
    const before = folderTree(folder);
    await expectRefusal(reason);
    expect(folderTree(folder)).to.deep.equal(before);
  }

  it('is refused if the folder of its log is missing', async () => {
    await write(21);
    rmSync(join(data, 'wal'), { recursive: true });
    await expectNothingTouched(/holds a store, but .*holds no log/);
  });

  it('is refused if the folder of its log is empty', async () => {
    await write(21);
    rmSync(join(data, 'wal'), { recursive: true });
    mkdirSync(join(data, 'wal'));
    await expectNothingTouched(/holds a store, but .*holds no log/);
  });

  it('is refused if log and store are missing', async () => {
    await write(1);
    for (const name of ['wal', 'engine']) rmSync(join(data, name), { recursive: true });
    await expectNothingTouched(/whose log and store are missing/);
  });

  it('is refused if the pointer of the engine is missing, and nothing is removed', async () => {
    await write(1);
    rmSync(join(data, 'engine', 'CURRENT'));
    await expectNothingTouched(/engine\/CURRENT.*is missing/);
  });

  it('is refused if the pointer of the engine names a generation that is gone', async () => {
    await write(1);
    writeFileSync(join(data, 'engine', 'CURRENT'), 'raftkv-engine 1\ngen-000007\n');
    await expectNothingTouched(/gen-000007 is in use but holds no database/);
  });

  it('is refused if the pointer of the engine is damaged', async () => {
    await write(1);
    writeFileSync(join(data, 'engine', 'CURRENT'), 'gen-');
    await expectNothingTouched(/engine\/CURRENT does not name a generation/);
  });

  it('is refused if the newest segment of its log is missing', async () => {
    await write(60, { 'wal-segment-bytes': '65536' });
    const segments = readdirSync(join(data, 'wal')).filter((name) => name.endsWith('.wal'));
    expect(segments.length).to.be.above(1);
    rmSync(join(data, 'wal', segments.sort().at(-1) ?? ''));
    await expectNothingTouched(/damaged in \d+\.wal at offset 0: the file is missing/);
  });

  it('is refused if its store is missing and the log does not go back to the first entry', async () => {
    await write(40, CUTS_OFTEN);
    rmSync(join(data, 'engine'), { recursive: true });
    await expectRefusal(/the log begins at entry \d+, but the store before it is missing/);
  });

  it('is refused if its log is an older copy', async () => {
    await write(5, CUTS_OFTEN);
    cpSync(join(data, 'wal'), join(folder, 'copy'), { recursive: true });
    await write(60, CUTS_OFTEN);
    rmSync(join(data, 'wal'), { recursive: true });
    renameSync(join(folder, 'copy'), join(data, 'wal'));
    const log = folderTree(join(data, 'wal'));
    const reason = /the log ends at entry \d+, but the store holds entries up to \d+/;
    await expectRefusal(reason);
    await expectRefusal(reason, { 'force-new-cluster': 'true' });
    expect(folderTree(join(data, 'wal')), 'the log is not changed').to.deep.equal(log);
  });

  it('is refused if its store is an older copy from before the beginning of its log', async () => {
    await write(2, CUTS_OFTEN);
    cpSync(join(data, 'engine'), join(folder, 'copy'), { recursive: true });
    await write(60, CUTS_OFTEN);
    rmSync(join(data, 'engine'), { recursive: true });
    renameSync(join(folder, 'copy'), join(data, 'engine'));
    await expectRefusal(/the store ends at entry \d+, but the log begins at \d+/);
  });

  it('is refused if its store is that of another cluster', async () => {
    await write(3);
    renameSync(join(data, 'engine'), join(folder, 'other'));
    rmSync(data, { recursive: true });
    await write(3, { 'initial-cluster-token': 'another' });
    rmSync(join(data, 'engine'), { recursive: true });
    renameSync(join(folder, 'other'), join(data, 'engine'));
    await expectRefusal(/the store belongs to member .* of cluster .*, but the log to member/);
  });

  it('starts if only its store is missing and the log holds every entry', async () => {
    await write(3);
    rmSync(join(data, 'engine'), { recursive: true });
    await run({}, async (client) => expect((await client.get('key 2')).kind).to.equal('ok'));
  });
});

describe('A first start that was killed', function () {
  this.timeout(300_000);
  let folder: string;
  let data: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('killed-start');
    data = join(folder, 'data');
  });

  afterEach(() => {
    removeFolder(folder);
  });

  async function expectStart(): Promise<void> {
    const member = await startMember(loneSettings(folder));
    const client = new EtcdClient(endpointOf(member));
    expectOk(await client.put('key', 'value'));
    client.close();
    await member.stop();
  }

  /** A data directory after a completed start, without the last file that a start writes. */
  async function begin(): Promise<void> {
    await expectStart();
    rmSync(join(data, 'started'));
  }

  it('is continued with an empty data directory', async () => {
    mkdirSync(data);
    await expectStart();
  });

  it('is continued with empty folders', async () => {
    for (const name of ['wal', 'engine']) mkdirSync(join(data, name), { recursive: true });
    await expectStart();
  });

  it('is continued with an unfinished first segment', async () => {
    mkdirSync(join(data, 'wal'), { recursive: true });
    writeFileSync(join(data, 'wal', '0000000000000001.tmp'), Buffer.alloc(100));
    await expectStart();
  });

  it('is continued with a log, and no folder of the engine', async () => {
    await begin();
    rmSync(join(data, 'engine'), { recursive: true });
    await expectStart();
  });

  it('is continued with a log, and a generation of the engine that nothing names yet', async () => {
    await begin();
    rmSync(join(data, 'engine', 'CURRENT'));
    await expectStart();
  });

  it('is continued with a log, and an engine without a store', async () => {
    await begin();
    rmSync(join(data, 'engine'), { recursive: true });
    const home = await openLevelHome({ directory: join(data, 'engine'), logger: silentLogger });
    await home.close();
    await expectStart();
  });

  it('is continued before it is recorded as complete', async () => {
    await begin();
    await expectStart();
    expect(readdirSync(data).sort()).to.deep.equal(['engine', 'started', 'wal']);
  });
});
