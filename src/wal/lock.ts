import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, realpath, rename, rm, symlink, unlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LogError } from './errors.js';

/**
 * Holds a folder against other processes, and against others in this one.
 *
 * Node reaches no lock of the kernel, and a file with a process id in it lies after a crash, for ids come again and
 * mean nothing in another container. A socket in the folder does not lie: it answers for exactly as long as its process
 * lives, however that ends, even while that process is stopped or busy.
 *
 * Who wants the lock publishes a socket under a name that is never used again, as a candidate, and looks at the others
 * only then. So of any two, one at least sees the other (Dekker's idea), and no socket that was found dead can come
 * to life before it is removed. A holder is never displaced; among candidates the smallest name wins.
 */
export interface FolderLock {
  release(): Promise<void>;
}

/** Unix sockets take a path of 103 bytes on macOS, 107 on Linux. */
const SOCKET_PATH_BYTES = 103;
const NAME_BYTES = 40;

const RETRY_MS = 10;
const PATIENCE_MS = 2000;

const NAME = /^lock\.(\d+)-[0-9a-f]{12}\.(candidate|holder)$/;

/** @throws LogError `locked`, when somebody holds the folder or is about to */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const alias = await shortAlias(await realpath(folder));
  const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const path = (state: 'new' | 'candidate' | 'holder'): string => join(alias.path, `lock.${id}.${state}`);
  let server: Server | undefined;
  try {
    server = await listen(path('new'));
    // Nobody looks at it before it listens: until then it would seem dead.
    await rename(path('new'), path('candidate'));
    try {
      await outlastOthers({ folder, path: alias.path, own: `lock.${id}` });
      await rename(path('candidate'), path('holder'));
    } catch (error) {
      await unlink(path('candidate'));
      throw error;
    }
  } catch (error) {
    if (server !== undefined) await closeServer(server);
    throw error;
  } finally {
    await alias.remove();
  }
  return heldLock(server, join(folder, `lock.${id}.holder`));
}

function heldLock(server: Server, path: string): FolderLock {
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    await rm(path, { force: true });
    await closeServer(server);
  };
  return { release: () => (released ??= release()) };
}

interface Contest {
  readonly folder: string;
  /** The folder, under a name that is short enough. */
  readonly path: string;
  /** The own name, without its state. */
  readonly own: string;
}

/** Resolves once there is nobody else. @throws LogError where another one has it, or goes first */
async function outlastOthers({ folder, path, own }: Contest): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  // Twice, for a listing can miss a file that is renamed meanwhile, but it is renamed only once.
  for (let clean = 0; clean < 2; clean += 1) {
    for (const name of (await readdir(path)).sort()) {
      const match = NAME.exec(name);
      if (match === null || name.startsWith(own)) continue;
      if (!(await answers(join(path, name)))) {
        await rm(join(path, name), { force: true });
        continue;
      }
      if (match[2] === 'holder' || name < own || performance.now() > deadline) throw lockedError(folder, match[1]);
      // It has yet to look, and then it gives way; or it looked before and is about to hold the lock.
      await delay(RETRY_MS);
      clean = -1;
    }
  }
}

function lockedError(folder: string, pid: string | undefined): LogError {
  return new LogError(
    'locked',
    `the log in ${folder} is in use by process ${pid}: stop that one, or choose another data directory`,
  );
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // `exclusive`: in a worker of node:cluster, the primary would share one socket among all.
    server.listen({ path, exclusive: true }, resolve);
  });
  // The kernel has answered a caller before it is accepted, so a failure to accept changes nothing.
  server.on('error', () => undefined);
  server.unref();
  return server;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

/** Whether the process behind a socket lives. Only a clear no counts as one. */
async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

/** The folder by a path that leaves room for a socket's name: its own, or one through a link that is removed later. */
async function shortAlias(folder: string): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(folder) + NAME_BYTES <= SOCKET_PATH_BYTES)
    return { path: folder, remove: async () => undefined };
  const home = await mkdtemp(join(tmpdir(), 'rkv-'));
  const path = join(home, 'd');
  await symlink(folder, path);
  return { path, remove: () => rm(home, { recursive: true }) };
}
