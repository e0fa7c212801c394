import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { DEPTH_MAX, LAYERS, rowOf, type Layer } from './table.js';

/** What is wrong with the table: folders without a row, imports that point up, and permissions that no file uses. */
export function problemsOfTable(source: string): string[] {
  const rows = LAYERS.map(({ folder }) => folder);
  const folders = [...foldersOf(source, ''), ...foldersOf(source, 'server/')];
  const missing = folders.filter((folder) => !rows.includes(folder));
  const absent = rows.filter((folder) => !folders.includes(folder));
  return [
    ...missing.map((folder) => `src/${folder} has no row in scripts/layers/table.ts`),
    ...absent.map((folder) => `src/${folder} has a row in scripts/layers/table.ts, but does not exist`),
    ...LAYERS.flatMap(upward),
    ...unused(source),
    ...tooDeep(source),
  ];
}

function foldersOf(source: string, within: string): string[] {
  const names = readdirSync(join(source, within)).filter((name) => statSync(join(source, within, name)).isDirectory());
  return names.map((name) => `${within}${name}`);
}

function upward(layer: Layer): string[] {
  const { folder, mayImport = [] } = layer;
  const row = (path: string): number => LAYERS.findIndex((other) => other === rowOf(path));
  return mayImport
    .filter((entry) => row(entry) <= row(folder))
    .map((entry) => `the row of src/${folder} allows ${entry}, which is not below it`);
}

/** A permission that no file uses makes the table say less than it could. */
function unused(source: string): string[] {
  const imported = importsOf(source);
  return LAYERS.flatMap(({ folder, mayImport = [] }) =>
    mayImport
      .filter((entry) => !imported.has(`${folder} ${entry}`))
      .map((entry) => `the row of src/${folder} allows ${entry}, which none of its files imports`),
  );
}

/** The rules of the lint name folders by their depth. */
function tooDeep(source: string): string[] {
  return sourcesIn(source)
    .filter((path) => path.split('/').length > DEPTH_MAX + 1)
    .map((path) => `src/${path} is in more than ${DEPTH_MAX} folders: raise DEPTH_MAX in scripts/layers/table.ts`);
}

function sourcesIn(source: string): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
}

/** An import, or the URL of a file beside the module. */
const IMPORT = /(?:from |new URL\()'(\.[^']+)\.js(?:on)?'/g;

/** All imports, as `row target`, where the target is a module and the row that holds it. */
function importsOf(source: string): ReadonlySet<string> {
  const imports = new Set<string>();
  for (const path of sourcesIn(source)) {
    const from = rowOf(path)?.folder;
    for (const [, specifier = ''] of readFileSync(join(source, path), 'utf8').matchAll(IMPORT)) {
      const module = normalize(join(dirname(path), specifier));
      imports.add(`${from} ${module}`).add(`${from} ${rowOf(module)?.folder}`);
    }
  }
  return imports;
}
