import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { startMember, type Member } from '../../../src/server/member.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, loneSettings } from '../lone-member.js';

const KEYS = 300;
const VALUE = Buffer.alloc(10_000, 'v').toString();

/**
 * A member served clients before it had replayed its log: right after kill -9 and a restart, a stale read was answered
 * from the state that the engine had on disk, without writes that this same member had acknowledged.
 */
describe('a stale read right after a restart', function () {
  this.timeout(300_000);
  let folder: string;
  let running: Member | undefined;

  beforeEach(() => {
    folder = makeTemporaryFolder('stale-after-restart');
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    removeFolder(folder);
  });

  /** Writes, and leaves a data directory as after a power loss: the log has all, the engine what it had at first. */
  async function writeAndLosePower(last?: (client: Client) => Promise<void>): Promise<void> {
    const [data, kept] = [join(folder, 'data'), join(folder, 'kept')];
    const copy = (part: string): void =>
      cpSync(join(data, part), join(kept, part), { recursive: true, filter: (path) => !/\block\b/i.test(path) });
    const member = await startMember(loneSettings(folder));
    const client = new Client({ endpoints: [endpointOf(member)] });
    try {
      await client.put('first', 'v');
      copy('engine');
      for (let key = 0; key < KEYS; key++) await client.put(`k${key}`, VALUE);
      await last?.(client);
      copy('wal');
      copy('started');
    } finally {
      await client.close();
      await member.stop();
    }
    rmSync(data, { recursive: true });
    renameSync(kept, data);
  }

  async function keysAfterRestart(): Promise<number> {
    running = await startMember(loneSettings(folder));
    const client = new Client({ endpoints: [endpointOf(running)] });
    try {
      return (await client.range({ prefix: 'k' }, { consistency: 'stale' })).kvs.length;
    } finally {
      await client.close();
    }
  }

  it('has every write that the only voter acknowledged', async () => {
    await writeAndLosePower();
    expect(await keysAfterRestart()).to.equal(KEYS);
  });

  it('has what the log shows to be committed, and is answered without a majority', async () => {
    await writeAndLosePower(async (client) => {
      // From this change on the member cannot commit alone. It records durably that all before is committed.
      await client.memberAdd({ peerUrls: ['http://127.0.0.1:1'] });
    });
    expect(await keysAfterRestart()).to.equal(KEYS);
    expect(running?.status().leader).to.equal(undefined);
  });
});
