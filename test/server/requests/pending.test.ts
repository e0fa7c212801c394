import { expect } from 'chai';
import { PendingCalls } from '../../../src/server/requests/pending.js';
import type { CallContext } from '../../../src/rpc/service.js';
import { VirtualTime } from '../../support/virtual-time.js';

const LIMIT_MS = 7_000;

/** A call with this remaining time, or without a deadline. */
function callWith(remainingMs: number | undefined): CallContext {
  return { metadata: () => undefined, remainingMs: () => remainingMs, cancelled: false, onCancel: () => undefined };
}

describe('PendingCalls', () => {
  // `at_least_revision` waits up to the call's deadline, but every wait ended after the seven seconds that a write may
  // take: a read with a deadline of a minute failed with "timed out" long before.
  const cases: [string, { remainingMs: number | undefined; patient: boolean }, number][] = [
    ['end at the limit without a deadline', { remainingMs: undefined, patient: false }, LIMIT_MS],
    ['end at the limit though their deadline is later', { remainingMs: 60_000, patient: false }, LIMIT_MS],
    ['end at a deadline before the limit', { remainingMs: 1_000, patient: false }, 1_000],
    ['end at a late deadline if they are patient', { remainingMs: 60_000, patient: true }, 60_000],
    ['end at an early deadline, patient or not', { remainingMs: 1_000, patient: true }, 1_000],
    ['end at the limit, patient or not, without a deadline', { remainingMs: undefined, patient: true }, LIMIT_MS],
  ];
  for (const [what, { remainingMs, patient }, expectedMs] of cases) {
    it(what, async () => {
      const time = new VirtualTime();
      const pending = new PendingCalls({ clock: time.clock(), limitMs: LIMIT_MS });
      const ended: string[] = [];
      pending.add({ call: callWith(remainingMs), patient, expire: (why) => ended.push(why) });
      await time.advance(expectedMs - 1);
      expect(ended).to.deep.equal([]);
      // Deadlines are checked ten times a second.
      await time.advance(101);
      expect({ ended, size: pending.size }).to.deep.equal({ ended: ['timeout'], size: 0 });
    });
  }

  it('ends all calls when the member stops, and refuses new ones', () => {
    const pending = new PendingCalls({ clock: new VirtualTime().clock(), limitMs: LIMIT_MS });
    const ended: string[] = [];
    const expire = (why: string): void => void ended.push(why);
    const waiting = { call: callWith(undefined), expire };
    pending.add(waiting);
    pending.stop();
    expect({ ended, onList: pending.remove(waiting) }).to.deep.equal({ ended: ['stopped'], onList: false });
    pending.add({ call: callWith(undefined), expire });
    expect({ ended, size: pending.size }).to.deep.equal({ ended: ['stopped', 'stopped'], size: 0 });
  });

  it('does not end answered calls', async () => {
    const time = new VirtualTime();
    const pending = new PendingCalls({ clock: time.clock(), limitMs: LIMIT_MS });
    const ended: string[] = [];
    const waiting = { call: callWith(1_000), expire: (why: string) => ended.push(why) };
    pending.add(waiting);
    expect({ first: pending.remove(waiting), again: pending.remove(waiting) }).to.deep.equal({
      first: true,
      again: false,
    });
    await time.advance(2 * LIMIT_MS);
    expect(ended).to.deep.equal([]);
  });
});
