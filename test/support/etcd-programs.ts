import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The environment variable that names the folder of etcd and etcdctl. Without it they are looked up on PATH. */
const FOLDER = 'ETCD_PROGRAMS';

/** The command that starts one of etcd's programs. */
export function etcdProgram(name: 'etcd' | 'etcdctl'): string {
  const folder = process.env[FOLDER];
  return folder === undefined || folder === '' ? name : join(folder, name);
}

/** Makes every later call of `etcdProgram` use a folder; undefined for PATH. */
export function useEtcdPrograms(folder: string | undefined): void {
  if (folder === undefined) delete process.env[FOLDER];
  else process.env[FOLDER] = folder;
}

/** The minor version of the etcd 3 that `etcdProgram` names; undefined if there is none. */
export function etcdMinor(): number | undefined {
  try {
    const text = execFileSync(etcdProgram('etcd'), ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const minor = /^etcd Version: 3\.(\d+)\./m.exec(text)?.[1];
    return minor === undefined ? undefined : Number(minor);
  } catch {
    return undefined;
  }
}
