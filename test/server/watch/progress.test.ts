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
        hub: { revision: 10, whenNoneFalls: () => false } as unknown as WatchHub,
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

  // Each request for a later revision than the one before looked at all of them: with 10,000 on a stream, one chunk of a client's
  // requests held the event loop for half a second.
  it('beside very many watches that begin later waits for ever later revisions without a look at all for each', async () => {
    await expectShortWork(60, () => {
      const progress = new Progress({
        hub: { revision: 10, whenNoneFalls: () => false } as unknown as WatchHub,
        revisionWaiters: new AppliedWaiters(),
        report: () => undefined,
      });
      for (let at = 0; at < 10_000; at += 1) progress.added(watcherFrom(1_000 + at));
      for (let revision = 20_000; revision < 25_000; revision += 1) progress.ask(revision);
    });
  });

  describe('for a revision', () => {
    const begin = (behind: readonly Watcher[] = []) => {
      const hub = { revision: 10, whenNoneFalls: () => false };
      const waiters = new AppliedWaiters();
      const reported: [number, boolean][] = [];
      const progress = new Progress({
        hub: hub as unknown as WatchHub,
        revisionWaiters: waiters,
        report: (revision, { extended }) => reported.push([revision, extended]),
      });
      for (const watcher of behind) progress.added(watcher);
      const reach = (revision: number): void => {
        hub.revision = revision;
        waiters.reached(revision);
      };
      return { progress, reported, reach, waiters };
    };

    it('is answered at once if the member has reached it, and with its freshness', () => {
      const { progress, reported } = begin();
      progress.ask(9);
      progress.ask();
      expect(reported).to.deep.equal([
        [10, true],
        [10, false],
      ]);
    });

    it('waits for the revision, and shares one answer with the requests after it, at the largest of them', () => {
      const { progress, reported, reach } = begin();
      progress.ask(12);
      progress.ask();
      progress.ask(14);
      progress.ask(13);
      reach(13);
      expect(reported).to.deep.equal([]);
      reach(15);
      expect(reported).to.deep.equal([[15, true]]);
      progress.ask();
      expect(reported).to.deep.equal([
        [15, true],
        [15, false],
      ]);
    });

    it('waits for watches that are behind', () => {
      const behind = { next: 5, isLive: false } as Watcher;
      const { progress, reported, reach } = begin([behind]);
      progress.ask(12);
      reach(12);
      expect(reported).to.deep.equal([]);
      progress.caughtUp();
      expect(reported).to.deep.equal([[12, true]]);
    });

    it('holds no memory for the requests that it has replaced', () => {
      const { progress, waiters } = begin();
      for (let revision = 11; revision < 100_000; revision++) progress.ask(revision);
      expect(waiters.size).to.be.below(3_000);
    });
  });
});
