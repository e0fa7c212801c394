import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';

/** Everything under a folder, sorted: folders by name, files with a digest of what they hold. Equal trees are equal lists. */
export function folderTree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path);
      if (!entry.isFile()) return `${name}/`;
      return `${name} ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12)}`;
    })
    .sort();
}
