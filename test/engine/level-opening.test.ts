import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EngineOpenError } from '../../src/engine/errors.js';
import { createGeneration, currentGeneration, pointTo } from '../../src/engine/home/generations.js';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { LevelEngine } from '../../src/engine/level/level-engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { get, put, scan } from './compliance.js';

describe('opening an engine on LevelDB', () => {
  let folder: string;
  let directory: string;
  const engines: LevelEngine[] = [];

  beforeEach(() => {
    folder = makeTemporaryFolder('engine-open');
    directory = join(folder, 'deep', 'engine');
  });

  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close().catch(() => undefined);
    removeFolder(folder);
  });

  const open = async (): Promise<LevelEngine> => {
    const engine = await openLevelEngine({ directory, logger: silentLogger, writeBufferBytes: 64 * 1024 });
    engines.push(engine);
    return engine;
  };

  const openError = async (): Promise<EngineOpenError> => {
    try {
      await open();
    } catch (error) {
      if (error instanceof EngineOpenError) return error;
      throw error;
    }
    throw new Error('the engine opened');
  };

  it('names the current generation in a pointer with the format version', async () => {
    await open();
    expect(readdirSync(directory).sort()).to.deep.equal(['CURRENT', 'gen-000001']);
    expect(readFileSync(join(directory, 'CURRENT'), 'utf8')).to.equal('raftkv-engine 1\ngen-000001\n');
  });

  it('refuses a directory that another engine holds, and does not touch it', async () => {
    const holder = await open();
    await holder.write([put('a', '1')]);
    const before = readdirSync(join(directory, 'gen-000001')).filter((name) => !name.startsWith('LOG'));
    const error = await openError();
    expect(error.reason).to.equal('in-use');
    expect(error.message).to.equal(`engine is in use by another process: ${directory}`);
    expect(readdirSync(join(directory, 'gen-000001')).filter((name) => !name.startsWith('LOG'))).to.deep.equal(before);
    await holder.barrier();
    expect(get(holder, 'a')).to.equal('1');
  });

  it('starts over if the first start ended before the pointer was written', async () => {
    mkdirSync(join(directory, 'gen-000001'), { recursive: true });
    writeFileSync(join(directory, 'gen-000001', 'CURRENT'), 'MANIFEST-000001\n');
    writeFileSync(join(directory, 'gen-000001', 'MANIFEST-000001'), '');
    writeFileSync(join(directory, 'CURRENT.tmp'), 'raftkv-en');
    const engine = await open();
    await engine.write([put('a', '1')]);
    await engine.close();
    expect(await scan(await open())).to.deep.equal([['a', '1']]);
  });

  it('removes incomplete and replaced generations', async () => {
    const first = await open();
    await first.write([put('a', 'old')]);
    await first.close();
    const second = await createGeneration(directory);
    expect(second).to.equal('gen-000002');
    // A complete replacement, built beside it.
    const elsewhere = join(folder, 'elsewhere');
    const built = await openLevelEngine({ directory: elsewhere, logger: silentLogger });
    await built.write([put('a', 'new')]);
    await built.close();
    rmSync(join(directory, second), { recursive: true });
    renameSync(join(elsewhere, 'gen-000001'), join(directory, second));
    await pointTo(directory, { name: second, engine: 'level' });
    const third = await createGeneration(directory);
    expect(readdirSync(directory).sort()).to.deep.equal(['CURRENT', 'gen-000001', second, third]);

    expect(get(await open(), 'a')).to.equal('new');
    expect(await currentGeneration(directory)).to.deep.equal({ name: second, engine: 'level' });
    expect(readdirSync(directory).sort()).to.deep.equal(['CURRENT', second]);
  });

  it('refuses the format of a later version', async () => {
    await (await open()).close();
    writeFileSync(join(directory, 'CURRENT'), 'raftkv-engine 3\ngen-000001\n');
    expect((await openError()).reason).to.equal('format');
    expect(existsSync(join(directory, 'gen-000001', 'CURRENT')), 'nothing was removed').to.equal(true);
  });

  for (const pointer of [
    '',
    'gen-000001\n',
    'raftkv-engine 1\ngen-000001',
    'raftkv-engine 1\n../gen-000001\n',
    'raftkv-engine 1\ngen-000001 lmdb\n',
    'raftkv-engine 2\ngen-000001\n',
    'raftkv-engine 2\ngen-000001 other\n',
    '\0'.repeat(27),
  ]) {
    it(`refuses the pointer ${JSON.stringify(pointer)}`, async () => {
      await (await open()).close();
      writeFileSync(join(directory, 'CURRENT'), pointer);
      expect((await openError()).reason).to.equal('damaged');
      expect(existsSync(join(directory, 'gen-000001', 'CURRENT')), 'nothing was removed').to.equal(true);
    });
  }

  it('refuses a database that has lost a table, and says what to do', async () => {
    const engine = await open();
    await engine.write([put('a', '1')]);
    await engine.close();
    const generation = join(directory, 'gen-000001');
    for (const name of readdirSync(generation)) if (name.endsWith('.ldb')) rmSync(join(generation, name));
    const error = await openError();
    expect(error.reason).to.equal('damaged');
    expect(error.message).to.include('move its data directory away, and add it again');
  });

  it('refuses a generation that is missing or empty rather than begin a new one', async () => {
    await (await open()).close();
    rmSync(join(directory, 'gen-000001'), { recursive: true });
    expect((await openError()).reason).to.equal('damaged');
    mkdirSync(join(directory, 'gen-000001'));
    expect((await openError()).reason).to.equal('damaged');
  });

  it('reports the system error if the directory cannot be created', async () => {
    writeFileSync(join(folder, 'deep'), 'a file');
    const error = await openError();
    expect(error.reason).to.equal('failed');
    expect(error.message).to.match(/ENOTDIR|EEXIST/);
  });

  // `compactRange` resolves whether or not the memtable was flushed, so a barrier that relies on it lets the Raft log
  // be compacted although nothing reached the disk.
  it('fails a barrier whose flush failed, and every write after it', async () => {
    const engine = await open();
    await engine.write([put('a', '1')]);
    // The path of the next table exists already.
    for (let number = 1; number < 40; number++) {
      mkdirSync(join(directory, 'gen-000001', `${String(number).padStart(6, '0')}.ldb`), { recursive: true });
    }
    const failure = await engine.barrier().then(() => 'resolved', String);
    expect(failure).to.match(/could not flush its memtable: .* still needs \d+\.log/);
    for (const attempt of [engine.write([put('b', '1')]), engine.barrier(), engine.close()]) {
      expect(await attempt.then(() => 'resolved', String)).to.equal(failure);
    }
  });
});
