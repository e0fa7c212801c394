import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { LmdbEngine } from '../../src/engine/lmdb/lmdb-engine.js';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import { checkPages } from '../../src/engine/lmdb/page-check.js';
import { CHUNK_BYTES } from '../../src/engine/lmdb/stored-keys.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { compareBytes, EMPTY, equalBytes } from '../../src/util/bytes.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { expectShortTurns } from '../support/time-limits.js';
import { makeMemoryFolder, removeFolder } from '../support/temporary-folder.js';
import { bytes, describeCompliance, put, scan } from './compliance.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describeCompliance(
  'LMDB',
  () => {
    const directory = makeMemoryFolder('engine');
    const open = () => openLmdbEngine({ directory });
    return { open, reopen: open, cleanUp: async () => removeFolder(directory) };
  },
  'with each batch',
);

describe('long keys on LMDB', () => {
  let directory: string;
  let engine: LmdbEngine;

  beforeEach(async () => {
    directory = makeMemoryFolder('engine-keys');
    engine = await openLmdbEngine({ directory });
  });

  afterEach(async () => {
    await engine.close();
    removeFolder(directory);
  });

  /** The file of the closed engine has no damage, and as many rows as are expected, with the row of the last commit. */
  const checkFile = async (rows?: number): Promise<void> => {
    await engine.close();
    const checked = await checkPages(engine.folder);
    expect(checked.damage).to.deep.equal([]);
    if (rows !== undefined) expect(checked.rows).to.equal(rows + 1);
    engine = await openLmdbEngine({ directory });
  };

  // A walk from a key of a megabyte searched 546 spaces, which took 40 ms although none existed, and thirty walks at once searched
  // them in one turn of the event loop.
  it('that do not exist are searched for in the spaces that do, and many walks give way to other work', async () => {
    const long = (first: string): Buffer => Buffer.alloc(1024 * 1024, first);
    await engine.write([put(long('k').toString(), '1'), put('z', '2')]);
    const walk = async (gte: Buffer, reverse: boolean): Promise<readonly string[]> => {
      const cursor = engine.cursor({ gte, reverse });
      const values: string[] = [];
      for (let rows = await cursor.next(2); rows.length > 0; rows = await cursor.next(2)) {
        values.push(...rows.map(({ value }) => Buffer.from(value).toString()));
      }
      await cursor.close();
      return values;
    };
    for (const [first, values] of [
      ['a', ['1', '2']],
      ['k', ['1', '2']],
      ['l', ['2']],
    ] as const) {
      await expectShortTurns(() => Promise.all(Array.from({ length: 30 }, () => walk(long(first), false))));
      expect(await walk(long(first), false)).to.deep.equal(values);
      expect(await walk(long(first), true)).to.deep.equal([...values].reverse());
    }
  });

  it('of any length around the limits are read, walked in order, and removed with their links', async () => {
    const lengths = [1, 2, 3, 6].flatMap((chunks) => [-1, 0, 1].map((more) => chunks * CHUNK_BYTES + more));
    const keys = lengths.flatMap((length) => ['a', 'b'].map((last) => 'k'.repeat(length - 1) + last)).sort();
    await engine.write(keys.toReversed().map((key) => put(key, `=${key.length}`)));
    const rows = keys.map((key) => [key, `=${key.length}`]);
    expect(await scan(engine)).to.deep.equal(rows);
    expect(await scan(engine, { reverse: true })).to.deep.equal(rows.toReversed());
    for (const key of keys) expect(engine.get(bytes(key))).to.deep.equal(Buffer.from(`=${key.length}`));
    expect(engine.get(bytes('k'.repeat(CHUNK_BYTES * 2)))).to.equal(undefined);
    await checkFile();
    await engine.write(keys.map((key) => ({ type: 'delete', key: bytes(key) })));
    expect(await scan(engine)).to.deep.equal([]);
    await checkFile(0);
  });

  it('may be as large as a request', async () => {
    const [key, other] = [Buffer.alloc(1_500_000, 'x'), Buffer.alloc(1_500_000, 'x')];
    other[1_499_999] = 0x79;
    await engine.write([
      { type: 'put', key, value: bytes('1') },
      { type: 'put', key: other, value: bytes('2') },
      put('x', 'short'),
    ]);
    const cursor = engine.cursor({ gt: bytes('x'), reverse: true });
    const rows = [...(await cursor.next(5)), ...(await cursor.next(5))];
    await cursor.close();
    expect(rows.map((row) => row.key.length)).to.deep.equal([1_500_000, 1_500_000]);
    expect([other, key].map((each, at) => equalBytes(each, rows[at]?.key ?? EMPTY))).to.deep.equal([true, true]);
    await engine.write([
      { type: 'delete', key },
      { type: 'delete', key: other },
    ]);
    await checkFile(1);
  });

  it(`behave as in a sorted list, with any ranges and seeks (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    // Few distinct chunks, so that keys share their first ones.
    const part = (length: number): string => String.fromCharCode(97 + randomInteger(random, 0, 2)).repeat(length);
    const anyKey = (): Buffer => {
      let key = '';
      for (let chunk = randomInteger(random, 0, 4); chunk > 0; chunk--) key += part(CHUNK_BYTES);
      return Buffer.from(key + part(randomInteger(random, 0, 3)), 'latin1');
    };
    const model = new Map<string, string>();
    for (let round = 0; round < 25; round++) {
      const operations = Array.from({ length: 12 }, (): EngineOperation => {
        const key = anyKey();
        if (random.next() < 0.4) return { type: 'delete', key };
        return { type: 'put', key, value: Buffer.from(String(randomInteger(random, 0, 1000))) };
      });
      await engine.write(operations);
      for (const operation of operations) {
        const name = Buffer.from(operation.key).toString('latin1');
        if (operation.type === 'put') model.set(name, Buffer.from(operation.value).toString());
        else model.delete(name);
      }
      const [from, to, target] = [anyKey(), anyKey(), anyKey()];
      for (const reverse of [false, true]) {
        const cursor = engine.cursor({ gte: from, lt: to, reverse });
        if (round % 2 === 0) cursor.seek(target);
        const rows: string[] = [];
        for (let page = await cursor.next(2); page.length > 0; page = await cursor.next(2)) {
          for (const { key, value } of page)
            rows.push(`${Buffer.from(key).toString('latin1')}=${Buffer.from(value).toString()}`);
        }
        await cursor.close();
        const expected = [...model]
          .map(([name, value]) => ({ key: Buffer.from(name, 'latin1'), row: `${name}=${value}` }))
          .sort((left, right) => compareBytes(left.key, right.key))
          .filter(({ key }) => compareBytes(key, from) >= 0 && compareBytes(key, to) < 0)
          .filter(
            ({ key }) => round % 2 !== 0 || (reverse ? compareBytes(key, target) <= 0 : compareBytes(key, target) >= 0),
          )
          .map(({ row }) => row);
        expect(rows, `round ${round}`).to.deep.equal(reverse ? expected.reverse() : expected);
      }
    }
    await checkFile();
  });
});

describe('views on LMDB', () => {
  const MIB = 1024 * 1024;
  let directory: string;
  let engine: LmdbEngine;
  let nowMs = 0;

  beforeEach(async () => {
    directory = makeMemoryFolder('engine-views');
    nowMs = 0;
    engine = await openLmdbEngine({
      directory,
      viewBounds: { growthBytes: MIB, graceMs: 10, ageMs: 1000 },
      nowMs: () => nowMs,
    });
  });

  afterEach(async () => {
    await engine.close();
    removeFolder(directory);
  });

  const value = 'v'.repeat(1000);
  const overwrite = (round: number): Promise<void> =>
    engine.write(Array.from({ length: 100 }, (_, row) => put(`k${row}`, `${round}${value}`)));
  const fileBytes = (): number => statSync(join(engine.folder, 'data.mdb')).size;

  it('are given up when the file has grown too much since, so that it stops growing', async () => {
    await overwrite(0);
    const snapshot = engine.snapshot();
    const cursor = snapshot.cursor({});
    await cursor.next(1);
    for (let round = 1; round < 40; round++) await overwrite(round);
    expect(fileBytes()).to.be.greaterThan(2 * MIB);
    expect(snapshot.get(bytes('k1'))?.toString()).to.equal(`0${value}`);
    nowMs = 10;
    for (let round = 40; round < 100; round++) await overwrite(round);
    const bytesThen = fileBytes();
    for (let round = 0; round < 100; round++) await overwrite(round);
    expect(fileBytes()).to.be.at.most(bytesThen + MIB / 4);
    for (const read of [() => snapshot.get(bytes('k1')), () => cursor.seek(bytes('k1'))]) {
      expect(read).to.throw('the read took too long').with.property('name', 'EngineViewExpiredError');
    }
    const failure = await cursor.next(1).then(() => 'rows', String);
    expect(failure).to.contain('EngineViewExpiredError');
    await cursor.close();
    await snapshot.close();
    expect(engine.get(bytes('k1'))?.toString()).to.equal(`99${value}`);
  });

  it('are given up when they are old, but not that of the newest state', async () => {
    await overwrite(0);
    const old = engine.snapshot();
    await overwrite(1);
    const newest = engine.snapshot();
    nowMs = 2000;
    expect(old.get(bytes('k1'))?.toString()).to.equal(`0${value}`);
    expect(newest.get(bytes('k1'))?.toString()).to.equal(`1${value}`);
    // Bounds are checked after each commit.
    await engine.write([put('k', '')]);
    expect(() => old.get(bytes('k1')))
      .to.throw()
      .with.property('name', 'EngineViewExpiredError');
    await Promise.all([old.close(), newest.close()]);
  });

  it('may be many, of one state or of as many states', async () => {
    const snapshots = [];
    for (let round = 0; round < 200; round++) {
      if (round % 2 === 0) await engine.write([put('k', String(round))]);
      snapshots.push(engine.snapshot());
    }
    expect(snapshots.map((each) => Number(each.get(bytes('k'))?.toString()))).to.deep.equal(
      snapshots.map((_, round) => round - (round % 2)),
    );
    await Promise.all(snapshots.map((each) => each.close()));
  });

  it('leave no process or file behind once the engine is closed', async () => {
    await engine.write([put('k', '')]);
    const snapshot = engine.snapshot();
    await engine.close();
    await snapshot.close();
    expect(existsSync(join(engine.folder, 'data.mdb'))).to.equal(true);
    engine = await openLmdbEngine({ directory });
    expect(await scan(engine)).to.deep.equal([['k', '']]);
  });
});

async function failureOf(call: Promise<void>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

describe('writes on LMDB', () => {
  let directory: string;

  beforeEach(() => {
    directory = makeMemoryFolder('engine-writes');
  });

  afterEach(() => removeFolder(directory));

  it('fail for good once the thread that writes has ended', async () => {
    const workers: Worker[] = [];
    const remember = (worker: Worker): void => void workers.push(worker);
    process.on('worker', remember);
    const engine = await openLmdbEngine({ directory });
    process.off('worker', remember);
    await engine.write([put('a', '1')]);
    const reason = 'the thread that writes to the engine has ended';
    expect(workers).to.have.lengthOf(1);
    await workers[0]?.terminate();
    for (const key of ['b', 'c']) expect(await failureOf(engine.write([put(key, '2')]))).to.equal(reason);
    expect(await failureOf(engine.close())).to.equal(reason);
    const reopened = await openLmdbEngine({ directory });
    expect(await scan(reopened)).to.deep.equal([['a', '1']]);
    await reopened.close();
  });

  it('are complete when the engine is closed meanwhile', async () => {
    const engine = await openLmdbEngine({ directory });
    const rows = Array.from({ length: 5000 }, (_, at) => put(String(at), 'v'.repeat(500)));
    const writing = engine.write(rows);
    await engine.close();
    await writing;
    const reopened = await openLmdbEngine({ directory });
    expect(await scan(reopened)).to.have.lengthOf(rows.length);
    await reopened.close();
  });

  // As the thread that hashes passwords did: its program is no module, and it inherited the option of the process.
  it('writes in a process that was started with --input-type=module', () => {
    const path = new URL('../../src/engine/lmdb/lmdb-kind.ts', import.meta.url).href;
    const program = `
      import { openLmdbEngine } from '${path}';
      const engine = await openLmdbEngine({ directory: ${JSON.stringify(directory)} });
      await engine.write([{ type: 'put', key: Buffer.from('key'), value: Buffer.from('value') }]);
      console.log(Buffer.from(engine.get(Buffer.from('key'))).toString());
      await engine.close();
    `;
    const options = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    expect(stdout.trim(), stderr).to.equal('value');
  });
});
