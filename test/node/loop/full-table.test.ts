import { expect } from 'chai';
import { tableSizes } from '../../../src/engine/table/table-sizes.js';
import { get, put } from '../../support/virtual-calls.js';
import { VirtualCluster } from '../../support/virtual-cluster.js';

const VALUE = 'v'.repeat(1000);
const PROPOSALS_MAX = 20;
const HANGING_MS = 20_000;

describe('a member whose table is full, as its engine hangs', () => {
  // While the applier stood still, the member still proposed and committed entries. Each write timed out after seven seconds, and
  // the log grew for as long as the engine hung.
  it('takes no further proposals, and stays the leader', async () => {
    const table = { sizes: tableSizes(64 * 1024), flushMsMax: 0 };
    const cluster = new VirtualCluster({
      members: 3,
      seed: 5,
      requestMs: 3 * HANGING_MS,
      node: { proposalsMax: PROPOSALS_MAX },
      table,
    });
    await cluster.start();
    const leader = await cluster.leader();
    const { node } = leader.assembly;
    const { term } = node.status();
    table.flushMsMax = HANGING_MS;
    const results: Promise<{ readonly kind: string }>[] = [];
    let refused = 0;
    for (let count = 0; count < 500; count += 1) {
      results.push(
        put(leader, `key ${count}`, VALUE).then((result) => {
          if (result.kind === 'failed') refused += 1;
          return result;
        }),
      );
      await cluster.time.advance(10);
    }
    const { commit, applied, lastIndex } = node.status();
    expect(refused, 'refused puts').to.be.above(300);
    expect(lastIndex - applied, 'entries that wait to be applied').to.be.below(100);
    expect(commit, 'appends are answered').to.equal(lastIndex);
    expect(node.status()).to.include({ role: 'leader', term });
    expect(await cluster.time.wait(get(leader, 'key 0', { level: 'stale' }))).to.include({ kind: 'ok', value: VALUE });
    // The engine goes on: what was taken is applied, and new calls are served.
    table.flushMsMax = 0;
    const all = await cluster.time.wait(Promise.all(results), 3 * HANGING_MS);
    expect(all.filter(({ kind }) => kind === 'ok')).to.have.length(500 - refused);
    expect((await cluster.time.wait(put(leader, 'later', VALUE))).kind).to.equal('ok');
    expect(node.status()).to.include({ role: 'leader', term });
    await cluster.stop();
  });
});
