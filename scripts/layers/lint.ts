import { DEPTH_MAX, hasRooms, isFolder, LAYERS, rowOf, type Layer } from './table.js';

const CLOCKS = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto'];
const PURE = [...CLOCKS, 'Promise', 'process', 'Buffer'];

type Rules = Record<string, unknown>;
interface Override {
  readonly files: readonly string[];
  readonly rules: Rules;
}

/** The rules of oxlint that enforce the table. */
export function lintOfLayers(): string {
  return `${JSON.stringify({ overrides: LAYERS.filter(({ folder }) => folder !== 'gen').flatMap(overridesOf) }, null, 2)}\n`;
}

function overridesOf(layer: Layer): Override[] {
  return layer.mayImport === undefined ? [] : [...importsOf(layer, layer.mayImport), ...disciplineOf(layer)];
}

/** One override for each depth: a relative import then names its folder without ambiguity. */
function importsOf(layer: Layer, mayImport: readonly string[]): Override[] {
  const { folder } = layer;
  const depths = DEPTH_MAX - folder.split('/').length + 1;
  return Array.from({ length: depths }, (_, depth) => {
    const patterns = [...restricted(layer, mayImport, depth), ...nodeModules(layer)];
    const rules = { 'eslint/no-restricted-imports': ['error', { patterns }] };
    return { files: [`src/${folder}/${'*/'.repeat(depth)}*.ts`], rules };
  });
}

function restricted({ folder }: Layer, mayImport: readonly string[], depth: number): Rules[] {
  const message = `${folder}/ may not import this: docs/ARCHITECTURE.md, Layers.`;
  const from = { folder, depth };
  const group = LAYERS.filter((other) => other.folder !== folder && !mayImport.includes(other.folder)).flatMap(
    (other) => [
      ...waysTo(other.folder, from).map((way) => `${way}${hasRooms(other) ? '*.js' : '**'}`),
      ...mayImport
        .filter((entry) => !isFolder(entry) && rowOf(entry) === other)
        .flatMap((module) => waysTo(module, from).map((way) => `!${way.slice(0, -1)}.js`)),
    ],
  );
  return group.length === 0 ? [] : [{ group, message }];
}

/** The relative paths, each with a slash at its end, to a folder from files at a depth below another: short and long ones. */
function waysTo(target: string, from: { readonly folder: string; readonly depth: number }): string[] {
  const own = from.folder.split('/');
  const other = target.split('/');
  const differsAt = other.findIndex((name, at) => name !== own[at]);
  const shared = differsAt < 0 ? other.length : differsAt;
  return Array.from({ length: shared + 1 }, (_, at) => shared - at).map((kept) => {
    const up = '../'.repeat(own.length + from.depth - kept);
    return `${up}${other
      .slice(kept)
      .map((name) => `${name}/`)
      .join('')}`;
  });
}

function nodeModules({ folder, discipline }: Layer): Rules[] {
  return discipline === 'pure'
    ? [{ group: ['node:*'], message: `${folder}/ is pure: no I/O, no clock, no randomness.` }]
    : [];
}

function disciplineOf({ folder, discipline }: Layer): Override[] {
  if (discipline === undefined) return [];
  const globals = (discipline === 'pure' ? PURE : CLOCKS).map((name) => ({
    name,
    message: `${folder}/ is ${discipline}.`,
  }));
  const chance = { object: 'Math', property: 'random', message: 'Randomness is an injected generator.' };
  const rules = {
    'eslint/no-restricted-globals': ['error', ...globals],
    'eslint/no-restricted-properties': ['error', chance],
  };
  return [{ files: [`src/${folder}/**/*.ts`], rules }];
}
