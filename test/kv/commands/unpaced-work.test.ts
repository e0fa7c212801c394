import { expect } from 'chai';
import { SESSION_BOUNDS } from '../../../src/kv/sessions/session-table.js';
import { createReady, definition, entryRows } from '../indexes/index-writes.js';
import { session, userNamed, within, type Command } from '../sessions/session-writes.js';
import { encode, Fixture } from '../support/fixture.js';

const many = (count: number, command: (at: number) => Command): Command[] =>
  Array.from({ length: count }, (_, at) => command(at));

describe('KvStore, while a batch does much work beside the key space', () => {
  let fixture: Fixture;
  let pauses = 0;

  /** @returns how often the batch gave way to other work */
  async function pausesOf(commands: readonly Command[]): Promise<number> {
    pauses = 0;
    await fixture.apply([...commands]);
    return pauses;
  }

  beforeEach(async () => {
    fixture = await Fixture.open(undefined, {
      pause: () => {
        pauses++;
        return Promise.resolve();
      },
    });
  });

  afterEach(() => fixture.remove());

  // Rows of sessions did not count as work: the end of 100 sessions with 1,000 open writes each took one turn of 300 ms.
  it('yields to the event loop while sessions with many open writes end', async () => {
    await fixture.apply(many(16, (id) => session.open(id + 1)));
    for (let id = 1; id <= 16; id++) {
      await fixture.apply(many(SESSION_BOUNDS.window, (at) => within(encode.put('k'), [id, at + 1])));
    }
    expect(await pausesOf(many(16, (id) => session.close(id + 1)))).to.be.at.least(7);
  });

  // Beyond the bound, each new session walked all others to find one to end: 1,000 requests held every member for a second.
  it('finds the session to end without a look at each, and yields to the event loop among many users', async () => {
    const user = (at: number): ReturnType<typeof userNamed> => userNamed(`user-${at}`);
    await fixture.apply(many(SESSION_BOUNDS.sessions, (at) => session.open(at + 1)));
    const next = SESSION_BOUNDS.sessions + 1;
    expect(await pausesOf(many(200, (at) => session.open(next + at))), 'of one user').to.be.below(2);
    expect(fixture.store.sessions.get(200), 'the least recently used').to.equal(undefined);
    expect(fixture.store.sessions.get(201)?.id).to.equal(201);
    for (let at = 0; at < SESSION_BOUNDS.sessions; at += 1000) {
      await fixture.apply(many(1000, (each) => session.open(2 * next + at + each, user(at + each))));
    }
    expect(await pausesOf(many(200, (at) => session.open(4 * next + at, user(-1 - at)))), 'of many').to.be.above(10);
  });

  // An index counted as one piece of work, whatever the number of its values: deletions of keys with 8 times 64 values held the
  // event loop for 360 ms, and puts for 80 ms.
  it('yields to the event loop while keys with many indexed values are written', async () => {
    for (let at = 0; at < 8; at++) await createReady(fixture, definition(`i${at}`, '/t', { multiple: true }));
    const value = (at: number): string =>
      JSON.stringify({ t: Array.from({ length: 64 }, (_, each) => `${at} ${each}`) });
    expect(await pausesOf(many(64, (at) => encode.put(`u/${at}`, value(at))))).to.be.at.least(16);
    expect(await pausesOf([encode.delete('u/', 'u0')])).to.be.at.least(32);
  });

  // A batch ended by its changes alone: 512 puts of a few hundred bytes, each with 512 entries that hold its key, took gigabytes.
  it('ends a batch by the memory of its index entries', async () => {
    for (let at = 0; at < 8; at++) await createReady(fixture, definition(`i${at}`, '/t', { multiple: true }));
    const { engine } = fixture;
    const write = engine.write.bind(engine);
    let batches = 0;
    engine.write = (operations) => {
      batches++;
      return write(operations);
    };
    const tags = JSON.stringify({ t: Array.from({ length: 64 }, (_, each) => String(each)) });
    await fixture.apply(many(32, (at) => encode.put(`u/${String(at).padEnd(4000, 'x')}`, tags)));
    expect(batches, 'batches of at most 16 MiB and one command').to.be.at.least(4);
  });

  // The entries that a deletion ends were packed into one buffer, which was copied as a whole when it grew: 600 MB took 1.4 s.
  it('ends entries of many megabytes in one deletion, and shows them before it', async () => {
    const large = await Fixture.open(undefined, { largeBatchChanges: 2 });
    await createReady(large, definition('i', '/t', { multiple: true }));
    const tags = JSON.stringify({ t: Array.from({ length: 64 }, (_, each) => String(each)) });
    await large.apply(many(48, (at) => encode.put(`u/${String(at).padEnd(4000, 'x')}`, tags)));
    const [before, query] = [large.store.revision(), { index: 'i', limit: 10_000 }];
    const entriesAt = async (revision: number): Promise<number> => {
      let entries = 0;
      for (let pageToken = Buffer.alloc(0); ;) {
        const page = await large.store.queryIndex({ ...query, revision, keysOnly: true, pageToken });
        if (page.kind !== 'ok') throw new Error(page.error.kind);
        entries += page.entries;
        if (page.nextToken.length === 0) return entries;
        pageToken = Buffer.from(page.nextToken);
      }
    };
    await large.apply([encode.delete('u/', 'u0')]);
    expect([await entriesAt(before), await entriesAt(0), await entryRows(large)]).to.deep.equal([3072, 0, 3072]);
    await large.remove();
  });
});
