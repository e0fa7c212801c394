import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Table, tableRange } from '../../../src/kv/format/layout.js';
import { CountingEngine } from '../support/counting-engine.js';
import { encode, Fixture, levelHome, memoryHome } from '../support/fixture.js';
import { rowsOf } from '../support/rows.js';

describe('waiting for a compaction', () => {
  it('sweeps by reading only the changes since the previous compaction', async () => {
    const engine = new CountingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    // One by one, so that each change has a row of its own.
    const put = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at++) await fixture.apply([encode.put(`k${at % 50}`, String(at))]);
    };
    await put(0, 1000); // revisions 2 to 1001
    await fixture.apply([encode.compact(901)]);
    expect(await fixture.store.whenReclaimed(901)).to.equal(true);
    expect(engine.take(Table.changes)).to.equal(901); // that of 902 shows the end
    await put(1000, 1100);
    engine.take(Table.current);
    await fixture.apply([encode.compact(1001)]);
    expect(await fixture.store.whenReclaimed(1001)).to.equal(true);
    // The rows of 901 are read once more, as they were kept.
    expect(engine.take(Table.changes)).to.equal(102);
    expect(engine.take(Table.history)).to.equal(0);
    expect(engine.take(Table.current)).to.equal(0);
    await fixture.remove();
  });

  // A sweep begins at the last revision of the one before, and counted what that had ended once more.
  it('counts each version that it removes once', async () => {
    const fixture = await Fixture.open();
    for (let round = 0; round < 9; round++) await fixture.apply([encode.put('k', String(round))]); // revisions 2 to 10
    for (const [revision, removed] of [
      [4, 2],
      [5, 3],
      [9, 7],
      [10, 8],
    ] as const) {
      await fixture.apply([encode.compact(revision)]);
      await fixture.store.whenSwept(revision);
      expect(fixture.store.counts.compacted, `compacted at ${revision}`).to.equal(removed);
    }
    await fixture.remove();
  });

  it('resolves with false if the store closes first', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const fixture = await Fixture.open(undefined, { pause: () => held });
    // In two batches, as the store would pause between them.
    for (const from of [0, 300])
      await fixture.apply(Array.from({ length: 300 }, (_, at) => encode.put('k', String(from + at))));
    await fixture.apply([encode.compact(600)]);
    const reclaimed = fixture.store.whenReclaimed(600);
    const closed = fixture.remove();
    free();
    expect(await reclaimed).to.equal(false);
    await closed;
  });

  it('returns the space to the disk', async () => {
    // The published state held an engine snapshot from before the rows were removed, so the engine kept all of them
    // until the next write.
    const fixture = await Fixture.open(await levelHome());
    const value = 'v'.repeat(2000);
    for (let round = 0; round < 20; round++) {
      await fixture.apply(
        Array.from({ length: 100 }, (_, at) => encode.put(`k${at}`, `${round}${(at * 7919) % 1000}${value}`)),
      );
      await fixture.store.barrier();
    }
    const full = await fixture.store.sizeBytes();
    await fixture.apply([encode.compact(2001)]);
    expect(await fixture.store.whenReclaimed(2001)).to.equal(true);
    expect(await fixture.store.sizeBytes()).to.be.lessThan(full / 3);
    expect((await rowsOf(fixture.engine, tableRange(Table.current))).length).to.equal(100);
    await fixture.remove();
  });

  it('shares one run among concurrent defragmentations', async () => {
    // A client that cancelled and repeated a defragmentation caused one rewrite of the whole engine per call, and
    // meanwhile no compaction freed space.
    const fixture = await Fixture.open();
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const { engine } = fixture;
    let rewritten = 0;
    engine.compactRange = async () => {
      rewritten++;
      await held;
    };
    const asked = Array.from({ length: 20 }, () => fixture.store.defragment());
    await nextTurn();
    expect(rewritten, 'the first is under way').to.equal(1);
    const later = Array.from({ length: 20 }, () => fixture.store.defragment());
    free();
    expect(new Set(await Promise.all([...asked, ...later]))).to.deep.equal(new Set([true]));
    expect(rewritten, 'the rest share the next').to.equal(2);
    await fixture.remove();
  });
});
