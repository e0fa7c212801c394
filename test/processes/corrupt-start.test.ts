import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelHome } from '../../src/engine/level/level-home.js';
import { decodeKeyValue, encodeKeyValue } from '../../src/kv/format/key-value.js';
import { currentKey } from '../../src/kv/format/layout.js';
import { silentLogger } from '../../src/util/logger.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

/** Another value where a member that is down has one, with a checksum that says that all is well. */
async function damage(dataDir: string, key: string): Promise<void> {
  const home = await openLevelHome({ directory: join(dataDir, 'engine'), logger: silentLogger });
  const row = home.engine.get(currentKey(Buffer.from(key)));
  if (row === undefined) throw new Error(`${key} is not in ${dataDir}`);
  const value = encodeKeyValue({ ...decodeKeyValue(row), value: Buffer.from('damaged') });
  await home.engine.write([{ type: 'put', key: currentKey(Buffer.from(key)), value }]);
  await home.close();
}

describe('a cluster whose members compare themselves with the others when they start', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;

  before(async () => {
    cluster = await ProcessCluster.start({ flags: ['--experimental-initial-corrupt-check'] });
    for (let at = 0; at < 20; at++) expectOk(await cluster.client(at % 3).put(`key${at}`, 'right'));
  });

  after(() => cluster?.dispose());

  it('starts again if the data agree, all members at once and one alone', async () => {
    await cluster.kill9(...cluster.all);
    await cluster.restart(...cluster.all);
    // A member that does not answer in time is not compared: on a busy machine another start may find it.
    await poll('a start that compares with both others', async () => {
      await cluster.stop(0);
      await cluster.restart(0);
      const said = cluster.process(0).stderr.join('\n');
      return /compared the state with reachable members.*"equal":2/.test(said) || undefined;
    });
    expectOk(await cluster.client(0).put('more', 'x'));
  });

  // The last one: the damaged member does not run again.
  it('runs without a member whose store is damaged, which reports it in one line and does not serve', async () => {
    await cluster.stop(2);
    await damage(cluster.dataDir(2), 'key7');
    for (let at = 0; at < 10; at++) expectOk(await cluster.client(0).put('key7', `later ${at}`));
    const started = cluster.spawn(2);
    expect(await started.exited).to.deep.equal({ code: 1, signal: null });
    const said = started.stderr.filter((line) => line.startsWith('raftkv: '));
    expect(said, started.log()).to.have.length(1);
    expect(said[0]).to.match(
      /^raftkv: --experimental-initial-corrupt-check: at revision \d+ the state in --data-dir .* differs from that of member/,
    );
    expect(started.log()).not.to.match(/the store stops|the node stops/);
    expectOk(await cluster.client(1).put('key7', 'still'));
  });
});
