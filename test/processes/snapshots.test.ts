import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

const FLAGS = [
  '--snapshot-count',
  '50',
  '--snapshot-catchup-entries',
  '10',
  '--wal-segment-bytes',
  '65536',
  '--wal-flush-bytes',
  '0',
];

describe('a real member that was away while the log was cut', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;

  beforeEach(async () => {
    cluster = await ProcessCluster.start({ flags: [...FLAGS, '--log-level', 'info'] });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
    await cluster?.dispose();
  });

  async function valuesAt(index: number): Promise<readonly string[]> {
    const keys = ['before', ...Array.from({ length: 5 }, (_, at) => `key ${at}`)];
    const answers = await Promise.all(keys.map((key) => cluster.client(index).get(key, { level: 'stale' })));
    return answers.map((answer) =>
      expectOk(answer)
        .kvs.map(({ value }) => Buffer.from(value ?? []).toString())
        .join(),
    );
  }

  it('catches up by a snapshot while the others write, and survives kill -9 afterwards', async () => {
    const leader = await cluster.leader();
    const away = defined(cluster.others(leader)[0], 'a follower');
    expectOk(await cluster.client(leader).put('before', 'x'));
    await cluster.kill9(away);
    const known = clampInteger(expectOk(await cluster.client(leader).status()).raftIndex);
    const write = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at++) {
        expectOk(await cluster.client(leader).put(`key ${at % 5}`, 'v'.repeat(3000 + at)));
      }
    };
    // A first cut may end where the member that is away does, before it counts as away: then the log still leads to it.
    const cutUpTo = (): number =>
      Math.max(
        0,
        ...[
          ...cluster
            .process(leader)
            .log()
            .matchAll(/log cut \{"upTo":(\d+)/g),
        ].map(([, at]) => Number(at)),
      );
    while (cutUpTo() <= known) await write(100);
    await cluster.restart(away);
    await write(100);
    const expected = await valuesAt(leader);
    const same = async (): Promise<true | undefined> =>
      JSON.stringify(await valuesAt(away)) === JSON.stringify(expected) ? true : undefined;
    await poll('the member that was away to hold the same', same);
    expect(cluster.process(away).log()).to.contain('restored a snapshot');
    await cluster.kill9(away);
    await cluster.restart(away);
    await poll('it to hold the same after kill -9', same);
  });
});
