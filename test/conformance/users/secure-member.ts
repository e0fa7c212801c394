import { join } from 'node:path';
import { Client } from '../../../src/client/index.js';
import { CA, CLIENT, SERVER, writtenFiles } from '../../support/client-certificates.js';
import { etcdProgram } from '../../support/etcd-programs.js';
import { poll } from '../../support/poll.js';
import { freePorts, RAFTKV, ServerProcess } from '../../support/server-process.js';
import { removeFolder } from '../../support/temporary-folder.js';

interface SecureMemberOptions {
  /** Whether clients over TLS must have certificates, whose common names are their users. Default: false. */
  readonly isCertified?: boolean;
  /** Lifetime of simple tokens, in seconds. Default 1. */
  readonly tokenSeconds?: number;
}

/** One member of raftkv or etcd that listens with and without TLS. */
export class SecureMember {
  /** host:port without TLS. */
  readonly plain: string;
  /** host:port with TLS. */
  readonly secure: string;
  readonly files: Readonly<Record<'ca' | 'cert' | 'key' | 'serverCert' | 'serverKey', string>>;
  readonly #folder: string;
  readonly #process: ServerProcess;

  static async start(system: 'raftkv' | 'etcd', options: SecureMemberOptions = {}): Promise<SecureMember> {
    const member = new SecureMember({ system, ...options }, await freePorts(3));
    await using client = new Client({ endpoints: [member.plain], timeoutMs: 1000 });
    try {
      await poll(`a member of ${system}`, () => client.get('none').catch(() => undefined));
      return member;
    } catch (error) {
      await member.dispose();
      throw error;
    }
  }

  private constructor(
    { system, isCertified = false, tokenSeconds = 1 }: SecureMemberOptions & { readonly system: 'raftkv' | 'etcd' },
    [plain, secure, peer]: readonly number[],
  ) {
    const { folder, paths } = writtenFiles({ ca: CA, ...CLIENT, serverCert: SERVER.cert, serverKey: SERVER.key });
    this.#folder = folder;
    this.files = paths;
    this.plain = `127.0.0.1:${plain}`;
    this.secure = `127.0.0.1:${secure}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    const flags = {
      name: 'n1',
      'data-dir': join(folder, 'data'),
      'listen-client-urls': `http://${this.plain},https://${this.secure}`,
      'advertise-client-urls': `http://${this.plain}`,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': `n1=${peerUrl}`,
      'cert-file': paths.serverCert,
      'key-file': paths.serverKey,
      ...(isCertified && { 'trusted-ca-file': paths.ca, 'client-cert-auth': 'true' }),
      'bcrypt-cost': '4',
      'auth-token-ttl': String(tokenSeconds),
      'log-level': 'error',
    };
    const command = system === 'etcd' ? [etcdProgram('etcd')] : [...RAFTKV, 'serve'];
    const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    this.#process = new ServerProcess([...command, ...words], folder);
  }

  async dispose(): Promise<void> {
    if (this.#process.running) this.#process.signal('SIGKILL');
    await this.#process.exited;
    removeFolder(this.#folder);
  }
}
