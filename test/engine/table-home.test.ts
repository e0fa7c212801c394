import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryHome } from '../../src/engine/memory/memory-home.js';
import { newTableHash, TableHome } from '../../src/engine/table/table-home.js';
import { tableSizes } from '../../src/engine/table/table-sizes.js';
import type { Engine, EngineOperation, ReplacedEngine } from '../../src/ports/engine.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { put, scan } from './compliance.js';

/** A home that takes its time to make the staged engine current. */
class SlowHome extends MemoryHome {
  failure: Error | undefined;
  isPromoting = false;

  override async promote(): Promise<ReplacedEngine> {
    this.isPromoting = true;
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    if (this.failure !== undefined) throw this.failure;
    return await super.promote();
  }
}

/** Counts the batches that an engine gets from now on, each of which takes some turns. */
function countBatches(engine: Engine): { begun: number; ended: number } {
  const counts = { begun: 0, ended: 0 };
  const write = engine.write.bind(engine);
  engine.write = async (operations: Iterable<EngineOperation>): Promise<void> => {
    counts.begun++;
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    await write(operations);
    counts.ended++;
  };
  return counts;
}

describe('a table whose engine is replaced', () => {
  const open = async (): Promise<{ below: SlowHome; home: TableHome; counts: { begun: number; ended: number } }> => {
    const below = new SlowHome();
    const counts = countBatches(below.engine);
    const home = new TableHome({ home: below, sizes: tableSizes(1024 * 1024, 1), hash: new KeyHash([1, 2]) });
    const staged = await home.stage();
    await staged.write([put('b', 'new')]);
    await home.seal();
    return { below, home, counts };
  };

  it('writes nothing to it from the moment at which the new state begins to be current', async () => {
    const { below, home, counts } = await open();
    const replaced = home.engine;
    await replaced.write([put('a', '1')]);
    while (counts.begun === 0) await nextTurn();
    await replaced.write([put('a', '2')]);
    const promoting = home.promote();
    while (!below.isPromoting) await nextTurn();
    expect(counts, 'the batch under way has ended').to.deep.equal({ begun: 1, ended: 1 });
    await replaced.write([put('a', '3')]);
    const { release } = await promoting;
    expect(counts).to.deep.equal({ begun: 1, ended: 1 });
    expect(await scan(home.engine)).to.deep.equal([['b', 'new']]);
    await release();
    await home.close();
  });

  it('goes on to flush if it is not replaced after all', async () => {
    const { below, home, counts } = await open();
    await home.engine.write([put('a', '1')]);
    below.failure = new Error('no space left');
    const outcome = await home.promote().then(String, String);
    expect(outcome).to.equal('Error: no space left');
    await home.engine.write([put('a', '2')]);
    await home.engine.barrier();
    expect(counts.ended).to.be.above(0);
    expect(await scan(below.engine)).to.deep.equal([['a', '2']]);
    await home.close();
  });
});

describe('the hash of a table', () => {
  it('has a seed of its own, so that clients cannot choose keys that collide', () => {
    const key = Buffer.from('key');
    const hashes = new Set(Array.from({ length: 8 }, () => newTableHash().of(key)));
    expect(hashes.size).to.be.above(6);
  });
});
