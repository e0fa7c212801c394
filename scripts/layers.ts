import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

// The layers of src/, as one table. From it come the rules in .oxlintrc.layers.json, which
// .oxlintrc.json extends, and the table in
// docs/ARCHITECTURE.md: `node --import tsx scripts/layers.ts` writes both, `--check` fails if either is out of date or if a
// folder of src/ has no row. oxlint then checks every import, type-only ones included.

interface Layer {
  readonly folder: string;
  readonly holds: string;
  /** Folders, or single modules written as folder/module. */
  readonly mayImport: readonly string[];
  /** `pure`: no clock, chance, promise or I/O. `deterministic`: no clock, chance or timer. */
  readonly discipline?: 'pure' | 'deterministic';
}

/** From the top down: a layer may import only layers below it. */
const LAYERS: readonly Layer[] = [
  {
    folder: 'cli',
    holds: 'the `raftkv` command: one file or folder for each command in `commands/`',
    mayImport: ['client', 'server', 'util'],
  },
  { folder: 'client', holds: 'the TypeScript client', mayImport: ['gen', 'util'] },
  {
    folder: 'server',
    holds: 'the composition root: configuration, gRPC services, requests, membership',
    mayImport: [
      'http',
      'rpc',
      'schema',
      'metrics',
      'node',
      'kv',
      'wal',
      'transport',
      'record',
      'engine',
      'raft',
      'ports',
      'gen',
      'util',
    ],
  },
  {
    folder: 'http',
    holds: 'HTTP/1.1 on the client port: JSON gateway, health, metrics',
    mayImport: ['rpc', 'schema', 'metrics', 'util'],
  },
  {
    folder: 'rpc',
    holds: 'the gRPC runtime as a port: method tables and the hosts that serve them',
    mayImport: ['util'],
  },
  { folder: 'schema', holds: 'the .proto files at run time, for JSON and reflection', mayImport: ['gen', 'util'] },
  { folder: 'metrics', holds: 'histograms and the Prometheus text format', mayImport: ['util'] },
  {
    folder: 'node',
    holds: 'the Ready loop, proposeC, commitC, the leader lease, log compaction',
    mayImport: ['record', 'raft', 'ports', 'util'],
  },
  {
    folder: 'kv',
    holds: 'the replicated state machine',
    mayImport: ['raft/types', 'ports', 'gen', 'util'],
    discipline: 'deterministic',
  },
  {
    folder: 'wal',
    holds: 'adapter: the durable log',
    mayImport: ['record', 'raft/types', 'raft/storage', 'ports', 'gen', 'util'],
  },
  {
    folder: 'transport',
    holds: 'adapter: links between members',
    mayImport: ['record', 'raft/types', 'raft/messages', 'ports', 'gen', 'util'],
  },
  {
    folder: 'record',
    holds: 'encoded log entries: the same bytes in the log and on the links',
    mayImport: ['raft/types', 'util'],
  },
  {
    folder: 'engine',
    holds: 'adapter: LevelDB, an in-memory engine, a table in front of either',
    mayImport: ['ports', 'util'],
  },
  {
    folder: 'ports',
    holds: 'interfaces: log, transport, engine, state machine, clock, disk',
    mayImport: ['raft/types', 'raft/storage', 'util'],
  },
  { folder: 'raft', holds: 'the consensus core', mayImport: ['util'], discipline: 'pure' },
  { folder: 'util', holds: 'assertions, bytes, channels, errors, integers, logging', mayImport: [] },
  { folder: 'gen', holds: 'code that `make proto` generates from `proto/`', mayImport: [] },
];

const ROOT = resolve(import.meta.dirname, '..');
const LINT = join(ROOT, '.oxlintrc.layers.json');
const PAGE = join(ROOT, 'docs', 'ARCHITECTURE.md');
const BEGIN = '<!-- layers: written by scripts/layers.ts -->';
const END = '<!-- end of layers -->';
/** Folders within a folder of src/, at most. */
const DEPTH_MAX = 4;
const CLOCKS = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto'];
const PURE = [...CLOCKS, 'Promise', 'process', 'Buffer'];

type Rules = Record<string, unknown>;
interface Override {
  readonly files: readonly string[];
  readonly rules: Rules;
}

