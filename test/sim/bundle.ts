import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

/** A text in a source file, and its replacement. */
export interface Patch {
  /** From the root of the project. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** One program, which starts fast and runs without a loader. */
export interface Bundle {
  readonly file: string;
  remove(): void;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** @throws Error if a patch does not fit */
export async function bundleSimulator(patches: readonly Patch[] = []): Promise<Bundle> {
  return await bundleOf('test/sim/worker.ts', patches);
}

/** @param entry from the root of the project @throws Error if a patch does not fit */
export async function bundleOf(entry: string, patches: readonly Patch[] = []): Promise<Bundle> {
  const folder = makeTemporaryFolder('sim');
  const file = join(folder, 'program.cjs');
  const applied = new Set<Patch>();
  try {
    await build({
      entryPoints: [join(ROOT, entry)],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'error',
      plugins: [NATIVE, patching(patches, applied)],
    });
    const missed = patches.find((patch) => !applied.has(patch));
    if (missed !== undefined) throw new Error(`${missed.file} is no part of ${entry}, and so cannot be patched`);
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

/** LevelDB's package, which finds its binary beside itself. */
const NATIVE: Plugin = {
  name: 'native',
  setup: ({ onResolve }) => {
    const path = join(ROOT, 'node_modules/classic-level/index.js');
    onResolve({ filter: /^classic-level$/ }, () => ({ path, external: true }));
  },
};

/** Patches sources as they are read; the files do not change. Each still finds its neighbours: the bundle is elsewhere. */
function patching(patches: readonly Patch[], applied: Set<Patch>): Plugin {
  return {
    name: 'patch',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        let contents = readFileSync(path, 'utf8');
        for (const patch of patches.filter(({ file }) => resolve(ROOT, file) === path)) {
          contents = patched(contents, patch);
          applied.add(patch);
        }
        return { contents: located(contents, path), loader: 'ts' };
      });
    },
  };
}

/** A module of a CommonJS bundle has no address: it gets that of its source. */
function located(source: string, path: string): string {
  return source
    .replaceAll('import.meta.url', () => JSON.stringify(pathToFileURL(path).href))
    .replaceAll('import.meta.dirname', () => JSON.stringify(dirname(path)));
}

export function patched(source: string, { file, find, replace }: Patch): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`the patch of ${file} fits ${count} times, not once: ${find}`);
  return source.replace(find, () => replace);
}
