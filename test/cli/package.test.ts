import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { brokenLinks } from '../docs/links.js';

const ROOT = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

/** The contents of the package; requires `make build`. */
describe('the npm package', function () {
  this.timeout(300_000);
  let files: ReadonlySet<string>;

  before(async () => {
    // Without the scripts, which would build again.
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
    });
    const [packed] = JSON.parse(stdout) as readonly Packed[];
    files = new Set(packed?.files.map(({ path }) => path));
  });

  const sourceOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

  it('contains every file that its manifest names', () => {
    const { bin, exports } = JSON.parse(sourceOf('package.json')) as Manifest;
    const named = Object.values(exports).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each)));
    const missing = [...Object.values(bin), ...named].filter((path) => !files.has(posix.normalize(path)));
    expect(missing).to.deep.equal([]);
  });

  it('contains every file that one of its modules imports', () => {
    const missing: string[] = [];
    for (const path of modules()) {
      // Including `import()` and type imports.
      for (const [, target = ''] of sourceOf(path).matchAll(/(?:from|import\() ?'(\.{1,2}\/[^']+)'/g)) {
        const wanted = posix.join(posix.dirname(path), target);
        if (!files.has(wanted)) missing.push(`${path} imports ${wanted}`);
      }
    }
    expect(missing).to.deep.equal([]);
  });

  // Source maps were half of the package, and Node reads them only with a flag.
  it('refers to no source maps', () => {
    expect(modules().filter((path) => sourceOf(path).includes('sourceMappingURL='))).to.deep.equal([]);
  });

  // The package had pages about its source, with 127 links to files that it does not contain.
  it('contains every file and heading that one of its pages links to', () => {
    const site = {
      has: (path: string) => files.has(path) || [...files].some((file) => file.startsWith(`${path}/`)),
      read: sourceOf,
    };
    const pages = [...files].filter((path) => path.endsWith('.md'));
    expect(pages).to.include.members(['README.md', 'docs/CLI.md', 'docs/OPERATIONS.md']);
    const broken = pages.flatMap((page) => brokenLinks(page, site).map((link) => `${page} links to ${link}`));
    expect(broken).to.deep.equal([]);
  });

  it('contains no development files', () => {
    const folders = [...new Set([...files].map((path) => path.split('/')[0]))];
    expect(folders).to.have.members([
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'],
      ...['bench', 'deploy', 'dist', 'docs', 'package.json', 'proto'],
    ]);
    // The picture of the README.
    expect([...files].filter((path) => path.startsWith('bench/'))).to.have.length(1);
    expect([...files].filter((path) => /\.test\.|\/\./.test(path))).to.deep.equal([]);
  });

  function modules(): readonly string[] {
    const found = [...files].filter((path) => path.endsWith('.js') || path.endsWith('.d.ts'));
    expect(found.length).to.be.above(100);
    return found;
  }
});
