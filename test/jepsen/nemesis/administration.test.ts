import { expect } from 'chai';
import { defined } from '../../../src/util/assert.js';
import { seededRandom } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { unmetNeeds } from './needs.js';
import { nemesesOf } from './registry.js';

describe('the restarts of a soak', () => {
  // All members were restarted every two minutes, so a leak of an hour could not show.
  it('leave one member running for the whole time', async () => {
    const ended = new Set<string>();
    const names = ['n1', 'n2', 'n3'];
    const end = async (name: string): Promise<void> => void ended.add(name);
    const cluster = { names, running: names, terminate: end, kill: end } as unknown as Cluster;
    const [nemesis] = nemesesOf('restarts');
    for (let seed = 1; seed <= 20; seed += 1) {
      const context = { cluster, random: seededRandom(seed), signal: new AbortController().signal };
      await defined(nemesis, 'the nemesis').start({
        ...context,
        log: () => undefined,
        record: () => undefined,
        undone: () => undefined,
      });
    }
    expect(ended).to.deep.equal(new Set(['n2', 'n3']));
  });
});

describe('the rotation of certificates', () => {
  // In network namespaces no connection broke, so the new certificates were not used.
  it('needs TLS, and a network that breaks connections', () => {
    const reason = (net: 'proxy' | 'netns', tls: boolean) =>
      unmetNeeds(nemesesOf('certificates'), { net, tls, target: 'raftkv' });
    expect(reason('proxy', true)).to.equal(undefined);
    expect(reason('proxy', false)).to.equal('certificates needs TLS=1');
    expect(reason('netns', true)).to.equal('certificates needs NET=proxy');
  });
});
