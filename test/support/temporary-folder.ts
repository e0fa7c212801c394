import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for one test. @param parent by default the system's folder of temporary files */
export function makeTemporaryFolder(name: string, parent = tmpdir()): string {
  return mkdtempSync(join(parent, `raftkv-${name}-`));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
