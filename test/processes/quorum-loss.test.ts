import { expect } from 'chai';
import { Code } from '../../src/rpc/status.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import type { EtcdClient } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

interface StaleAnswer {
  readonly values: readonly string[];
  /** Undefined where the member cannot know. */
  readonly stalenessMs: number | undefined;
}

async function readStale(client: EtcdClient): Promise<StaleAnswer> {
  const { kvs, header } = expectOk(await client.get('k', { level: 'stale' }));
  const age = header?.stalenessMs;
  return {
    values: kvs.map((kv) => Buffer.from(kv.value ?? []).toString()),
    stalenessMs: age === undefined || age === null ? undefined : clampInteger(age),
  };
}

describe('a member that has lost the majority', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;

  before(async () => {
    cluster = await ProcessCluster.start({ flags: ['--heartbeat-interval', '50', '--election-timeout', '300'] });
  });

  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
  });

  after(() => cluster?.dispose());

  for (const role of ['leader', 'follower'] as const) {
    it(`ends what needs one in bounded time, and answers stale reads with an honest age (it was the ${role})`, async () => {
      expectOk(await cluster.client(0).put('k', 'v'));
      const leader = await cluster.leader();
      const survivor = role === 'leader' ? leader : defined(cluster.others(leader)[0], 'a follower');
      const client = cluster.client(survivor);
      await poll('the value to reach the survivor', async () =>
        (await readStale(client)).values.includes('v') ? true : undefined,
      );
      await cluster.kill9(...cluster.others(survivor));
      const lostAt = performance.now();

      const [put, consistent, plain] = await Promise.all([
        client.put('k', 'w', { timeoutMs: 40_000 }),
        client.get('k', { level: 'consistent', timeoutMs: 40_000 }),
        client.get('k', { timeoutMs: 40_000 }),
      ]);
      // The member's own end of the calls, not that of their deadlines.
      for (const answer of [put, consistent, plain])
        expect(answer).to.include({ kind: 'error', code: Code.UNAVAILABLE });

      const first = await readStale(client);
      const lost = performance.now() - lostAt - 500;
      const second = await readStale(client);
      expect(first.values).to.deep.equal(['v']);
      expect(second.values).to.deep.equal(['v']);
      // The age is at least the time without a quorum; half a second allows for messages in flight.
      expect(second.stalenessMs ?? Infinity).to.be.at.least(lost);
      expect(await client.get('k', { level: 'stale', maxStalenessMs: 500 })).to.include({
        kind: 'error',
        code: Code.UNAVAILABLE,
      });

      await cluster.restart(...cluster.others(survivor));
      await poll('the survivor to be fresh again', async () => {
        const { stalenessMs } = await readStale(client);
        return stalenessMs !== undefined && stalenessMs < 2000 ? true : undefined;
      });
      expectOk(await client.put('k', 'x', { timeoutMs: 10_000 }));
    });
  }
});
