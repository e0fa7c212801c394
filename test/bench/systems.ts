import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defined } from '../../src/util/assert.js';
import { testAuthority } from '../support/certificates.js';
import { ProcessCluster, type ProcessClusterOptions } from '../support/process-cluster.js';
import { SettingsError } from './settings.js';
import type { Settings } from './settings.js';

/** Above what any scenario writes, in bytes. */
const QUOTA_BYTES = 8 * 1024 ** 3;

export interface StartOptions {
  /** Flags of Node, for raftkv alone. */
  readonly nodeFlags?: readonly string[] | undefined;
  /** Whether clients and peers use TLS; clients need no certificate. Default false. */
  readonly tls?: boolean;
}

/** A measured program. */
export interface System {
  /** Key of its samples in the results. */
  readonly id: 'raftkv' | 'etcd' | 'etcd-installed';
  /** As in `etcd 3.5.30`. */
  readonly label: string;
  readonly start: (members: number, options?: StartOptions) => Promise<ProcessCluster>;
}

/** raftkv, and the versions of etcd to compare it with, the newest first. @throws SettingsError if none is there */
export function findSystems(settings: Settings): readonly System[] {
  const etcds: System[] = [];
  if (settings.etcd === 'newest' || settings.etcd === 'all') {
    const folder = fetchNewestEtcd();
    if (folder !== undefined) etcds.push(etcdSystem('etcd', join(folder, 'etcd')));
  }
  if (settings.etcd === 'installed' || settings.etcd === 'all') {
    const installed = spawnSync('which', ['etcd'], { encoding: 'utf8' }).stdout.trim();
    if (installed !== '') etcds.push(etcdSystem(etcds.length === 0 ? 'etcd' : 'etcd-installed', installed));
  }
  if (etcds.length === 0 && settings.etcd !== 'none')
    throw new SettingsError('no etcd to compare with: apt-get install etcd-server, or ETCD=none');
  return [raftkvSystem(settings), ...etcds.filter(({ label }, at) => etcds.findIndex((e) => e.label === label) === at)];
}

function raftkvSystem({ node, rpcHost }: Settings): System {
  return {
    id: 'raftkv',
    label: 'raftkv',
    start: async (size, { nodeFlags = [], tls } = {}) =>
      await ProcessCluster.start({
        system: 'raftkv',
        size,
        nodeFlags,
        ...(await certificates(tls)),
        ...(node === undefined ? {} : { node }),
        flags: ['--log-level', 'warn', '--rpc-host', rpcHost, '--quota-backend-bytes', String(QUOTA_BYTES)],
      }),
  };
}

function etcdSystem(id: System['id'], program: string): System {
  const text = execFileSync(program, ['--version'], { encoding: 'utf8' });
  const version = defined(/^etcd Version: (\S+)/m.exec(text)?.[1], `a version in ${text}`);
  const flags = ['--log-level', 'error', '--quota-backend-bytes', String(QUOTA_BYTES)];
  return {
    id,
    label: `etcd ${version}`,
    start: async (size, { tls } = {}) =>
      await ProcessCluster.start({ system: 'etcd', size, etcd: program, flags, ...(await certificates(tls)) }),
  };
}

async function certificates(tls = false): Promise<Pick<ProcessClusterOptions, 'certificates'>> {
  return tls ? { certificates: await (await testAuthority()).forMembers() } : {};
}

/** Unpacks Debian's newest etcd below the checkout. @returns its folder; undefined, with the reason on standard error, if that fails */
function fetchNewestEtcd(): string | undefined {
  const script = fileURLToPath(new URL('../../scripts/fetch-etcd.sh', import.meta.url));
  const folder = fileURLToPath(new URL('../../.etcd', import.meta.url));
  const { status, stdout } = spawnSync(script, [folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return status === 0 ? stdout.trim() : undefined;
}
