import { expect } from 'chai';
import { KeyRanges } from '../../../src/kv/auth/key-ranges.js';
import { leasedKey } from '../../../src/kv/format/layout.js';
import { keysOfLease } from '../../../src/kv/leases/leases.js';
import { LeasedKeyChecks } from '../../../src/kv/reads/leased-key-checks.js';
import type { View } from '../../../src/kv/state/view.js';
import type { EngineCursor } from '../../../src/ports/engine.js';
import { expectShortTurns } from '../../support/time-limits.js';

const NO_BYTES = new Uint8Array();
const LEASE = 7n;
const KEYS = 200_000;
const rows = Array.from({ length: KEYS }, (_, at) => ({
  key: leasedKey(LEASE, Buffer.from(`key/${at}`)),
  value: NO_BYTES,
}));
const pause = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Cursors over the keys of a lease with very many, which do not yield to the event loop, as those of the engines in memory. */
class ManyKeys {
  opened = 0;
  holders = 0;

  cursor(): EngineCursor {
    this.opened += 1;
    let at = 0;
    return {
      next: (count) => Promise.resolve(rows.slice(at, (at += count))),
      seek: () => expect.fail('not used'),
      close: () => Promise.resolve(),
    };
  }

  retain(): void {
    this.holders += 1;
  }

  release(): void {
    this.holders -= 1;
  }
}

describe('the keys of a lease with very many', () => {
  // LeaseTimeToLive read all pages in one turn.
  it('are read without a hold of the event loop', async () => {
    let keys: readonly Uint8Array[] = [];
    await expectShortTurns(async () => (keys = await keysOfLease(new ManyKeys(), LEASE, pause)), { limitMs: 25 });
    expect([keys.length, String(keys[0]), String(keys.at(-1))]).to.deep.equal([KEYS, 'key/0', 'key/199999']);
  });
});

// Each LeaseLeases of a user walked all leased keys: 64 calls at once of one user took 64 walks.
describe('checks whether a user may read all leased keys', () => {
  const all = KeyRanges.of([{ key: Buffer.from('key/'), rangeEnd: Buffer.from('key0') }]);
  const some = KeyRanges.of([{ key: Buffer.from('key/'), rangeEnd: Buffer.from('key/5') }]);
  let view: ManyKeys;
  let checks: LeasedKeyChecks;

  beforeEach(() => {
    view = new ManyKeys();
    checks = new LeasedKeyChecks({ view: () => view as unknown as View, pause });
  });

  it('share a walk of one state and user', async () => {
    const held = await Promise.all(Array.from({ length: 64 }, () => checks.hold(all)));
    expect(new Set(held)).to.deep.equal(new Set([true]));
    expect([view.opened, view.holders]).to.deep.equal([1, 0]);
    expect(await Promise.all([checks.hold(all), checks.hold(some)])).to.deep.equal([true, false]);
    expect([view.opened, view.holders]).to.deep.equal([3, 0]);
  });

  it('walk a later state once for all callers that waited for the walk of an earlier one', async () => {
    const first = view;
    const early = checks.hold(all);
    const later = Array.from({ length: 64 }, async () => {
      for (let earlier = checks.earlier(all); earlier !== undefined; earlier = checks.earlier(all)) await earlier;
      return await checks.hold(all);
    });
    view = new ManyKeys();
    const more = Array.from({ length: 64 }, async () => {
      for (let earlier = checks.earlier(all); earlier !== undefined; earlier = checks.earlier(all)) await earlier;
      return await checks.hold(all);
    });
    expect(new Set(await Promise.all([early, ...later, ...more]))).to.deep.equal(new Set([true]));
    expect([first.opened, view.opened, first.holders, view.holders]).to.deep.equal([1, 1, 0, 0]);
    expect(checks.earlier(all)).to.equal(undefined);
  });

  it('do not give a caller a state from before its call', async () => {
    const early = checks.hold(some);
    view = new ManyKeys();
    const late = checks.hold(some);
    expect(late).not.to.equal(early);
    expect(await Promise.all([early, late])).to.deep.equal([false, false]);
    expect(view.opened).to.equal(1);
  });
});
