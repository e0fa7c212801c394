import { expect } from 'chai';
import { ObservedStore } from '../../../src/server/assembly/observed-store.js';
import { createReady, definition } from '../../kv/indexes/index-writes.js';
import { encode, Fixture } from '../../kv/support/fixture.js';

describe('the store that other parts observe', () => {
  // The quota counted requests alone until it measured the store again: puts of 5 KB with 2 MB of index entries each could
  // fill a disk several times the quota in between.
  it('counts the index entries of a batch as bytes that it writes', async () => {
    const fixture = await Fixture.open();
    for (let at = 0; at < 8; at++) await createReady(fixture, definition(`i${at}`, '/t', { multiple: true }));
    const observed = new ObservedStore(fixture.store, {
      now: () => 0,
      durations: { applied: () => undefined },
      onWait: () => undefined,
    });
    let appliedBytes = 0;
    observed.appliedBytes.subscribe((bytes) => (appliedBytes += bytes));
    const value = JSON.stringify({ t: Array.from({ length: 64 }, (_, at) => String(at)) });
    const { entry } = fixture.command(...encode.put(`u/${'x'.repeat(4000)}`, value));
    const before = await fixture.store.sizeBytes();
    await observed.apply([entry]);
    const grownBytes = (await fixture.store.sizeBytes()) - before;
    expect(grownBytes).to.be.above(100 * entry.data.length);
    expect(appliedBytes).to.be.at.least(grownBytes);
    await fixture.remove();
  });
});
