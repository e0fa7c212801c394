import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

/** One text in one source file, and what to put in its place. */
export interface Patch {
  /** From the root of the project. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The simulator as one program of its own: it starts at once, and runs without the costs of a loader. */
export interface Bundle {
  readonly file: string;
  remove(): void;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** @throws Error if a patch does not fit */
export async function bundleSimulator(patches: readonly Patch[] = []): Promise<Bundle> {
  const folder = makeTemporaryFolder('sim');
  const file = join(folder, 'sim.cjs');
  const applied = new Set<Patch>();
  try {
    await build({
      entryPoints: [join(import.meta.dirname, 'worker.ts')],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'error',
      plugins: [patching(patches, applied)],
    });
    const missed = patches.find((patch) => !applied.has(patch));
    if (missed !== undefined) throw new Error(`${missed.file} is no part of the simulator, and so cannot be patched`);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
  const clear = (): void => removeFolder(folder);
  // However the process ends.
  process.once('exit', clear);
  return {
    file,
    remove: () => {
      process.off('exit', clear);
      clear();
    },
  };
}

/** Changes sources as they are read: what is in the folders stays as it is. */
function patching(patches: readonly Patch[], applied: Set<Patch>): Plugin {
  return {
    name: 'patch',
    setup: ({ onLoad }) => {
      if (patches.length === 0) return;
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const wanted = patches.filter(({ file }) => resolve(ROOT, file) === path);
        if (wanted.length === 0) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const patch of wanted) {
          contents = patched(contents, patch);
          applied.add(patch);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

export function patched(source: string, { file, find, replace }: Patch): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`the patch of ${file} fits ${count} times, not once: ${find}`);
  return source.replace(find, () => replace);
}
