import { expect } from 'chai';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { encodeSince, endedEntryKey, entryKey, indexIdOf, placeOf } from '../../../src/kv/indexes/index-rows.js';
import { IndexTable } from '../../../src/kv/indexes/index-table.js';
import { IndexRemains } from '../../../src/kv/indexes/remains.js';

describe('the removal of entries of dropped indexes', () => {
  it('leaves alone an index that a batch has created which is written and not published yet', async () => {
    const engine = new MemoryEngine();
    for (const id of [1, 2]) {
      for (let at = 0; at < 600; at++) {
        const place = placeOf(id, Buffer.of(0, 0), Buffer.from(String(at)));
        await engine.write([
          { type: 'put', key: entryKey(place), value: encodeSince(5) },
          { type: 'put', key: endedEntryKey(place, 9), value: encodeSince(5) },
        ]);
      }
    }
    // The index with the id 1 is dropped.
    const published = new IndexTable(new Map(), 1);
    const remains = new IndexRemains({
      engine,
      indexes: () => published,
      pause: () => Promise.resolve(),
      onFatal: (error) => {
        throw error;
      },
    });
    remains.run();
    await remains.settled();
    const cursor = engine.cursor({});
    const rows = await cursor.next(5000);
    await cursor.close();
    expect(rows).to.have.length(1200);
    expect(new Set(rows.map(({ key }) => indexIdOf(key)))).to.deep.equal(new Set([2]));
  });
});
