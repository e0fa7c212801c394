import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, realpath, rename, rm, symlink, unlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LogError } from './errors.js';

/**
 * Locks a folder against other processes, and against other users in this one.
 *
 * Node offers no kernel locks, and a file with a process id is unreliable after a crash: ids are reused, and mean
 * nothing in another container. A socket in the folder is reliable: it accepts connections exactly as long as its
 * process lives, even if that is stopped or busy.
 *
 * To take the lock, a process first publishes a socket as a candidate, under a name that is never reused, and then
 * looks for others. So of any two, at least one sees the other (Dekker's algorithm), and a socket that was found dead
 * cannot come to life before it is removed. A holder is never displaced; among candidates the smallest name wins.
 */
export interface FolderLock {
  release(): Promise<void>;
}

/** Unix sockets allow paths of 103 bytes on macOS, 107 on Linux. */
const SOCKET_PATH_BYTES = 103;
const NAME_BYTES = 40;

const RETRY_MS = 10;
const PATIENCE_MS = 2000;

const NAME = /^lock\.(\d+)-[0-9a-f]{12}\.(candidate|holder)$/;

/** @throws LogError `locked`, if the folder is locked or about to be */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const alias = await shortAlias(await realpath(folder));
  const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const path = (state: 'new' | 'candidate' | 'holder'): string => join(alias.path, `lock.${id}.${state}`);
  let server: Server | undefined;
  try {
    server = await listen(path('new'));
    // Published only once it listens: before, it would look dead.
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
  /** Path of the folder, short enough for sockets. */
  readonly path: string;
  /** Name of the own socket, without its state. */
  readonly own: string;
}

/**
 * Resolves once there is no other candidate.
 * @throws LogError if there is a holder, or a candidate with a smaller name
 */
async function outlastOthers({ folder, path, own }: Contest): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  // Two listings, as one can miss a file that is renamed meanwhile. A file is renamed only once.
  for (let clean = 0; clean < 2; clean += 1) {
    for (const name of (await readdir(path)).sort()) {
      const match = NAME.exec(name);
      if (match === null || name.startsWith(own)) continue;
      if (!(await answers(join(path, name)))) {
        await rm(join(path, name), { force: true });
        continue;
      }
      if (match[2] === 'holder' || name < own || performance.now() > deadline) throw lockedError(folder, match[1]);
      // The other either has not looked yet, and will give way, or is about to hold the lock.
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
    // `exclusive`: in a worker of node:cluster, the primary would share one socket among all workers.
    server.listen({ path, exclusive: true }, resolve);
  });
  // The kernel has completed the connection by then, so an error of accept changes nothing.
  server.on('error', () => undefined);
  server.unref();
  return server;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

/** Whether the process of a socket lives. Only a refused connection counts as dead. */
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

/** A path of the folder that leaves room for a socket's name: its own, or one through a temporary link. */
async function shortAlias(folder: string): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(folder) + NAME_BYTES <= SOCKET_PATH_BYTES)
    return { path: folder, remove: async () => undefined };
  const home = await mkdtemp(join(tmpdir(), 'rkv-'));
  const path = join(home, 'd');
  await symlink(folder, path);
  return { path, remove: () => rm(home, { recursive: true }) };
}
