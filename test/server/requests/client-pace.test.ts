import { expect } from 'chai';
import { ClientPace } from '../../../src/server/requests/client-pace.js';
import { Signal } from '../../../src/util/signal.js';
import { VirtualTime } from '../../support/virtual-time.js';

const PIECE_BYTES = 64 * 1024;

/** Sends pieces to a client that reads at a rate. @returns the seconds after which it was too slow; undefined for never */
async function secondsUntilTooSlow(bytesPerSecond: number, pieces: number): Promise<number | undefined> {
  const time = new VirtualTime();
  const clock = time.clock();
  const wake = new Signal();
  const pace = new ClientPace({ clock, wake, stallMs: 120_000 });
  for (let sent = 0; sent < pieces; sent += 1) {
    const tooSlow = pace.isTooSlow(PIECE_BYTES, false);
    clock.timeout((PIECE_BYTES / bytesPerSecond) * 1000, () => wake.set());
    await time.advance(Math.ceil((PIECE_BYTES / bytesPerSecond) * 1000));
    if (await tooSlow) return clock.now() / 1000;
  }
  return undefined;
}

// Four clients that read 4 KB a second kept all places for snapshots for hours, and the engine kept all that was overwritten
// meanwhile. Only a client that read nothing for two minutes lost its place.
describe('ClientPace', () => {
  it('ends streams of clients that read very slowly, after two minutes', async () => {
    expect(await secondsUntilTooSlow(4 * 1024, 100)).to.be.within(120, 140);
    expect(await secondsUntilTooSlow(14 * 1024, 1000)).to.be.within(120, 140);
  });

  it('keeps those of clients on slow lines', async () => {
    expect(await secondsUntilTooSlow(20 * 1024, 1000)).to.equal(undefined);
  });

  it('does not count the time in which the member has nothing to send', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const pace = new ClientPace({ clock, wake: new Signal(), stallMs: 120_000 });
    for (let piece = 0; piece < 10; piece += 1) {
      await time.advance(60_000);
      expect(await pace.isTooSlow(100, true)).to.equal(false);
    }
  });
});