/** One override for each layer and depth: a relative import then names its folder without ambiguity. */
function overridesOf(layer: Layer): Override[] {
  const { folder, discipline } = layer;
  const depths = Array.from({ length: DEPTH_MAX + 1 }, (_, depth) => depth);
  const imports = depths.map((depth) => ({
    files: [`src/${folder}/${'*/'.repeat(depth)}*.ts`],
    rules: {
      'eslint/no-restricted-imports': [
        'error',
        { patterns: [...restricted(layer, '../'.repeat(depth + 1)), ...nodeModules(layer)] },
      ],
    },
  }));
  if (discipline === undefined) return imports;
  const globals = (discipline === 'pure' ? PURE : CLOCKS).map((name) => ({
    name,
    message: `${folder}/ is ${discipline}.`,
  }));
  const chance = { object: 'Math', property: 'random', message: 'Randomness is an injected generator.' };
  const rules = {
    'eslint/no-restricted-globals': ['error', ...globals],
    'eslint/no-restricted-properties': ['error', chance],
  };
  return [...imports, { files: [`src/${folder}/**/*.ts`], rules }];
}

function restricted({ folder, mayImport }: Layer, up: string): Rules[] {
  const message = `${folder}/ may not import this: docs/ARCHITECTURE.md, Layers.`;
  const group = LAYERS.filter((other) => other.folder !== folder && !mayImport.includes(other.folder)).flatMap(
    (other) => [
      `${up}${other.folder}/**`,
      ...mayImport.filter((module) => module.startsWith(`${other.folder}/`)).map((module) => `!${up}${module}.js`),
    ],
  );
  return group.length === 0 ? [] : [{ group, message }];
}

function nodeModules({ folder, discipline }: Layer): Rules[] {
  return discipline === 'pure'
    ? [{ group: ['node:*'], message: `${folder}/ is pure: no I/O, no clock, no randomness.` }]
    : [];
}

function lintOfLayers(): string {
  return `${JSON.stringify({ overrides: LAYERS.filter(({ folder }) => folder !== 'gen').flatMap(overridesOf) }, null, 2)}\n`;
}

function pageWithLayers(text: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/ARCHITECTURE.md has no ${BEGIN} … ${END}`);
  const rows = LAYERS.map(({ folder, holds, mayImport, discipline }) => [
    `\`${folder}/\``,
    discipline === undefined ? holds : `${holds}; ${discipline}`,
    mayImport.length === 0 ? 'nothing' : mayImport.join(', '),
  ]);
  const lines = table([['folder', 'holds', 'may import'], ...rows]);
  return `${text.slice(0, begin)}${BEGIN}\n\n${lines.join('\n')}\n\n${text.slice(end)}`;
}

/** Aligned as prettier aligns tables. */
function table([head = [], ...rows]: string[][]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** Every folder has a row, every row a folder, and imports point down the table. */
function problemsOfTable(): string[] {
  const folders = readdirSync(join(ROOT, 'src')).filter((name) => statSync(join(ROOT, 'src', name)).isDirectory());
  const rows = LAYERS.map(({ folder }) => folder);
  const upward = LAYERS.flatMap(({ folder, mayImport }, row) =>
    mayImport
      .filter((other) => rows.indexOf(other.split('/')[0] ?? '') <= row)
      .map((other) => `the row of src/${folder} allows ${other}, which is not below it`),
  );
  return [
    ...folders
      .filter((folder) => !rows.includes(folder))
      .map((folder) => `src/${folder} has no row in scripts/layers.ts`),
    ...rows
      .filter((folder) => !folders.includes(folder))
      .map((folder) => `src/${folder} has a row in scripts/layers.ts, but does not exist`),
    ...upward,
  ];
}

const check = process.argv.includes('--check');
const problems = problemsOfTable();
const current = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
for (const [path, content] of [
  [LINT, lintOfLayers()],
  [PAGE, pageWithLayers(current(PAGE))],
] as const) {
  if (current(path) === content) continue;
  if (check) problems.push(`${path.slice(ROOT.length + 1)} is out of date: run make fix`);
  else writeFileSync(path, content);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
