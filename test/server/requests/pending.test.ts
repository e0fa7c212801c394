import { expect } from 'chai';
import { EXTENDED_WAIT_MS_MAX, PendingCalls } from '../../../src/server/requests/pending.js';
import type { CallContext } from '../../../src/rpc/service.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { VirtualTime } from '../../support/virtual-time.js';

const LIMIT_MS = 7_000;

/** A call with this remaining time, or without a deadline. */
function callWith(remainingMs: number | undefined): CallContext {
  return { ...OWN_CALL, remainingMs: () => remainingMs };
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

// The story: revoking a lease of 200,000 keys took more than seven seconds on a busy machine. The caller and everyone
// whose put waited behind it heard "timed out", although all of it was applied a second later.
describe('PendingCalls, while a command is applied', () => {
  const STEP_MS = 100;

  /** A store that applies what a test says, and calls that wait. */
  function setUp(): {
    readonly time: VirtualTime;
    readonly pending: PendingCalls;
    readonly ended: string[];
    wait(name: string, remainingMs?: number): void;
    /** Applies entries one after the other, each for so long, with a slice at every step until `stuckMs`. */
    apply(entries: number, forMs: number, stuckMs?: number): Promise<void>;
  } {
    const time = new VirtualTime();
    const state = { index: 5, slices: 0 };
    const store = { appliedIndex: () => state.index, slicesDone: () => state.slices };
    const pending = new PendingCalls({ clock: time.clock(), limitMs: LIMIT_MS, store });
    const ended: string[] = [];
    return {
      time,
      pending,
      ended,
      wait: (name, remainingMs) => {
        const untilMs = remainingMs === undefined ? undefined : time.nowMs + remainingMs;
        pending.add({
          call: {
            ...callWith(undefined),
            remainingMs: () => (untilMs === undefined ? undefined : untilMs - time.nowMs),
          },
          expire: (why) => ended.push(`${name}: ${why} at ${Math.round(time.nowMs / 1_000)} s`),
        });
      },
      apply: async (entries, forMs, stuckMs = Infinity) => {
        for (let entry = 0; entry < entries; entry++) {
          for (let ms = 0; ms < forMs; ms += STEP_MS) {
            if (ms < stuckMs) state.slices++;
            await time.advance(STEP_MS);
          }
          state.index++;
          state.slices = 0;
        }
      },
    };
  }

  it('lets calls wait for a long one, and for those behind it', async () => {
    const { time, pending, ended, wait, apply } = setUp();
    wait('the command');
    wait('a put behind it');
    await apply(1, 30_000);
    // What is queued behind it takes a while.
    await time.advance(5_000);
    expect({ ended, waiting: pending.size }).to.deep.equal({ ended: [], waiting: 2 });
    await time.advance(LIMIT_MS);
    expect(ended).to.have.length(2);
  });

  it('ends them at their own deadlines all the same', async () => {
    const { ended, wait, apply } = setUp();
    wait('before the limit', 3_000);
    wait('after it', 12_000);
    await apply(1, 30_000);
    expect(ended).to.deep.equal(['before the limit: timeout at 3 s', 'after it: timeout at 12 s']);
  });

  it('ends them after a minute', async () => {
    const { ended, wait, apply } = setUp();
    wait('early');
    await apply(1, 120_000);
    expect(ended).to.deep.equal([`early: timeout at ${EXTENDED_WAIT_MS_MAX / 1_000} s`]);
  });

  it('ends them if the command makes no progress', async () => {
    const { ended, wait, apply } = setUp();
    wait('waiting');
    await apply(1, 60_000, 3_000);
    // Seven seconds, and the ten after which the command counts as stuck, without its first second.
    expect(ended).to.deep.equal(['waiting: timeout at 19 s']);
  });

  it('ends them if many commands keep the store busy, or none does', async () => {
    const busy = setUp();
    busy.wait('busy');
    await busy.apply(40, 500);
    const idle = setUp();
    idle.wait('idle');
    await idle.time.advance(20_000);
    expect([busy.ended, idle.ended]).to.deep.equal([['busy: timeout at 7 s'], ['idle: timeout at 7 s']]);
  });
});
