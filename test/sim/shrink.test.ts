import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { bundleSimulator } from './bundle.js';
import { drawOptions, type SimOptions } from './options.js';
import { differences, withOverrides } from './overrides.js';
import { Pool } from './pool.js';
import { kindOf, shrink } from './shrink.js';

/** A leader announces commits that a follower may not have (thesis, section 3.5), and the follower stops at once. */
const UNCAPPED = {
  file: 'src/raft/replication.ts',
  find: 'const commit = Math.min(progress.match, raft.log.committed);',
  replace: 'const commit = raft.log.committed;',
};

const SELDOM = { everyMs: 5000, lastsMs: 500 };
const CROWDED = { members: 5, clients: 4, keys: 4, faults: { kill: SELDOM, pause: SELDOM, clog: SELDOM } };

describe('a failing run', function () {
  this.timeout(240_000);

  it('is simplified while it fails in the same way', async () => {
    const bundle = await bundleSimulator([UNCAPPED]);
    const pool = new Pool({ program: bundle.file, jobs: 2 });
    try {
      const { start, violation } = await firstFailure(pool);
      let steps = 0;
      const shrunk = await shrink({ pool, start, limit: 4, onStep: () => steps++ });
      expect(kindOf(shrunk?.violation ?? ''), violation).to.equal(kindOf(violation));
      expect(steps).to.equal(4);
      const size = ({ members, clients, keys, faults, stormMs }: SimOptions): number =>
        members + clients + keys + Object.keys(faults).length + stormMs / 1000;
      expect(size(shrunk?.options ?? start)).to.be.below(size(start));
      // Its trace ended with exit code 0, like that of a passing run.
      const traced = spawn(process.execPath, [bundle.file, JSON.stringify([start])], { stdio: 'ignore' });
      expect(await once(traced, 'exit')).to.deep.equal([1, null]);
    } finally {
      pool.close();
      bundle.remove();
    }
  });

  async function firstFailure(pool: Pool): Promise<{ start: SimOptions; violation: string }> {
    let seed = 0;
    let found: { start: SimOptions; violation: string } | undefined;
    await pool.runAll({
      // Options unrelated to the failure.
      next: () => (found === undefined && ++seed <= 50 ? withOverrides(drawOptions(seed), CROWDED) : undefined),
      onDone: ({ result: { violation } }, start) => {
        if (violation !== undefined) found ??= { start, violation };
      },
    });
    return found ?? expect.fail('no seed fails');
  }

  it('is not simplified if it passes; its options can be expressed as overrides', async () => {
    const [some, other] = [drawOptions(3), drawOptions(4)];
    expect(withOverrides(some, differences(some, other))).to.deep.equal(other);
    expect(differences(some, some)).to.deep.equal({});
    const slower = withOverrides(some, { node: { heartbeatMs: 77 }, clients: 9 });
    expect(differences(some, slower)).to.deep.equal({ node: { heartbeatMs: 77 }, clients: 9 });
    expect(kindOf('m3: commits 5/17, which is not')).to.equal(kindOf('m1: commits 2/4, which is not'));
  });
});
