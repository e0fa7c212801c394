import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { resolveConfig } from '../../src/server/settings/config.js';
import { startMember } from '../../src/server/member.js';
import { silentLogger } from '../../src/util/logger.js';
import { folderTree } from '../support/folder-tree.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { crc32 } from 'node:zlib';
import { runCommand } from './run-command.js';

/** Damage in a table that no read had touched was found only when a read failed, or never. */
describe('raftkv verify-data', function () {
  this.timeout(300_000);
  let folder: string;
  let dataDir: string;

  const settings = () => ({
    'data-dir': dataDir,
    'listen-client-urls': 'http://127.0.0.1:0',
    'listen-peer-urls': 'http://127.0.0.1:0',
  });

  beforeEach(async () => {
    folder = makeTemporaryFolder('verify-data');
    dataDir = join(folder, 'data');
    const member = await startMember(resolveConfig(settings()), silentLogger);
    const endpoint = String(member.clientUrls[0]);
    for (const key of ['a', 'b'])
      expect((await runCommand(['--endpoints', endpoint, 'put', key, 'value'])).code).to.equal(0);
    await member.stop();
  });
  afterEach(() => removeFolder(folder));

  const verify = async () => await runCommand(['verify-data', dataDir]);
  const generation = (): string => join(dataDir, 'engine', 'gen-000001');
  const tableOf = (): string => {
    const name = readdirSync(generation()).find((each) => each.endsWith('.ldb')) ?? '';
    return join(generation(), name);
  };
  const flip = (path: string, at: number): void => {
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(path, bytes);
  };

  async function expectProblem(text: RegExp): Promise<void> {
    const { code, stderr } = await verify();
    const lines = stderr.trimEnd().split('\n');
    expect([code, lines.length, lines[1]]).to.deep.equal([1, 2, `raftkv: 1 problem in ${dataDir}`]);
    expect(lines[0]).to.match(text);
    expect(lines[0]).to.match(/^damaged: .*remove (?:it|this member) from the cluster, .*add it again/);
  }

  it('finds nothing wrong in sound data, and changes nothing', async () => {
    const before = folderTree(dataDir);
    const { code, stdout, stderr } = await verify();
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^ok: log of member [0-9a-f]{16} of cluster [0-9a-f]{16}: entries 1 to \d+, cut at 0\n/);
    expect(stdout).to.match(/\nok: engine gen-000001: \d+ tables, \d+ bytes, all checksums match\n$/);
    expect(folderTree(dataDir)).to.deep.equal(before);
  });

  it('finds a flipped bit in a table', async () => {
    flip(tableOf(), 20);
    await expectProblem(/table .*\.ldb is damaged near byte \d+;/);
  });

  it('finds a table that is missing, and one that is too short', async () => {
    const table = tableOf();
    const bytes = readFileSync(table);
    writeFileSync(table, bytes.subarray(0, -1));
    await expectProblem(/table .*\.ldb has \d+ bytes instead of \d+;/);
    rmSync(table);
    await expectProblem(/table .*\.ldb is missing;/);
  });

  /** A crash leaves unfinished tables, which the next start removes. */
  it('ignores a table that is not part of the database', async () => {
    writeFileSync(join(generation(), '999999.ldb'), 'half a table');
    expect((await verify()).code).to.equal(0);
  });

  it('finds damage in the list of tables', async () => {
    const name = readdirSync(generation()).find((each) => each.startsWith('MANIFEST')) ?? '';
    flip(join(generation(), name), 10);
    await expectProblem(/MANIFEST-\d+ is damaged at byte \d+/);
  });

  it('finds damage in the log', async () => {
    const [segment = ''] = readdirSync(join(dataDir, 'wal')).filter((name) => name.endsWith('.wal'));
    const path = join(dataDir, 'wal', segment);
    // In the first of two puts: the later record shows that it was synced.
    flip(path, readFileSync(path).indexOf('value'));
    await expectProblem(/the log is damaged in \S+\.wal at offset \d+/);
  });

  // Without --wal-dir, the check of a member with its log elsewhere advised to remove the member.
  it('names --wal-dir before it advises to rebuild a member whose log is missing', async () => {
    rmSync(join(dataDir, 'wal'), { recursive: true });
    await expectProblem(
      /the log in \S+wal is missing: if the member has --wal-dir, give it here too; if the log is lost, /,
    );
  });

  it('finds a missing engine', async () => {
    rmSync(join(dataDir, 'engine'), { recursive: true });
    await expectProblem(/the engine in \S+engine is missing;/);
  });

  /** The data of an older version was called damaged, with the advice to remove the member. */
  it('tells an older and a newer format from damage', async () => {
    const [segment = ''] = readdirSync(join(dataDir, 'wal')).filter((name) => name.endsWith('.wal'));
    const path = join(dataDir, 'wal', segment);
    const bytes = readFileSync(path);
    for (const [version, text] of [
      [2, /^other format: \S+\.wal has an older format, 2, and this raftkv reads format 3: take a snapshot with/],
      [4, /^other format: \S+\.wal has a newer format, 4, and this raftkv reads format 3: use a newer raftkv$/],
    ] as const) {
      bytes.writeUInt32LE(version, 8);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 40)), 40);
      writeFileSync(path, bytes);
      const { code, stderr } = await verify();
      const [line, summary] = stderr.trimEnd().split('\n');
      expect([code, summary]).to.deep.equal([1, `raftkv: 1 problem in ${dataDir}`]);
      expect(line).to.match(text);
    }
  });

  it('refuses the directory of a running member, and one without data', async () => {
    const member = await startMember(resolveConfig(settings()), silentLogger);
    try {
      const { code, stderr } = await verify();
      expect([code, stderr]).to.deep.equal([1, `raftkv: ${join(dataDir, 'wal')} is in use: stop the member first\n`]);
    } finally {
      await member.stop();
    }
    const { code, stderr } = await runCommand(['verify-data', join(folder, 'none')]);
    expect([code, stderr.startsWith(`raftkv: ${join(folder, 'none')} holds no data of a member`)]).to.deep.equal([
      1,
      true,
    ]);
  });
});
