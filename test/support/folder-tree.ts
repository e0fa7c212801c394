import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';

/**
 * Every folder and file below, sorted, files with a digest of their content: equal trees give equal lists. Sockets,
 * which serve as locks, are omitted.
 */
export function folderTree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path);
      if (!entry.isFile()) return `${name}/`;
      return `${name} ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12)}`;
    })
    .sort();
}
