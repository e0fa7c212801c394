import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import { MemoryEngine } from '../../src/engine/memory/memory-engine.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { TableEngine } from '../../src/engine/table/table-engine.js';
import { tableSizes, type TableSizes } from '../../src/engine/table/table-sizes.js';
import type { Engine, EngineOperation, EngineSnapshot } from '../../src/ports/engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { expectShortWork } from '../support/time-limits.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { bytes, del, describeCompliance, get, put, scan } from './compliance.js';

/** So small that each test flushes, switches generations and bypasses the table. */
const SMALL: TableSizes = {
  bytesMax: 64 * 1024,
  generation: { rows: 20, bytes: 16 * 1024 },
  batch: { rows: 1000, bytes: 32 * 1024 },
  slabBytes: 4096,
  flushRows: 5,
};

const over = (base: Engine, sizes: TableSizes): TableEngine =>
  new TableEngine({ base, sizes, hash: new KeyHash([1, 2]) });

for (const [name, sizes] of [
  ['a small table', SMALL],
  ['a table', tableSizes(32 * 1024 * 1024)],
] as const) {
  describeCompliance(`${name} over memory`, () => {
    const bases = new Map<Engine, MemoryEngine>();
    const openOn = (base: MemoryEngine): TableEngine => {
      const engine = over(base, sizes);
      bases.set(engine, base);
      return engine;
    };
    return {
      open: async () => openOn(new MemoryEngine()),
      reopen: async (closed) => openOn((bases.get(closed) ?? new MemoryEngine()).crash()),
      cleanUp: async () => undefined,
    };
  });

  describeCompliance(`${name} over LevelDB`, () => {
    const directory = makeTemporaryFolder('engine');
    const open = async (): Promise<Engine> => {
      const base = await openLevelEngine({
        directory,
        logger: silentLogger,
        cacheBytes: 1 << 20,
        writeBufferBytes: 1 << 20,
      });
      return over(base, sizes);
    };
    return { open, reopen: open, cleanUp: async () => removeFolder(directory) };
  });
}

/** An engine that lists its batches, and can be stopped before each. */
class Below extends MemoryEngine {
  readonly batches: EngineOperation[][] = [];
  failure: Error | undefined;
  #open: Promise<void> = Promise.resolve();
  #letOn: () => void = () => undefined;

  stop(): void {
    this.#open = new Promise((resolve) => (this.#letOn = resolve));
  }

  goOn(): void {
    this.#letOn();
    this.#open = Promise.resolve();
  }

  override async write(operations: Iterable<EngineOperation>): Promise<void> {
    await this.#open;
    if (this.failure !== undefined) throw this.failure;
    const batch = Array.from(operations, (operation) => ({ ...operation, key: Buffer.from(operation.key) }));
    this.batches.push(batch);
    await super.write(batch);
  }
}

