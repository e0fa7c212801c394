import { expect } from 'chai';
import { Topic } from '../../../src/util/topic.js';
import { AppliedIndex } from '../../../src/node/loop/applied-index.js';
import { runApplyLoop, type ApplyLoopOptions } from '../../../src/node/loop/apply-loop.js';
import { CommitQueue } from '../../../src/node/loop/commit-queue.js';
import { ApplyPace } from '../../../src/node/loop/apply-pace.js';
import { VirtualTime } from '../../support/virtual-time.js';

/** A pace, and when the batches came that it let through. */
function paced(isAwaited: () => boolean): {
  readonly time: VirtualTime;
  readonly pace: ApplyPace;
  readonly batches: number[];
  readonly arrive: (urgent?: boolean) => void;
} {
  const time = new VirtualTime();
  const clock = time.clock();
  const startMs = clock.now();
  const pace = new ApplyPace({ clock, isAwaited });
  const batches: number[] = [];
  const done = (): void => void batches.push(clock.now() - startMs);
  const arrive = (urgent = false): void => {
    const due = pace.due(urgent);
    if (due === undefined) done();
    else void due.then(done);
  };
  return { time, pace, batches, arrive };
}

describe('ApplyPace', () => {
  it('lets the first batch through at once, and the next ones 5 ms after the one before', async () => {
    const { time, batches, arrive } = paced(() => false);
    arrive();
    await time.advance(1);
    arrive();
    await time.advance(6);
    arrive();
    await time.advance(13);
    arrive();
    expect(batches).to.deep.equal([0, 5, 10, 20]);
  });

  it('delays no batch that a client may wait for, or that is urgent', async () => {
    let awaited = true;
    const { time, batches, arrive } = paced(() => awaited);
    arrive();
    arrive();
    awaited = false;
    arrive(true);
    await time.advance(1);
    expect(batches).to.deep.equal([0, 0, 0]);
  });

  it('ends the delay once a caller waits', async () => {
    const { time, pace, batches, arrive } = paced(() => false);
    arrive();
    arrive();
    await time.advance(0.5);
    pace.hurry();
    await time.advance(0.1);
    expect(batches).to.deep.equal([0, 0.5]);
    pace.hurry();
    arrive();
    await time.advance(10);
    expect(batches).to.deep.equal([0, 0.5, 5.5]);
  });
});

describe('The apply loop of a member without clients', () => {
  const BATCHES_MAX = 16;

  it('joins what is committed within 5 ms, but not for a read, and not while its queue is long', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const pace = new ApplyPace({ clock, isAwaited: () => false });
    const hurry = (): void => pace.hurry();
    const applied = new AppliedIndex(0, hurry);
    const lifecycle = { running: true, failed: new Topic<Error>() };
    const commits = new CommitQueue({ batchesMax: BATCHES_MAX, applied, lifecycle, onLong: hurry });
    let batches = 0;
    const loop = runApplyLoop({
      commits,
      stateMachine: { apply: () => Promise.resolve(void (batches += 1)) },
      due: () => pace.due(applied.isAwaited || commits.isLong),
      onApplied: (index: number) => applied.reached(index),
    } as unknown as ApplyLoopOptions);
    let index = 0;
    const commit = (): void => commits.send([{ term: 1, index: ++index, type: 'normal', data: new Uint8Array(0) }]);
    for (let at = 0; at < 40; at++) {
      commit();
      await time.advance(1);
    }
    await time.advance(10);
    expect(applied.value).to.equal(40);
    expect(batches).to.be.within(8, 10);

    commit();
    await time.advance(0.1);
    commit();
    await time.advance(0.1);
    expect(applied.value).to.equal(41);
    let isRead = false;
    applied.when(42, { abandoned: false, ready: () => (isRead = true) });
    await time.advance(0.1);
    expect(isRead).to.equal(true);

    for (let at = 0; at < BATCHES_MAX / 2; at++) {
      expect(applied.value).to.equal(42);
      commit();
      await time.advance(0.01);
    }
    expect(applied.value).to.equal(42 + BATCHES_MAX / 2);
    commits.close();
    await time.wait(loop);
  });
});
