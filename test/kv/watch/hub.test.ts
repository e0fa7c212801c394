import { expect } from 'chai';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import type { EngineCursor, EngineRange, EngineSnapshot } from '../../../src/ports/engine.js';
import { encode, Fixture, memoryHome } from '../support/fixture.js';
import { expectOrderAndWholeness, Watching } from '../support/watching.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Counts pages read from the change log, and delays them on demand. */
class ObservedEngine extends MemoryEngine {
  changePages = 0;
  /** Awaited before each page of changes. */
  gate: () => Promise<void> = () => Promise.resolve();

  override snapshot(): EngineSnapshot {
    const snapshot = super.snapshot();
    const cursor = snapshot.cursor.bind(snapshot);
    snapshot.cursor = (range) => (range.gte?.[1] === 3 ? this.#observed(cursor(range), range) : cursor(range));
    return snapshot;
  }

  #observed(made: EngineCursor, _range: EngineRange): EngineCursor {
    const next = made.next.bind(made);
    made.next = async (count) => {
      this.changePages++;
      await this.gate();
      return await next(count);
    };
    return made;
  }
}

describe('WatchHub', () => {
  let engine: ObservedEngine;
  let fixture: Fixture;

  beforeEach(async () => {
    engine = new ObservedEngine();
    fixture = await Fixture.open(memoryHome(engine), { pause: turn });
  });

  afterEach(() => fixture.remove());

  const watch = (options: ConstructorParameters<typeof Watching>[1]): Watching =>
    new Watching(fixture.store.watches, options);

  async function caughtUp(): Promise<void> {
    const { watches } = fixture.store;
    for (let turns = 0; watches.counts.live < watches.counts.watchers; turns++) {
      expect(turns, 'turns until all have caught up').to.be.below(1000);
      await turn();
    }
  }

  it('delivers to live watchers in the turn in which readers see the write, without reading rows', async () => {
    const watching = watch({ key: 'a' });
    let seen: readonly number[] = [];
    let visible = 0;
    // The answer to the write follows immediately.
    const answering = await Fixture.open(memoryHome(), {
      waiter: () => {
        seen = other.revisions;
        visible = answering.store.revision();
      },
    });
    const other = new Watching(answering.store.watches, { key: 'a' });
    await answering.store.apply([answering.command(...encode.put('a')).entry]);
    expect([seen, visible]).to.deep.equal([[2], 2]);
    await answering.remove();
    await fixture.apply([encode.put('a')]);
    expect([watching.revisions, engine.changePages]).to.deep.equal([[2], 0]);
  });

  it('delivers past and then new events to a watcher that begins in the past, each once', async () => {
    for (let at = 0; at < 10; at++) await fixture.apply([encode.put('a', String(at)), encode.put('b')]);
    const watching = watch({ key: 'a', startRevision: 6 });
    expect(watching.watcher.isLive).to.equal(false);
    // Written while the change log is being read, so the state being read does not contain it.
    engine.gate = async () => {
      engine.gate = () => Promise.resolve();
      await fixture.apply([encode.put('a', 'meanwhile')]);
    };
    await caughtUp();
    await fixture.apply([encode.put('a', 'live')]);
    expect(watching.revisions).to.deep.equal([6, 8, 10, 12, 14, 16, 18, 20, 22, 23]);
    expect(watching.states).to.deep.equal(['caught up']);
    expectOrderAndWholeness(watching);
  });

  it('makes a watcher live although a write comes with every page', async () => {
    for (let at = 0; at < 50; at++) await fixture.apply([encode.put('a', String(at))]);
    engine.gate = async () => void (await fixture.apply([encode.put('a', 'more')]));
    const watching = watch({ key: 'a', startRevision: 2 });
    await caughtUp();
    engine.gate = () => Promise.resolve();
    expect(watching.revisions.length).to.equal(fixture.store.revision() - 1);
  });

  it('delivers to a watcher with room although another has none', async () => {
    const slow = watch({ key: 'a', room: 1 });
    const quick = watch({ key: 'a' });
    for (let at = 0; at < 5; at++) await fixture.apply([encode.put('a', String(at))]);
    expect([slow.revisions, quick.revisions]).to.deep.equal([[2], [2, 3, 4, 5, 6]]);
    expect(fixture.store.watches.counts).to.deep.equal({ watchers: 2, live: 1 });
    slow.makeRoom();
    await caughtUp();
    expect(slow.revisions).to.deep.equal([2, 3, 4, 5, 6]);
    expect(slow.states).to.deep.equal(['fell behind', 'caught up']);
    expect(engine.changePages, 'what is recent comes from memory').to.equal(0);
  });

  it('serves a watcher although another one needs many more pages', async () => {
    // One page holds a megabyte; there are thirty after revision 2.
    const value = 'v'.repeat(256 * 1024);
    for (let at = 0; at < 120; at++) await fixture.apply([encode.put('big', value)]);
    await fixture.apply([encode.put('small')]);
    const far = watch({ key: 'big', startRevision: 2 });
    const near = watch({ key: 'small', startRevision: 120 });
    for (let turns = 0; !near.watcher.isLive; turns++) {
      expect(turns).to.be.below(200);
      await turn();
    }
    expect(far.watcher.isLive, 'the far one is still on its way').to.equal(false);
    expect(near.revisions).to.deep.equal([122]);
    await caughtUp();
    expect(far.revisions.length).to.equal(120);
  });

  it('serves two watchers that share a room in turn, the one further behind first', async () => {
    // The two watches got room in the order in which their keys were written, so the second never got any.
    const value = 'v'.repeat(256 * 1024);
    for (let at = 0; at < 20; at++) await fixture.apply([encode.put('a', value), encode.put('b', value)]);
    const first = watch({ key: 'a', startRevision: 2, room: 0 });
    const second = watch({ key: 'b', startRevision: 2, room: 0 });
    for (let turns = 0; turns < 20; turns++) await turn();
    for (let served = 0; served < 8; served++) {
      // Room for one batch, for either watch.
      let left = 1;
      for (const each of [first, second]) {
        const { deliver } = Watching.prototype;
        each.deliver = function (batch) {
          return left-- > 0 && deliver.call(this, batch);
        };
        each.makeRoom();
      }
      for (let turns = 0; turns < 20; turns++) await turn();
    }
    expect(first.batches.length).to.be.greaterThan(2);
    expect(second.batches.length).to.be.greaterThan(2);
  });

  it('reads a large batch from the change log, and not in the turn that publishes it', async () => {
    for (let at = 0; at < 5000; at += 100) {
      await fixture.apply(Array.from({ length: 100 }, (_, each) => encode.put(`key ${at + each}`)));
    }
    const watching = watch({ key: 'key ', rangeEnd: 'key!', prevKv: true });
    await fixture.apply([encode.delete('key ', 'key!')]);
    expect(watching.batches, 'not yet').to.deep.equal([]);
    await caughtUp();
    // One revision is one batch, however large.
    expect(watching.batches.map(({ events }) => events.length)).to.deep.equal([5000]);
    expect(watching.events.every(({ prevKv }) => prevKv !== undefined)).to.equal(true);
    expect(watching.states).to.deep.equal(['fell behind', 'caught up']);
  });

  it('delivers all events of a batch that began before the first watch', async () => {
    const applying = fixture.apply([encode.put('a', '1'), encode.put('b', '2')]);
    const watching = watch({ key: 'a' });
    await applying;
    await caughtUp();
    expect(watching.revisions).to.deep.equal([2]);
  });

  it('ends a watcher whose next event is compacted, before it begins or later', async () => {
    for (let at = 0; at < 10; at++) await fixture.apply([encode.put('a', String(at))]);
    await fixture.apply([encode.compact(8)]);
    const [late, at8, slow] = [
      watch({ key: 'a', startRevision: 7 }),
      watch({ key: 'a', startRevision: 8, prevKv: true }),
      watch({ key: 'a', startRevision: 9, room: 0 }),
    ];
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([late.compactedAt, late.batches]).to.deep.equal([8, []]);
    expect(at8.revisions).to.deep.equal([8, 9, 10, 11]);
    expect(at8.events[0]?.prevKv, 'what the compacted revision ended is gone').to.equal(undefined);
    expect(at8.events[1]?.prevKv?.value).to.equal('6');
    await fixture.apply([encode.put('a', 'x'), encode.compact(10)]);
    await fixture.store.whenSwept(10);
    slow.makeRoom();
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([slow.compactedAt, slow.batches]).to.deep.equal([10, []]);
    expect(fixture.store.watches.counts).to.deep.equal({ watchers: 1, live: 1 });
  });

  it('delivers a whole page that began before a compaction, and then ends the watch', async () => {
    const value = 'v'.repeat(256 * 1024);
    for (let at = 0; at < 20; at++) await fixture.apply([encode.put('a', value)]);
    const watching = watch({ key: 'a', startRevision: 2 });
    engine.gate = async () => {
      engine.gate = () => Promise.resolve();
      await fixture.apply([encode.compact(20)]);
      await fixture.store.whenSwept(20);
    };
    for (let turns = 0; watching.compactedAt === undefined && turns < 50; turns++) await turn();
    expect(watching.compactedAt).to.equal(20);
    const { revisions } = watching;
    expect(revisions).to.deep.equal(revisions.map((_, at) => at + 2));
    expect(revisions.length).to.be.within(1, 17);
  });

  /**
   * A member that was briefly down receives thousands of writes at once and, in the same batch, a later compaction.
   * Watches that were up to date were sent to the change log for the writes, which were compacted by then, so they were
   * cancelled although every event had been in memory.
   */
  it('keeps live watchers over a large batch that compacts its own changes', async () => {
    await fixture.remove();
    fixture = await Fixture.open(memoryHome(), { pause: turn, watchLimits: { liveChanges: 2, recentEvents: 0 } });
    const [watching, slow] = [watch({ key: 'a', prevKv: true }), watch({ key: 'a', room: 0 })];
    const puts = ['1', '2', '3', '4'].map((value) => encode.put('a', value));
    await fixture.apply([...puts, encode.compact(4)]);
    await fixture.store.whenSwept(4);
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([watching.compactedAt, watching.revisions]).to.deep.equal([undefined, [2, 3, 4, 5]]);
    expect(watching.events.map(({ prevKv }) => prevKv?.value)).to.deep.equal([undefined, '1', '2', '3']);
    slow.makeRoom();
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([slow.compactedAt, slow.revisions], 'who has no room is not held in memory').to.deep.equal([4, []]);
    // If the compaction keeps the events that they need, they read them from the change log.
    await fixture.apply([...puts, encode.compact(6)]);
    expect(watching.states).to.deep.equal(['fell behind']);
    await caughtUp();
    expect([watching.compactedAt, watching.revisions]).to.deep.equal([undefined, [2, 3, 4, 5, 6, 7, 8, 9]]);
    expectOrderAndWholeness(watching);
  });

  it('begins a watch at its future revision, and not before', async () => {
    const watching = watch({ key: 'a', startRevision: 4 });
    expect(watching.watcher.isLive).to.equal(true);
    // A batch that includes the start revision.
    await fixture.apply([encode.put('a', '2')]);
    await fixture.apply([encode.put('a', '3'), encode.put('a', '4'), encode.put('a', '5')]);
    expect(watching.revisions).to.deep.equal([4, 5]);
  });

  it('does not send a watch that begins in the future to the change log', async () => {
    // A large batch sent also those watches to the change log that start in the future.
    const watching = watch({ key: 'key ', rangeEnd: 'key!', startRevision: 6000 });
    await fixture.apply(Array.from({ length: 5000 }, (_, at) => encode.put(`key ${at}`)));
    for (let turns = 0; turns < 50; turns++) await turn();
    expect([watching.batches, watching.states, watching.watcher.isLive]).to.deep.equal([[], [], true]);
  });

  it('encodes an event once for all watchers that want the same form', async () => {
    const watchings = [
      ...Array.from({ length: 3 }, () => watch({ key: 'a', rangeEnd: 'c' })),
      watch({ key: 'a', prevKv: true }),
      watch({ key: 'a', rangeEnd: '\0', puts: false }),
    ];
    await fixture.apply([encode.put('a', '1'), encode.put('b', '2'), encode.put('a', '3')]);
    const [first, second, third, withPrevious, deletions] = watchings.map(({ batches }) => batches);
    expect(first?.[0]).to.equal(second?.[0]);
    expect(first?.[0]?.body()).to.equal(third?.[0]?.body());
    expect(withPrevious?.[0]?.events[0]).to.equal(first?.[0]?.events[0]);
    expect(deletions).to.deep.equal([]);
  });

  it('finds the few watchers of a key among thousands, and delivers to all watchers of another', async () => {
    const others = Array.from({ length: 10_000 }, (_, at) =>
      watch(at % 2 === 0 ? { key: `k${at}` } : { key: `r${at}/`, rangeEnd: `r${at}0` }),
    );
    const all = Array.from({ length: 100 }, () => watch({ key: 'r', rangeEnd: 's' }));
    await fixture.apply([encode.put('k42'), encode.put('r43/x'), encode.put('none')]);
    expect(others.flatMap(({ revisions }, at) => (revisions.length > 0 ? [at, ...revisions] : []))).to.deep.equal([
      42, 2, 43, 3,
    ]);
    expect(all.every(({ revisions }) => revisions.join() === '3')).to.equal(true);
    for (const each of [...others, ...all]) each.cancel();
    expect(fixture.store.watches.active).to.equal(false);
  });

  it('continues after a snapshot has replaced the state', async () => {
    const writer = await Fixture.open();
    for (let at = 0; at < 10; at++) await writer.apply([encode.put('a', String(at))]);
    const source = writer.store.openSnapshot();
    const live = watch({ key: 'a' });
    const cut = watch({ key: 'a', startRevision: 1 });
    const future = watch({ key: 'a', startRevision: 13 });
    const sink = fixture.store.receiveSnapshot();
    for await (const frame of source.frames()) await sink.take(frame);
    source.close();
    await fixture.store.restore(source.metadata);
    await caughtUp();
    await fixture.store.apply([{ ...fixture.command(...encode.put('a', 'x')).entry, index: 11 }]);
    await fixture.store.apply([{ ...fixture.command(...encode.put('a', 'y')).entry, index: 12 }]);
    const revisions = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
    expect([live.revisions, cut.revisions, future.revisions]).to.deep.equal([revisions, revisions, [13]]);
    await writer.remove();
  });

  it('ends watchers whose next event a snapshot has compacted', async () => {
    const writer = await Fixture.open();
    for (let at = 0; at < 10; at++) await writer.apply([encode.put('a', String(at))]);
    await writer.apply([encode.compact(9)]);
    const source = writer.store.openSnapshot();
    const live = watch({ key: 'a' });
    const sink = fixture.store.receiveSnapshot();
    for await (const frame of source.frames()) await sink.take(frame);
    source.close();
    await fixture.store.restore(source.metadata);
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([live.compactedAt, live.batches]).to.deep.equal([9, []]);
    await writer.remove();
  });

  it('closes in the middle of a page', async () => {
    await fixture.apply([encode.put('a')]);
    const watching = watch({ key: 'a', startRevision: 2 });
    await new Promise<void>((resolve, reject) => {
      engine.gate = async () => {
        engine.gate = () => Promise.resolve();
        fixture.store.close().then(resolve, reject);
        await turn();
      };
    });
    expect(watching.batches).to.deep.equal([]);
  });

  it('stops the store if the change log cannot be read', async () => {
    await fixture.apply([encode.put('a')]);
    engine.gate = () => Promise.reject(new Error('a table is damaged'));
    watch({ key: 'a', startRevision: 2 });
    expect((await fixture.store.failed).message).to.equal('a table is damaged');
  });

  it('encodes events as the protobuf codec does', async () => {
    await fixture.apply([encode.put('a', 'x', { lease: 7 })]);
    const watching = watch({ key: 'a', startRevision: 2, prevKv: true });
    await caughtUp();
    await fixture.apply([encode.delete('a')]);
    const bodies = watching.batches.map((batch) => etcdserverpb.WatchResponse.decode(batch.body()).events);
    const kv = {
      key: Buffer.from('a'),
      createRevision: 2,
      modRevision: 2,
      version: 1,
      value: Buffer.from('x'),
      lease: 7,
    };
    const { WatchResponse } = etcdserverpb;
    const expected = [
      { events: [{ kv }] },
      { events: [{ type: 1, kv: { key: Buffer.from('a'), modRevision: 3 }, prevKv: kv }] },
    ];
    expect(bodies).to.deep.equal(
      expected.map((each) => WatchResponse.decode(WatchResponse.encode(each).finish()).events),
    );
  });
});