describe('a table in front of an engine', () => {
  const value = 'v'.repeat(1000);
  const keysOf = (batch: readonly EngineOperation[] | undefined): string[] =>
    (batch ?? []).map(({ key }) => Buffer.from(key).toString());
  const outcome = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', String);

  /** Writes until a batch has to wait. @returns the batch that waits */
  async function fill(engine: TableEngine): Promise<{ readonly count: number; readonly waiting: Promise<void> }> {
    for (let count = 1; ; count++) {
      let done = false;
      const waiting = engine.write([put(`${count}`, value)]).then(() => void (done = true));
      waiting.catch(() => undefined); // the caller handles a failure
      await nextTurn();
      if (!done) return { count, waiting };
    }
  }

  it('gathers whole batches, and writes each key of them once', async () => {
    const below = new Below();
    const engine = over(below, { ...SMALL, flushRows: 7 });
    below.stop();
    for (let batch = 1; batch <= 4; batch++) await engine.write([put('hot', `${batch}`), put(`row ${batch}`, 'x')]);
    expect(get(engine, 'hot')).to.equal('4');
    below.goOn();
    await engine.barrier();
    // Seven rows hold three batches of two, and no half of the fourth.
    expect(below.batches.map(keysOf)).to.deep.equal([
      ['row 1', 'row 2', 'hot', 'row 3'],
      ['hot', 'row 4'],
    ]);
    expect(get(below, 'hot')).to.equal('4');
  });

  it('makes batches wait while it is full, and is never much larger than its bound', async () => {
    const below = new Below();
    below.stop();
    const engine = over(below, SMALL);
    const { count, waiting } = await fill(engine);
    expect(count).to.be.within(20, 70);
    const later = engine.write([put('last', '1')]);
    expect(get(engine, `${count - 1}`), 'it can be read while it is full').to.equal(value);
    below.goOn();
    await Promise.all([waiting, later]);
    expect(get(engine, 'last')).to.equal('1');
    await engine.close();
  });

  it('does not fill up because of views and cursors that stay open', async () => {
    const below = new Below();
    const engine = over(below, SMALL);
    await engine.write([put('a', 'first'), put('b', 'first')]);
    const views = [engine.snapshot()];
    const cursor = engine.cursor({});
    const begun = engine.cursor({});
    expect(await begun.next(1)).to.have.length(1);
    for (let count = 0; count < 300; count++) {
      await engine.write([put('a', `${count}`), put(`filling ${count % 10}`, value)]);
      if (count % 30 === 0) views.push(engine.snapshot());
    }
    expect(views.map((view) => get(view, 'a'))).to.deep.equal([
      'first',
      ...Array.from({ length: 10 }, (_, at) => `${at * 30}`),
    ]);
    expect((await cursor.next(10)).map(({ key }) => Buffer.from(key).toString())).to.deep.equal(['a', 'b']);
    expect((await begun.next(10)).map(({ key }) => Buffer.from(key).toString())).to.deep.equal(['b']);
    await engine.close();
  });

  /** The list of open ones was searched from its end: closing 30,000 snapshots, oldest first, took ten seconds. */
  it('closes a snapshot at the same cost however many are open', async () => {
    const engine = over(new MemoryEngine(), tableSizes(1024 * 1024));
    await engine.write([put('a', '1')]);
    await expectShortWork(200, () => {
      const snapshots = Array.from({ length: 30_000 }, () => engine.snapshot());
      for (const snapshot of snapshots) void snapshot.close();
    });
    await engine.close();
  });

  it('does not fill up because of a cursor that reads a page while its rows are flushed', async () => {
    const below = new Below();
    const engine = over(below, SMALL);
    await engine.write([put('a', '1'), put('b', '1')]);
    const cursor = engine.cursor({});
    const page = cursor.next(1);
    await engine.barrier();
    expect(await page).to.have.length(1);
    for (let count = 0; count < 200; count++) await engine.write([put(`filling ${count}`, value)]);
    expect((await cursor.next(5)).map(({ key }) => Buffer.from(key).toString())).to.deep.equal(['b']);
    await engine.close();
  });

  it('counts the memory that a cursor holds while it reads a page, also once its rows are flushed', async () => {
    const below = new Below();
    let pages = 0;
    let letOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (letOn = resolve));
    const cursorOf = (snapshot: EngineSnapshot): EngineSnapshot['cursor'] => {
      const open = snapshot.cursor.bind(snapshot);
      return (range) => {
        const cursor = open(range);
        const next = cursor.next.bind(cursor);
        cursor.next = async (count) => {
          pages += 1;
          await held;
          return await next(count);
        };
        return cursor;
      };
    };
    const snapshotOf = below.snapshot.bind(below);
    below.snapshot = () => {
      const snapshot = snapshotOf();
      return Object.assign(snapshot, { cursor: cursorOf(snapshot) });
    };
    const engine = over(below, SMALL);
    // Each cursor reads a page of a generation of its own, and the engine below takes its time.
    const reading: Promise<unknown>[] = [];
    let waiting: Promise<void> | undefined;
    for (let count = 0; count < 100 && waiting === undefined; count++) {
      let done = false;
      const written = engine.write([put(`${count}`, value)]).then(() => void (done = true));
      reading.push(engine.cursor({}).next(1));
      await engine.compactRange();
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      if (!done) waiting = written;
    }
    expect(waiting, 'a batch that waits').not.to.equal(undefined);
    expect(pages).to.be.within(3, 70);
    letOn();
    await waiting;
    await Promise.all(reading);
    await engine.close();
  });

  it('writes a batch of 100,000 deletions to the engine directly, as a whole and in order', async () => {
    const below = new Below();
    const engine = over(below, tableSizes(8 * 1024 * 1024));
    const names = Array.from({ length: 100_000 }, (_, at) => `key ${at + 100_000}`);
    for (let at = 0; at < names.length; at += 1000)
      await engine.write(names.slice(at, at + 1000).map((name) => put(name, 'x')));
    await engine.write([put('before', '1'), put('key 100000', 'newer')]);
    const view = engine.snapshot();
    const deleting = engine.write(names.map((name) => del(name)));
    const after = engine.write([put('key 100001', 'again')]);
    await deleting;
    await after;
    expect(await scan(engine)).to.deep.equal([
      ['before', '1'],
      ['key 100001', 'again'],
    ]);
    expect(get(view, 'key 100000')).to.equal('newer');
    expect(get(view, 'key 150000')).to.equal('x');
    expect(below.batches.filter(({ length }) => length === 100_000)).to.have.length(1);
    await view.close();
    await engine.close();
  });

  it('refuses everything after a flush that failed, and keeps what can be read', async () => {
    const below = new Below();
    const engine = over(below, SMALL);
    below.failure = new Error('no space left');
    const { waiting } = await fill(engine);
    expect(await outcome(waiting)).to.equal('Error: no space left');
    for (const attempt of [() => engine.write([put('z', '1')]), () => engine.barrier(), () => engine.compactRange()]) {
      expect(await outcome(attempt())).to.equal('Error: no space left');
    }
    expect(get(engine, '1')).to.equal(value);
    expect(await outcome(engine.close())).to.equal('Error: no space left');
    expect(() => engine.get(bytes('1'))).to.throw('closed');
  });

  it('wakes a batch that waits for memory when a flush fails', async () => {
    const below = new Below();
    below.stop();
    const engine = over(below, SMALL);
    const { waiting } = await fill(engine);
    below.failure = new Error('no space left');
    below.goOn();
    expect(await outcome(waiting)).to.equal('Error: no space left');
    expect(await outcome(engine.close())).to.equal('Error: no space left');
  });

  it('flushes nothing more once it is replaced, ends the calls that wait for a flush, and can still be read', async () => {
    const below = new Below();
    const engine = over(below, SMALL);
    await engine.write([put('a', '1')]);
    const view = engine.snapshot();
    await engine.pauseFlushing();
    const waiting = [engine.compactRange(), engine.barrier()];
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    engine.retire();
    expect(below.batches).to.deep.equal([]);
    expect(await Promise.all(waiting.map(outcome))).to.deep.equal(['resolved', 'resolved']);
    expect(await outcome(engine.compactRange())).to.equal('resolved');
    expect(await outcome(engine.write([put('a', '2')]))).to.match(/was replaced/);
    expect([get(engine, 'a'), get(view, 'a')]).to.deep.equal(['1', '1']);
    await engine.discard();
    expect(() => view.get(bytes('a'))).to.throw('closed');
    expect(await scan(below)).to.deep.equal([]);
  });

  it('continues to flush after a pause', async () => {
    const below = new Below();
    const engine = over(below, SMALL);
    for (let count = 0; count < 20; count++) await engine.write([put(`${count}`, '1')]);
    await engine.pauseFlushing();
    const flushed = below.batches.length;
    const draining = engine.barrier();
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect(below.batches).to.have.length(flushed);
    engine.resumeFlushing();
    await draining;
    expect(await scan(below)).to.have.length(20);
    await engine.close();
  });
});

