import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { startMember } from '../../../src/server/member.js';
import { resolveConfig } from '../../../src/server/startup/config.js';
import { silentLogger } from '../../../src/util/logger.js';
import { clientErrorOf } from '../../support/rejections.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';

/** A member could listen on unix:// only, but the client refused its URL as "not an endpoint". */
describe('a client of a member on a socket of the file system', () => {
  let folder = '';

  beforeEach(() => {
    folder = makeTemporaryFolder('raftkv-unix-socket-');
  });

  afterEach(() => {
    removeFolder(folder);
  });

  it('reads, watches and takes a lock by the URL that the member advertises', async () => {
    const url = `unix://${join(folder, 'member.sock')}`;
    const config = resolveConfig({
      dataDir: join(folder, 'data'),
      listenClientUrls: [url],
      listenPeerUrls: ['http://127.0.0.1:0'],
    });
    const member = await startMember(config, silentLogger);
    try {
      await member.ready;
      expect(member.clientUrls).to.deep.equal([url]);
      const client = new Client({ endpoints: member.clientUrls });
      try {
        const { header } = await client.put('colour', 'blue');
        expect((await client.get('colour')).kv?.valueText()).to.equal('blue');
        for await (const { key } of client.watch({ key: 'colour', startRevision: header.revision })) {
          expect(key.toString()).to.equal('colour');
          break;
        }
        await (await client.lock('door')).release();
        expect((await client.health(url)).healthy).to.equal(true);
      } finally {
        await client.close();
      }
    } finally {
      await member.stop();
    }
  });

  it('fails in one line if there is no such socket', async () => {
    const path = join(folder, 'absent.sock');
    const client = new Client({ endpoints: [`unix://${path}`], timeoutMs: 500 });
    try {
      const error = await clientErrorOf(client.get('colour'));
      expect(error).to.include({ code: 'unavailable', message: `unix:${path}: no such socket` });
    } finally {
      await client.close();
    }
  });
});
