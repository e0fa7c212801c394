import { join } from 'node:path';
import { clientEndpoint, peerUrl, serveArguments } from '../../../../cluster/members.js';
import { assert, defined } from '../../../../src/util/assert.js';
import { etcdProgram } from '../../../support/etcd-programs.js';
import { freePorts, RAFTKV, ServerProcess } from '../../../support/server-process.js';

const RESTORE_VARIABLES = { ETCDCTL_API: '3' };

/** A new cluster of one member that begins with a snapshot. */
export class RestoredCluster {
  readonly endpoint: string;
  readonly #process: ServerProcess;

  private constructor(endpoint: string, process: ServerProcess) {
    this.endpoint = endpoint;
    this.#process = process;
  }

  /**
   * Restores the file with the command of the system, and starts the member, without waiting for it.
   * @param folder for the member's data, which the caller removes
   */
  static async start(target: 'raftkv' | 'etcd', file: string, folder: string): Promise<RestoredCluster> {
    const ports = await freePorts(2);
    const clientPort = defined(ports[0], 'a port');
    const member = { name: 'restored', clientPort, peerPort: defined(ports[1], 'a port') };
    const dataDir = join(folder, 'data');
    const [restore, serve] = target === 'etcd' ? [[etcdProgram('etcdctl')], [etcdProgram('etcd')]] : [RAFTKV, RAFTKV];
    const peer = peerUrl(member, 'http');
    const settings = {
      name: member.name,
      'data-dir': dataDir,
      'initial-cluster': `${member.name}=${peer}`,
      'initial-advertise-peer-urls': peer,
    };
    const flags = Object.entries(settings).map(([flag, value]) => `--${flag}=${value}`);
    const restoring = new ServerProcess([...restore, 'snapshot', 'restore', file, ...flags], folder, RESTORE_VARIABLES);
    const { code } = await restoring.exited;
    assert(code === 0, `the snapshot is not restored:\n${restoring.log()}`);
    const args = serveArguments({ member, members: [member], dataDir, token: 'restored' });
    const process = new ServerProcess([...serve, ...(target === 'etcd' ? args.slice(1) : args)], folder);
    return new RestoredCluster(`http://${clientEndpoint(member)}`, process);
  }

  /** The last lines of the member, for failure messages. */
  log(): string {
    return this.#process.log();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
  }
}