describe('the hash of the table', () => {
  it('depends on the seed, and on every byte and the length of a key', () => {
    const key = Buffer.from('a key of some length');
    const hash = new KeyHash([1, 2]);
    const others = [new KeyHash([1, 3]).of(key), new KeyHash([2, 2]).of(key)];
    for (let at = 0; at < key.length; at++) {
      const changed = Buffer.from(key);
      changed[at] = (changed[at] ?? 0) ^ 1;
      others.push(hash.of(changed), hash.of(key.subarray(0, at)), hash.of(Buffer.concat([key, Buffer.alloc(at + 1)])));
    }
    expect(hash.of(key)).to.equal(hash.of(Buffer.from(key)));
    expect(new Set([...others, hash.of(key)]).size).to.equal(others.length + 1);
  });

  it('spreads similar keys over all slots', () => {
    const hash = new KeyHash([0x01234567, 0x89abcdef]);
    const slots = new Uint32Array(1024);
    for (let at = 0; at < 65_536; at++) {
      const slot = hash.of(Buffer.from(`key/${at}`)) % slots.length;
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    // 64 keys a slot; a deviation of six standard deviations is 48.
    expect(Math.max(...slots)).to.be.lessThan(64 + 48);
    expect(Math.min(...slots)).to.be.greaterThan(64 - 48);
  });
});
