import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startMember } from '../../src/server/member.js';
import { resolveConfig } from '../../src/server/settings/config.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommand, type Finished } from './run-command.js';

describe('raftkv migrate-engine', function () {
  this.timeout(300_000);
  let folder: string;
  let dataDir: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('migrate-engine');
    dataDir = join(folder, 'data');
  });

  afterEach(() => removeFolder(folder));

  /** Runs commands on a member with an engine, and stops it. @returns the output of the last one */
  const onMember = async (engine: string, ...commands: readonly (readonly string[])[]): Promise<Finished> => {
    const settings = {
      'data-dir': dataDir,
      'listen-client-urls': 'http://127.0.0.1:0',
      'listen-peer-urls': 'http://127.0.0.1:0',
      'storage-engine': engine,
    };
    const member = await startMember(resolveConfig(settings), silentLogger);
    try {
      const runs = [];
      for (const command of commands) {
        runs.push(await runCommand(['--endpoints', String(member.clientUrls[0]), ...command]));
      }
      expect(runs.map(({ code, stderr }) => [code, stderr])).to.deep.equal(runs.map(() => [0, '']));
      return runs.at(-1) as Finished;
    } finally {
      await member.stop();
    }
  };
  const migrate = (to: string): Promise<Finished> => runCommand(['migrate-engine', dataDir, '--to', to]);
  const long = 'k'.repeat(10_000);

  it('converts the data to LMDB and back, with long keys, history and leases', async () => {
    const hash = ['hashkv'];
    const before = await onMember(
      'level',
      ['put', 'a', '1'],
      ['put', 'a', '2'],
      ['put', long, 'x'],
      ['del', 'b'],
      hash,
    );
    const there = await migrate('lmdb');
    expect([there.code, there.stderr]).to.deep.equal([0, '']);
    expect(there.stdout).to.match(
      /^converted \d+ rows from level to lmdb: start the member with --storage-engine lmdb\n$/,
    );
    expect(readFileSync(join(dataDir, 'engine', 'CURRENT'), 'latin1')).to.equal('raftkv-engine 2\ngen-000002 lmdb\n');
    expect(readdirSync(join(dataDir, 'engine')).sort()).to.deep.equal(['CURRENT', 'gen-000002']);
    expect((await runCommand(['verify-data', dataDir])).stdout).to.match(/\nok: engine gen-000002: \d+ pages of LMDB/);

    const hashOf = ({ stdout }: Finished): string => stdout.replace(/^\S+/, '');
    expect(hashOf(await onMember('lmdb', hash))).to.equal(hashOf(before));
    expect((await onMember('lmdb', ['put', 'c', '3'], ['get', long])).stdout).to.equal(`${long}\nx\n`);
    const back = await migrate('level');
    expect([back.code, back.stderr]).to.deep.equal([0, '']);
    expect(readFileSync(join(dataDir, 'engine', 'CURRENT'), 'latin1')).to.equal('raftkv-engine 1\ngen-000003\n');
    expect((await onMember('level', ['get', 'c'])).stdout).to.equal('c\n3\n');
  });

  it('is asked for by a start with another engine, and leaves data alone that it cannot convert', async () => {
    await onMember('level', ['put', 'a', '1']);
    const refusal = await onMember('lmdb', ['get', 'a']).catch(String);
    expect(refusal).to.equal(
      `ConfigError: --data-dir ${dataDir} has the storage engine level, not lmdb: set --storage-engine to level, ` +
        `or convert the data with raftkv migrate-engine ${dataDir} --to lmdb`,
    );
    expect((await migrate('level')).stderr).to.equal(`raftkv: ${dataDir} has the storage engine level already\n`);
    const empty = await runCommand(['migrate-engine', join(folder, 'none'), '--to', 'lmdb']);
    expect([empty.code, existsSync(join(folder, 'none'))]).to.deep.equal([1, false]);
    expect(empty.stderr).to.match(/has no log in .*: name the data directory of a member/);
  });

  it('leaves the engine before if it ended before the pointer was moved', async () => {
    await onMember('level', ['put', 'a', '1']);
    mkdirSync(join(dataDir, 'engine', 'gen-000002'));
    expect((await onMember('level', ['get', 'a'])).stdout).to.equal('a\n1\n');
    expect(readdirSync(join(dataDir, 'engine')).sort()).to.deep.equal(['CURRENT', 'gen-000001']);
  });

  it('refuses the data of a running member', async () => {
    const settings = {
      'data-dir': dataDir,
      'listen-client-urls': 'http://127.0.0.1:0',
      'listen-peer-urls': 'http://127.0.0.1:0',
    };
    const member = await startMember(resolveConfig(settings), silentLogger);
    try {
      expect((await migrate('lmdb')).stderr).to.equal(`raftkv: ${dataDir} is in use: stop the member first\n`);
    } finally {
      await member.stop();
    }
  });
});
