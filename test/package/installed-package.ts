import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

export const ROOT = resolve(import.meta.dirname, '../..');
export const run = promisify(execFile);

/** Dependencies of a TypeScript project that uses the package. */
const TYPES = ['@types/node'];

/**
 * A project in a temporary folder with the package as `npm pack` makes it and the dependencies that its manifest names.
 * They are links, so no registry is needed. Requires `make build`.
 */
export class InstalledPackage {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async install(): Promise<InstalledPackage> {
    const folder = makeTemporaryFolder('installed-package');
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'raftkv'), { recursive: true });
    // Without the scripts, which would build again.
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await run('npm', pack, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
    const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
    await run('tar', [
      '-xzf',
      join(folder, packed?.filename ?? ''),
      '--strip-components=1',
      '-C',
      join(modules, 'raftkv'),
    ]);
    const manifest = JSON.parse(readFileSync(join(modules, 'raftkv/package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    for (const name of [...Object.keys(manifest.dependencies), ...TYPES]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    return new InstalledPackage(folder);
  }

  /** Runs a program of the project with plain Node. @returns the lines it prints */
  async node(...args: readonly string[]): Promise<readonly string[]> {
    const { stdout } = await run(process.execPath, [...args], { cwd: this.folder });
    return stdout.trimEnd().split('\n');
  }

  /** Runs the TypeScript compiler in the project. @returns its errors, empty if there are none */
  async tsc(...args: readonly string[]): Promise<string> {
    const outcome = run(join(ROOT, 'node_modules/.bin/tsc'), [...args], { cwd: this.folder });
    return await outcome.then(
      () => '',
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
  }

  remove(): void {
    removeFolder(this.folder);
  }
}
