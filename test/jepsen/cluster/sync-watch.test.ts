import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '../../support/poll.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { SyncWatch } from './sync-watch.js';

describe('the watch of syncs', () => {
  const folder = makeTemporaryFolder('sync-watch');
  after(() => removeFolder(folder));

  it('measures syncs until it ends, and leaves nothing behind', async () => {
    const watch = new SyncWatch(folder);
    await poll('a sync', async () => watch.longestMs > 0 || undefined);
    await watch.end();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('reports a folder that cannot be written', async () => {
    const error = await new SyncWatch(join(folder, 'missing')).end().catch((thrown: unknown) => String(thrown));
    expect(error).to.contain('ENOENT');
  });
});
