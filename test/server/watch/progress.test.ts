import { expect } from 'chai';
import type { WatchHub } from '../../../src/kv/watch/hub.js';
import type { Watcher } from '../../../src/kv/watch/watcher.js';
import { AppliedWaiters } from '../../../src/node/loop/applied-waiters.js';
import { Progress } from '../../../src/server/watch/progress.js';
import { expectShortWork } from '../../support/time-limits.js';

const watcherFrom = (next: number): Watcher => ({ next, isLive: true }) as Watcher;

describe('a progress request', () => {
  // Each cancellation looked at all watches that begin later: with 9,000 on each of four streams, one chunk of a client's
  // cancellations held the event loop for 78 ms.
  it('beside very many watches that begin later is answered once they are cancelled, without a look at all for each', async () => {
    let reported: number[] = [];
    await expectShortWork(60, () => {
      reported = [];
      const progress = new Progress({
        hub: { revision: 10 } as WatchHub,
        revisionWaiters: new AppliedWaiters(),
        report: (revision) => reported.push(revision),
      });
      const watchers = Array.from({ length: 20_000 }, (_, at) => watcherFrom(1_000 + at));
      for (const watcher of watchers) progress.added(watcher);
      progress.ask();
      for (const watcher of watchers) progress.removed(watcher, { wasLive: true });
      expect(reported).to.deep.equal([]);
    });
    expect(reported).to.deep.equal([10]);
  });
});
