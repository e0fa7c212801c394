import { expect } from 'chai';
import { KeyRanges } from '../../../src/kv/auth/key-ranges.js';
import { KeyChecks } from '../../../src/server/lease/key-checks.js';

const [ann, bob] = [KeyRanges.of([]), KeyRanges.of([])];

describe('checks of the keys of a lease', () => {
  let begun: { readonly name: string; readonly end: (holds: boolean) => void }[];
  let checks: KeyChecks;

  beforeEach(() => {
    begun = [];
    checks = new KeyChecks({
      holdLeasedKeys: (lease, ranges) =>
        new Promise((end) => begun.push({ name: `${ranges === ann ? 'ann' : 'bob'} ${lease}`, end })),
    });
  });

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  // Each renewal read all keys of its lease: 300 streams of a user with permissions on 900 single keys held a member's processor
  // for minutes, and the calls of others took five seconds.
  it('are shared by callers with the same permissions who come while another one is under way', async () => {
    const outcomes: boolean[] = [];
    const ask = (): unknown => checks.hold(7n, ann).then((holds) => outcomes.push(holds));
    ask();
    for (let at = 0; at < 100; at += 1) ask();
    await turn();
    expect(begun.map(({ name }) => name)).to.deep.equal(['ann 7']);
    begun[0]?.end(true);
    await turn();
    expect(outcomes, 'of the first caller alone').to.deep.equal([true]);
    expect(begun).to.have.length(2);
    ask();
    begun[1]?.end(false);
    await turn();
    expect(outcomes).to.deep.equal([true, ...Array<boolean>(100).fill(false)]);
    begun[2]?.end(true);
    await turn();
    expect(outcomes.at(-1)).to.equal(true);
    ask();
    await turn();
    expect(begun).to.have.length(4);
  });

  it('are made apart for other leases and other permissions', async () => {
    void checks.hold(7n, ann);
    void checks.hold(8n, ann);
    void checks.hold(7n, bob);
    await turn();
    expect(begun.map(({ name }) => name)).to.deep.equal(['ann 7', 'ann 8', 'bob 7']);
  });
});
