import { expect } from 'chai';
import { expectShortTurns } from '../../support/time-limits.js';
import { encode, Fixture, memoryHome } from '../support/fixture.js';
import { Watching, type WatchingOptions } from '../support/watching.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Longest turn, in ms: the slowest before took seconds. */
const LIMIT_MS = 60;
/** The same of a turn in which the memory engine deletes 4,000 keys, which takes 50 to 100 ms. */
const DELETION_MS = 250;
const KEYS = 4000;

// One client may have 10,000 watches on a stream, and a member 200,000. What a write costs was bounded for each watch alone.
describe('very many watches that want the same events', () => {
  let fixture: Fixture;
  let watchings: Watching[];

  beforeEach(async () => {
    fixture = await Fixture.open(memoryHome(), { pause: turn });
    watchings = [];
  });

  afterEach(() => fixture.remove());

  async function putKeys(): Promise<void> {
    for (let at = 0; at < KEYS; at += 100) {
      await fixture.apply(Array.from({ length: 100 }, (_, each) => encode.put(`k${at + each}`)));
    }
  }

  /** Ends all watches and begins others. */
  async function watch(count: number, optionsOf: (at: number) => WatchingOptions): Promise<void> {
    for (const [at, each] of watchings.entries()) {
      each.cancel();
      if (at % 200 === 0) await turn();
    }
    watchings = [];
    for (let at = 0; at < count; at++) {
      watchings.push(new Watching(fixture.store.watches, optionsOf(at)));
      if (at % 200 === 0) await turn();
    }
  }

  /** Waits until so many watches got events. */
  async function served(count: number): Promise<void> {
    let left = watchings;
    while (watchings.length - left.length < count) {
      for (let turns = 0; turns < 20; turns++) await turn();
      left = left.filter(({ batches }) => batches.length === 0);
    }
  }

  const firstRevisions = (): readonly (number | undefined)[] =>
    watchings.filter(({ batches }) => batches.length > 0).map(({ batches }) => batches[0]?.events[0]?.revision);

  // With 1,000 ranges around the same 4,000 keys, a deletion of the keys was matched four million times in one turn, which took
  // 1.5 s of processor time: enough to depose a leader.
  it('on ranges around the same keys get a deletion of all the keys in later turns', async () => {
    await expectShortTurns(
      async () => {
        await putKeys();
        await watch(3000, (at) => ({ key: 'k', rangeEnd: `l${at}`, room: 1 }));
        await fixture.apply([encode.delete('k', 'l')]);
        await served(50);
      },
      { limitMs: DELETION_MS },
    );
    expect(new Set(firstRevisions())).to.deep.equal(new Set([fixture.store.revision()]));
  });

  // Every range was visited for each row of the change log, and each got a copy of each page: 3,000 ranges held the event loop for
  // 0.2 s at a time, and 10,000 could have taken 10 GB.
  it('on ranges around the same keys are brought up to date in slices, a bounded number at once', async () => {
    await putKeys();
    await expectShortTurns(
      async () => {
        await watch(10_000, (at) => ({ key: 'k', rangeEnd: `l${at}`, startRevision: 2, room: 1 }));
        await served(50);
      },
      { limitMs: LIMIT_MS },
    );
    expect(new Set(firstRevisions())).to.deep.equal(new Set([2]));
  });

  // Each made a list of its own of the events of a page.
  it('from different revisions on are brought up to date in slices', async () => {
    await putKeys();
    const begin = (at: number): number => 2 + (at % KEYS);
    await expectShortTurns(
      async () => {
        await watch(20_000, (at) => ({ key: 'k', rangeEnd: 'l', startRevision: begin(at), room: 1 }));
        await served(50);
      },
      { limitMs: LIMIT_MS },
    );
    for (const [at, { batches }] of watchings.entries()) {
      if (batches.length > 0) expect(batches[0]?.events[0]?.revision).to.equal(begin(at));
    }
  });

  // 200,000 watches of one key took 0.2 s in the turn of a put, and each that fell behind was compared with all others that had.
  it('on one key get a put in later turns, and miss nothing that is written meanwhile', async () => {
    await expectShortTurns(
      async () => {
        await watch(100_000, () => ({ key: 'a' }));
        for (let at = 0; at < 4; at++) await fixture.apply([encode.put('a', String(at))]);
        await served(watchings.length);
        const { watches } = fixture.store;
        while (watches.counts.live < watches.counts.watchers) await turn();
      },
      { limitMs: LIMIT_MS },
    );
    const revision = fixture.store.revision();
    const seen = new Set(
      watchings.map(({ batches }) => batches.flatMap(({ events }) => events.map((event) => event.revision)).join(' ')),
    );
    expect([...seen]).to.deep.equal([[revision - 3, revision - 2, revision - 1, revision].join(' ')]);
  });
});
