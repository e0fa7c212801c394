import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.js';

const kept = new Map<string, () => void>();

/**
 * A temporary folder for one test, which the end of the process removes if `removeFolder` has not.
 * @param parent by default the system's folder of temporary files
 */
export function makeTemporaryFolder(name: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `raftkv-${name}-`));
  kept.set(
    folder,
    atExit(() => removeFolder(folder)),
  );
  return folder;
}

/** A temporary folder in memory, where there is one: for tests of what is in files that are synced very often. */
export function makeMemoryFolder(name: string): string {
  return makeTemporaryFolder(name, existsSync(SHARED_MEMORY) ? SHARED_MEMORY : undefined);
}

/** Linux's. */
const SHARED_MEMORY = '/dev/shm';

export function removeFolder(folder: string): void {
  kept.get(folder)?.();
  kept.delete(folder);
  // A process that was just killed may still write.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}
