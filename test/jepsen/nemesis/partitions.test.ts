import { expect } from 'chai';
import { defined } from '../../../src/util/assert.js';
import { seededRandom } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { nemesesOf } from './registry.js';

/** Members without processes, and the directions that are cut. */
class PaperCluster {
  readonly names: readonly string[];
  readonly cuts = new Set<string>();
  readonly network = {
    effects: async () => ({ held: this.cuts.size }),
    cut: async (from: string, to: string) => void this.cuts.add(`${from} ${to}`),
    restore: async (from: string, to: string) => void this.cuts.delete(`${from} ${to}`),
  };

  constructor(size: number) {
    this.names = Array.from({ length: size }, (_, at) => `n${at + 1}`);
  }

  get running(): readonly string[] {
    return this.names;
  }

  async leader(): Promise<string> {
    return 'n2';
  }

  /** The members that a member hears, itself included, in order. */
  heardBy(name: string): string[] {
    return this.names.filter((other) => !this.cuts.has(`${other} ${name}`));
  }
}

async function partitioned(kind: string, size: number, seed: number): Promise<PaperCluster> {
  const cluster = new PaperCluster(size);
  const [nemesis] = nemesesOf(`partition-${kind}`);
  const random = seededRandom(seed);
  const context = { cluster: cluster as unknown as Cluster, random, signal: new AbortController().signal };
  await defined(nemesis, 'the nemesis').start({
    ...context,
    log: () => undefined,
    record: () => undefined,
    undone: () => undefined,
  });
  return cluster;
}

describe('partitions', () => {
  for (const size of [3, 5]) {
    for (const seed of [1, 2, 3, 4, 5]) {
      const heard = async (kind: string): Promise<string[][]> => {
        const cluster = await partitioned(kind, size, seed);
        return cluster.names.map((name) => cluster.heardBy(name));
      };
      const majority = Math.floor(size / 2) + 1;

      it(`of ${size} members cut the leader off both ways (seed ${seed})`, async () => {
        const [first, leader, ...others] = await heard('leader');
        expect(leader).to.deep.equal(['n2']);
        for (const each of [first, ...others]) expect(each).to.have.length(size - 1);
      });

      it(`of ${size} members divide a majority from the others (seed ${seed})`, async () => {
        const groups = new Set((await heard('halves')).map((names) => names.join(' ')));
        const sizes = [...groups].map((names) => names.split(' ').length).sort((left, right) => left - right);
        expect(sizes).to.deep.equal([size - majority, majority]);
      });

      it(`of ${size} members let each hear another majority (seed ${seed})`, async () => {
        const all = await heard('ring');
        for (const names of all) expect(names).to.have.length(majority);
        expect(new Set(all.map((names) => names.join(' '))).size).to.equal(size);
      });

      it(`of ${size} members leave one that is heard by all, and no leader (seed ${seed})`, async () => {
        const cluster = await partitioned('bridge', size, seed);
        const bridges = cluster.names.filter((name) => cluster.heardBy(name).length === size);
        expect(bridges).to.have.length(1);
        expect(bridges).not.to.include('n2');
        for (const [from, to] of [...cluster.cuts].map((cut) => cut.split(' '))) {
          expect(cluster.cuts.has(`${to} ${from}`), 'both ways').to.equal(true);
        }
      });

      it(`of ${size} members make one deaf or mute (seed ${seed})`, async () => {
        const cluster = await partitioned('one-way', size, seed);
        const [froms, tos] = [0, 1].map((at) => new Set([...cluster.cuts].map((cut) => cut.split(' ')[at])));
        expect([froms?.size, tos?.size]).to.have.members([1, size - 1]);
      });
    }
  }

  it('of clients leave members connected, and take requests, answers or both away', async () => {
    const kinds = new Set<string>();
    const counts = new Set<number>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const { cuts } = await partitioned('client', 3, seed);
      const parties = [...cuts].map((cut) => cut.split(' '));
      for (const pair of parties) expect(pair).to.include('clients');
      const directions = new Set(parties.map(([from]) => (from === 'clients' ? 'requests' : 'answers')));
      kinds.add([...directions].sort().join(' '));
      const members = new Set(parties.flat().filter((name) => name !== 'clients'));
      expect([...members], 'the leader among them').to.include('n2');
      counts.add(members.size);
    }
    expect([...kinds]).to.have.members(['requests', 'answers', 'answers requests']);
    expect([...counts]).to.have.members([1, 2, 3]);
  });

  // Rounds counted as an effect, so cuts that held nothing would not have been noticed.
  for (const kind of ['flapping', 'in-turn']) {
    it(`count as ${kind} what they held, and not what they tried`, async () => {
      const cluster = new PaperCluster(3);
      const [nemesis] = nemesesOf(`partition-${kind}`);
      const ends = new AbortController();
      const context = { cluster: cluster as unknown as Cluster, random: seededRandom(1), signal: ends.signal };
      const parts = { ...context, log: () => undefined, record: () => undefined, undone: () => undefined };
      const fault = await defined(nemesis, 'the nemesis').start(parts);
      ends.abort();
      expect(await fault.stop()).to.deep.equal({});
      expect(cluster.cuts.size).to.equal(0);
    });
  }
});
