import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { FullLoad } from '../support/full-load.js';
import { ProcessCluster } from '../support/process-cluster.js';

const VALUE = Buffer.alloc(16 * 1024, 'v');
const KEYS = 400;

describe('A real server with LMDB that is defragmented under load', function () {
  this.timeout(180_000);
  let cluster: ProcessCluster | undefined;

  afterEach(async () => cluster?.dispose());

  it('has a smaller file, and every acknowledged write, also after kill -9', async () => {
    const servers = await ProcessCluster.start({
      size: 1,
      flags: ['--storage-engine=lmdb', '--engine-table-bytes=1048576'],
    });
    cluster = servers;
    const [endpoint] = servers.clients.map((each) => each.endpoint);
    const load = new FullLoad({ endpoints: [defined(endpoint, 'an endpoint')], atOnce: 10, valueBytes: 256 });
    const client = new Client({ endpoints: [defined(endpoint, 'an endpoint')] });
    try {
      for (let key = 0; key < KEYS; key++) await client.put(`large/${key}`, VALUE);
      const { header } = await client.delete({ prefix: 'large/' });
      await client.compact(header.revision, { physical: true });
      await load.more(500);
      const before = await client.status(defined(endpoint, 'an endpoint'));
      await client.defragment(defined(endpoint, 'an endpoint'));
      const after = await client.status(defined(endpoint, 'an endpoint'));
      expect(before.dbSize - before.dbSizeInUse).to.be.greaterThan((KEYS * VALUE.length) / 2);
      expect(after.dbSize).to.be.below(before.dbSize / 2);
      const files = readdirSync(servers.folder, { recursive: true, encoding: 'utf8' });
      const file = files.find((path) => path.endsWith('data.mdb'));
      expect(statSync(join(servers.folder, defined(file, 'the file of the engine'))).size).to.be.below(
        before.dbSize / 2,
      );
      await load.more(500);
      await servers.kill9(0);
      await servers.restart(0);
      await load.stop();
      expect(await load.contradictions(servers.client(0))).to.deep.equal([]);
    } finally {
      await load.stop();
      await client.close();
    }
  });
});
