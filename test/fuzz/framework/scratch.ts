import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';

let folder: string | undefined;

/** A folder of this process for files that decoders read, in memory where the system has such a folder. Removed at the end. */
export function scratchFolder(): string {
  if (folder !== undefined) return folder;
  const made = makeTemporaryFolder('fuzz', existsSync('/dev/shm') ? '/dev/shm' : undefined);
  process.on('exit', () => removeFolder(made));
  folder = made;
  return made;
}

export function scratchFile(name: string): string {
  return join(scratchFolder(), name);
}
