import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryEngine } from '../../src/engine/memory/memory-engine.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { TableEngine } from '../../src/engine/table/table-engine.js';
import { tableSizes } from '../../src/engine/table/table-sizes.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { get, put } from './compliance.js';

/** An engine whose batches end when the test lets them. */
class Slow extends MemoryEngine {
  readonly ends: (() => void)[] = [];

  override async write(operations: Iterable<EngineOperation>): Promise<void> {
    const batch = [...operations];
    await new Promise<void>((resolve) => this.ends.push(resolve));
    await super.write(batch);
  }
}

describe('a barrier of a table in front of an engine', () => {
  /** The log is cut below a barrier. Rows that are still being written then would be in neither after a crash. */
  it('waits for the batch that the engine below is writing', async () => {
    const below = new Slow();
    const hash = new KeyHash([1, 2]);
    const engine = new TableEngine({ base: below, sizes: tableSizes(1024 * 1024), hash });
    await engine.write([put('a', '1')]);
    let over = false;
    const barrier = engine.barrier().then(() => (over = true));
    while (below.ends.length === 0) await nextTurn();
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect(over).to.equal(false);
    below.ends[0]?.();
    await barrier;
    expect(get(below.crash(), 'a')).to.equal('1');
  });
});
