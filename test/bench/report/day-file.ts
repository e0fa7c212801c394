import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf, nodeVersion, thisMachine } from './machine.js';

/**
 * Adds figures to the file of the day in bench/results, with the machine, the Node and the commit.
 * @param merge makes the new figures of those that the file has
 * @returns its path
 */
export function addToDay<T extends object>(root: string, name: string, merge: (stored: Partial<T>) => T): string {
  const folder = join(root, 'bench', 'results');
  const day = new Date().toISOString().slice(0, 10);
  const path = join(folder, `${name}-${day}-node${nodeVersion().replace(/^v(\d+).*$/s, '$1')}.json`);
  const results = {
    ...{ machine: thisMachine(), node: nodeVersion(), commit: commitOf(root) },
    ...merge(read(path)),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}

function read(path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
