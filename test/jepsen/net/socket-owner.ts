import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Socket } from 'node:net';

// Members know each other by one URL each, so all that dial a member come through the same proxy. Who dialled is found in
// Linux's table of connections: it gives the number of the dialler's socket, and each process lists the numbers of its own.

const TABLE = '/proc/net/tcp';

/** The name of the process that opened a connection on loopback to this one; undefined if it is none of those given, or gone. */
export async function ownerOf(
  connection: Socket,
  processes: () => Iterable<readonly [name: string, pid: number]>,
): Promise<string | undefined> {
  const { remotePort, localPort } = connection;
  if (remotePort === undefined || localPort === undefined) return undefined;
  const inode = inodeOf(await readFile(TABLE, 'latin1'), remotePort, localPort);
  if (inode === undefined) return undefined;
  for (const [name, pid] of processes()) if (await hasSocket(pid, inode)) return name;
  return undefined;
}

/** The number of the socket that is bound to one port and connected to another, in the text of the table. */
export function inodeOf(table: string, localPort: number, remotePort: number): string | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const [local, remote] = [`:${hex(localPort)}`, `:${hex(remotePort)}`];
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(local) === true && fields[2]?.endsWith(remote) === true && fields[9] !== '0')
      return fields[9];
  }
  return undefined;
}

async function hasSocket(pid: number, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
  const links = await Promise.all(
    names.map(async (name) => {
      try {
        return await readlink(`${folder}/${name}`);
      } catch (error) {
        if (isGone(error)) return undefined; // closed meanwhile
        throw error;
      }
    }),
  );
  return links.includes(`socket:[${inode}]`);
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH';
}
