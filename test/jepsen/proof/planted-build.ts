import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { assert } from '../../../src/util/assert.js';
import { patched, type Patch } from '../../sim/bundle.js';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Ignored by git, and beside node_modules, which the build needs. The package has dist/ alone. */
const FOLDER = join(ROOT, '.tmp/jepsen-planted');

/** The compiled text of a patched source. @throws Error if a patch does not fit */
export function compiled(file: string, patches: readonly Patch[]): string {
  let source = readFileSync(join(ROOT, file), 'utf8');
  for (const patch of patches) source = patched(source, patch);
  // As tsc does: the sources have only types that can be erased.
  return transformSync(source, { loader: 'ts', format: 'esm', target: 'es2023', sourcefile: file }).code;
}

/**
 * Copies dist/ and replaces the modules of patched sources, whose other modules stay as they were built.
 * @returns the main file of the copy, which is to be removed with `removePlanted`
 * @throws Error if a patch does not fit, or its module is not in dist/
 */
export function plant(name: string, patches: readonly Patch[]): string {
  const dist = join(FOLDER, name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dirname(dist), { recursive: true });
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  for (const file of new Set(patches.map((patch) => patch.file))) {
    assert(file.startsWith('src/') && file.endsWith('.ts'), `${file} is no source`);
    const module = join(dist, file.slice('src/'.length).replace(/\.ts$/, '.js'));
    readFileSync(module); // it is a part of the build
    const own = patches.filter((patch) => patch.file === file);
    writeFileSync(module, compiled(file, own));
  }
  return join(dist, 'cli/main.js');
}

export function removePlanted(name: string): void {
  rmSync(join(FOLDER, name), { recursive: true, force: true });
}

/** Folder of the runs of a build. */
export function runsOf(name: string): string {
  return join(FOLDER, name, 'out');
}
