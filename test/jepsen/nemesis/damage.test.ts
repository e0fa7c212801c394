import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../../src/util/assert.js';
import { seededRandom } from '../../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { Cluster } from '../cluster/cluster.js';
import { nemesesOf } from './registry.js';

const BYTES = Buffer.alloc(200, 7);

describe('damage of files', () => {
  const folder = makeTemporaryFolder('damage');
  after(() => removeFolder(folder));

  /** The members whose log is changed. */
  async function damaged(size: number, seed: number): Promise<string[]> {
    const names = Array.from({ length: size }, (_, at) => `n${at + 1}`);
    const file = (name: string): string => join(folder, name, 'log', '1.wal');
    for (const name of names) {
      mkdirSync(join(folder, name, 'log'), { recursive: true });
      writeFileSync(file(name), BYTES);
    }
    const started: string[] = [];
    const cluster = {
      ...{ names, running: names, folder, target: 'raftkv' },
      walDir: (name: string) => join(folder, name, 'log'),
      someLeader: async () => 'n2',
      spoil: () => undefined,
      kill: async () => undefined,
      spawn: (name: string) => started.push(name),
    } as unknown as Cluster;
    const [nemesis] = nemesesOf('bitflip-log');
    const { value } = await defined(nemesis, 'the nemesis').start({
      ...{ cluster, random: seededRandom(seed), signal: new AbortController().signal },
      ...{ log: () => undefined, record: () => undefined, undone: () => undefined },
    });
    const changed = names.filter((name) => !readFileSync(file(name)).equals(BYTES));
    expect([...started].sort()).to.deep.equal(changed);
    const stated = value as { readonly node: string; readonly file: string }[];
    expect(stated.map(({ node }) => node).sort()).to.deep.equal(changed);
    expect(new Set(stated.map((each) => each.file))).to.deep.equal(new Set(['log/1.wal']));
    return changed;
  }

  // Of five members one was damaged, although two may fail.
  it('hits a minority of the members, and never the leader', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      for (const [size, count] of [
        [3, 1],
        [5, 2],
      ] as const) {
        const names = await damaged(size, seed);
        expect(names).to.have.length(count).and.not.include('n2');
      }
    }
  });
});
