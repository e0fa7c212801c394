import { join, relative } from 'node:path';
import { expect } from 'chai';
import { parseEndpoint } from '../../../src/client/calls/endpoint.js';
import { Client } from '../../../src/client/index.js';
import { startMember } from '../../../src/server/member.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { silentLogger } from '../../../src/util/logger.js';
import { clientErrorOf } from '../../support/rejections.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';

/** A member can listen on unix:// only, but the client refused its URL as "not an endpoint". */
describe('a client of a member on a socket of the file system', () => {
  let folder = '';

  beforeEach(() => {
    folder = makeTemporaryFolder('raftkv-unix-socket-');
  });

  afterEach(() => {
    removeFolder(folder);
  });

  it('reads, watches and takes a lock by the URL that the member advertises', async () => {
    const path = join(folder, 'member.sock');
    const url = `unix://${path}`;
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
        const relativeUrl = `unix://${relative(process.cwd(), path)}`;
        expect((await client.health(relativeUrl)).healthy, relativeUrl).to.equal(true);
      } finally {
        await client.close();
      }
    } finally {
      await member.stop();
    }
  });

  /** The client printed "unix:/path", and members "unix:///path". */
  it('is named as its member prints it, whichever form the program gives', () => {
    for (const form of ['unix:///run/a.sock', 'unix:/run/a.sock', 'UNIX:///run/a.sock']) {
      expect(parseEndpoint(form).name, form).to.equal('unix:///run/a.sock');
    }
    expect(parseEndpoint('unix://a.sock').name).to.equal('unix://a.sock');
    expect(parseEndpoint('unix:2379').name, 'a host of that name').to.equal('unix:2379');
  });

  it('fails in one line if there is no such socket', async () => {
    const path = join(folder, 'absent.sock');
    const client = new Client({ endpoints: [`unix://${path}`], timeoutMs: 500 });
    try {
      const error = await clientErrorOf(client.get('colour'));
      expect(error).to.include({ code: 'unavailable', message: `unix://${path}: no such socket` });
    } finally {
      await client.close();
    }
  });
});
