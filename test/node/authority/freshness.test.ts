import { expect } from 'chai';
import { Freshness } from '../../../src/node/authority/freshness.js';
import { seededRandom } from '../../../src/util/random.js';

describe('the age of a stale read', () => {
  const fresh = (): Freshness => new Freshness({ random: seededRandom(1), nowMs: 100 });

  it('is unknown at first, and not zero', () => {
    expect(fresh().ageMs(500, 1000)).to.equal(undefined);
  });

  it("counts from the member's own timestamp that a leader confirmed, once its commit index is applied", () => {
    const freshness = fresh();
    freshness.echo({ timeMs: freshness.stamp(200), commit: 7 }, 250);
    expect(freshness.ageMs(300, 6), 'not applied yet').to.equal(undefined);
    expect(freshness.ageMs(300, 7)).to.equal(100);
    freshness.echo({ timeMs: freshness.stamp(280), commit: 9 }, 300);
    expect(freshness.ageMs(310, 8), 'the older point still holds').to.equal(110);
    expect(freshness.ageMs(310, 9)).to.equal(30);
  });

  it('ignores an echo of an earlier start, and one from the future', () => {
    const before = new Freshness({ random: seededRandom(2), nowMs: 0 });
    const freshness = fresh();
    freshness.echo({ timeMs: before.stamp(150), commit: 1 }, 200);
    freshness.echo({ timeMs: freshness.stamp(201), commit: 1 }, 200);
    freshness.echo({ timeMs: freshness.stamp(99), commit: 1 }, 200);
    expect(freshness.ageMs(300, 10)).to.equal(undefined);
  });

  it('keeps a bounded number of points while the applier stands still, and is right afterwards', () => {
    const freshness = fresh();
    for (let at = 0; at < 1000; at++) freshness.add({ timeMs: 100 + at, commit: at });
    expect(freshness.ageMs(2000, 10)).to.equal(2000 - 110);
    expect(freshness.ageMs(2000, 999)).to.equal(2000 - 1099);
  });

  // See also test/partition/staleness.test.ts. The last point may be ahead of the state, and the others were the first since
  // the last read.
  it('counts from the newest point that was applied, however long ago the last read was', () => {
    const freshness = fresh();
    for (let at = 1; at <= 1000; at++) {
      freshness.add({ timeMs: 100 + at, commit: at });
      if (at % 4 === 0) freshness.applied(at - 1);
    }
    expect(freshness.ageMs(1101, 999)).to.equal(2);
  });
});
