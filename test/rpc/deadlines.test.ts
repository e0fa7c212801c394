import { expect } from 'chai';
import * as fc from 'fast-check';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { Deadlines, type Deadlined } from '../../src/rpc/native/deadlines.js';
import { expectShortWork } from '../support/time-limits.js';

class Call implements Deadlined {
  readonly deadlineMs: number;
  readonly #clock: SinonFakeTimers;
  readonly #onEnd: (() => void) | undefined;
  endedMs: number | undefined;
  isDeleted = false;

  constructor(deadlineMs: number, clock: SinonFakeTimers, onEnd?: () => void) {
    this.deadlineMs = deadlineMs;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  onDeadline(): void {
    expect(this.endedMs, 'ended once').to.equal(undefined);
    this.endedMs = this.#clock.now;
    this.#onEnd?.();
  }
}

describe('the deadlines of calls', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => (clock = useFakeTimers({ now: 0 })));
  afterEach(() => clock.restore());

  it('end each call soon after its deadline, however far away, and no call that is over', () => {
    const timeout = fc.oneof(
      fc.nat(50),
      fc.nat(5_000),
      fc.integer({ min: 60_000, max: 70_000 }),
      fc.constantFrom(65_535, 65_536, 65_537, 131_072),
      fc.nat(400_000),
    );
    const step = fc.oneof(
      fc.record({ add: timeout }),
      fc.record({ addAtEnd: timeout, of: timeout }),
      fc.record({ delete: fc.nat() }),
      fc.record({ pass: fc.oneof(fc.nat(20), fc.nat(1_000), fc.nat(100_000)) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const deadlines = new Deadlines(() => clock.now);
        const calls: Call[] = [];
        const add = (afterMs: number, onEnd?: () => void): void => {
          const call = new Call(clock.now + afterMs, clock, onEnd);
          calls.push(call);
          deadlines.add(call);
        };
        for (const one of steps) {
          if ('add' in one) add(one.add);
          else if ('of' in one) add(one.of, () => add(one.addAtEnd));
          else if ('pass' in one) clock.tick(one.pass);
          else {
            const call = calls[one.delete % Math.max(1, calls.length)];
            if (call === undefined || call.endedMs !== undefined) continue;
            deadlines.delete(call);
            call.isDeleted = true;
          }
        }
        clock.tick(1_000_000);
        for (const { deadlineMs, endedMs, isDeleted } of calls) {
          if (isDeleted) expect(endedMs).to.equal(undefined);
          else expect((endedMs ?? NaN) - deadlineMs, `after ${deadlineMs}`).to.be.within(0, 17);
        }
        expect(clock.countTimers(), 'timers without calls').to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  // Ten connections with 4096 calls each, all with one deadline, held the event loop for as long as 40,960 answers take.
  it('end some hundred calls in a turn', () => {
    const deadlines = new Deadlines(() => clock.now);
    let ended = 0;
    const calls = Array.from({ length: 10_000 }, () => new Call(100, clock, () => (ended += 1)));
    for (const call of calls) deadlines.add(call);
    const perTurn: number[] = [];
    for (let turn = 0; ended < calls.length && turn < 1_000; turn += 1) {
      const before = ended;
      clock.next();
      perTurn.push(ended - before);
    }
    expect(ended).to.equal(calls.length);
    expect(Math.max(...perTurn)).to.be.at.most(256);
  });

  // Every expiry looked at all slots of time that had calls: 100 connections with 4096 deadlines each, all different, took half
  // of the processor.
  it('cost nothing for deadlines that are far away', async () => {
    const deadlines = new Deadlines(() => clock.now);
    for (let at = 0; at < 200_000; at += 1) deadlines.add(new Call(10_000 + at * 10, clock));
    const near = new Call(1_000, clock);
    deadlines.add(near);
    await expectShortWork(250, () => {
      for (let at = 0; at < 250; at += 1) {
        const call = new Call(clock.now + 4, clock);
        deadlines.add(call);
        clock.tick(8);
        deadlines.delete(call);
      }
    });
    expect(near.endedMs).to.be.within(1_000, 1_017);
  });
});
