import { join } from 'node:path';
import { clientEndpoint, serveArguments, type Member } from '../../cluster/members.js';
import { EtcdClient } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { freePorts, ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

/** One member of a build, with empty data. */
export class LoneServer {
  readonly folder = makeTemporaryFolder('bench-client');
  readonly endpoint: string;
  readonly process: ServerProcess;

  private constructor(build: string, member: Member, flags: readonly string[]) {
    this.endpoint = clientEndpoint(member);
    const dataDir = join(this.folder, 'data');
    const args = serveArguments({ member, members: [member], dataDir, token: 'bench' });
    this.process = new ServerProcess([process.execPath, join(build, 'cli/main.js'), ...args, ...flags], this.folder);
  }

  /** @param flags of `raftkv serve`, beside those of addresses and data */
  static async start(build: string, flags: readonly string[] = []): Promise<LoneServer> {
    const [clientPort = 0, peerPort = 0] = await freePorts(2);
    const server = new LoneServer(build, { name: 'n1', clientPort, peerPort }, flags);
    const client = new EtcdClient(server.endpoint);
    await poll('the member to serve', async () =>
      (await client.put('bench', 'value')).kind === 'ok' ? true : undefined,
    );
    client.close();
    return server;
  }

  async stop(): Promise<void> {
    await this.process.kill();
    removeFolder(this.folder);
  }
}
