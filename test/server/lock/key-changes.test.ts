import { expect } from 'chai';
import { KeyChanges } from '../../../src/server/lock/key-changes.js';
import { encode, Fixture, memoryHome } from '../../kv/support/fixture.js';
import { poll } from '../../support/poll.js';

const KEY = Buffer.from('k');
/** More turns than a batch takes from its start until readers see it. */
const TURNS = 12;

describe('KeyChanges', () => {
  let fixture: Fixture;
  let changes: KeyChanges;

  beforeEach(async () => {
    fixture = await Fixture.open(memoryHome());
    changes = new KeyChanges(fixture.store.watches);
  });

  afterEach(() => fixture.remove());

  // A waiter that started while a batch was being written still saw a key that the batch deletes, and was not notified
  // of the deletion, so it waited for the lock forever.
  for (const [title, others] of [
    ['while nobody else waits', 0],
    ['while others wait', 1],
  ] as const) {
    it(`notifies a waiter that began in the middle of the write, ${title}`, async () => {
      for (let at = 0; at < others; at++) changes.onKey(Buffer.from('other'), () => undefined);
      let saw = 0;
      for (let at = 0; at < TURNS; at++) {
        await fixture.apply([encode.put('k', 'v')]);
        let told = 0;
        const applied = fixture.apply([encode.delete('k')]);
        for (let turn = 0; turn < at; turn++) await Promise.resolve();
        const leave = changes.onKey(KEY, () => told++);
        const isThere = fixture.store.createRevision(KEY) !== 0;
        await applied;
        if (isThere) {
          saw++;
          await poll(`word of what was under way ${at} turns later`, () => (told > 0 ? true : undefined));
        }
        leave();
      }
      expect(saw, 'writes that were seen before their end').to.be.above(2);
    });
  }

  it('continues if the history of missed events is compacted', async () => {
    let told = 0;
    // Started without watchers, so that no event is in memory, and compacted at the end.
    const applied = fixture.apply([encode.put('k', '1'), encode.put('k', '2'), encode.compact(3)]);
    const leave = changes.onRange({ start: Buffer.from('a'), end: Buffer.from('z') }, () => told++);
    await applied;
    await poll('word', () => (told > 0 ? true : undefined));
    told = 0;
    await fixture.apply([encode.put('k', '3')]);
    await poll('word of the next change', () => (told > 0 ? true : undefined));
    leave();
    told = 0;
    await fixture.apply([encode.put('k', '4')]);
    expect(told).to.equal(0);
  });
});
