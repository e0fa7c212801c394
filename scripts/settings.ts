import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ETCD_SETTINGS } from '../src/server/settings/etcd-settings.js';
import { GROUPS, type Setting } from '../src/server/settings/setting.js';
import { SETTINGS } from '../src/server/settings/table.js';

// The reference of the settings in docs/OPERATIONS.md, generated from the table that `raftkv serve` reads:
// `node --import tsx scripts/settings.ts` writes it, `--check` fails if it is out of date.

const PAGE = fileURLToPath(new URL('../docs/OPERATIONS.md', import.meta.url));
const BEGIN = '<!-- settings: written by scripts/settings.ts -->';
const END = '<!-- end of settings -->';

/** The page with the current reference between its two marks. */
export function withSettings(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page lacks the marks ${BEGIN} and ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${reference()}\n\n${page.slice(end)}`;
}

function reference(): string {
  const tables = GROUPS.map((group) => {
    const rows = SETTINGS.filter((setting) => setting.group === group).map(rowOf);
    return `### ${group}\n\n${table(['setting', 'default', 'meaning'], rows)}`;
  });
  const flagsOf = (effect: string): string =>
    ETCD_SETTINGS.filter((setting) => setting.effect === effect)
      .map(({ flag }) => `\`${flag}\``)
      .join(', ');
  return [
    ...tables,
    `Settings of etcd that are accepted, with a warning that they have no effect: ${flagsOf('ignored')}.`,
    `Settings of etcd that are refused, because a member that ignored them would be less safe than expected: ${flagsOf('refused')}.`,
  ].join('\n\n');
}

function rowOf({ flag, aliases, unit, kind, defaultText = '', help }: Setting): readonly string[] {
  const text = help.replace(/ \(default: .*\)$/, '');
  const derived = / \(default: (.*)\)$/.exec(help)?.[1] ?? '';
  const withUnit = unit === undefined || defaultText === '' ? defaultText : `${defaultText} ${unit}`;
  const older = aliases.length === 0 ? '' : `; also ${aliases.map((alias) => `\`${alias}\``).join(', ')}`;
  return [`\`${flag}\``, withUnit || derived || (kind === 'boolean' ? 'false' : 'none'), `${text}${older}`].map(
    (cell) => cell.replaceAll('|', '\\|').replaceAll('*', '\\*'),
  );
}

/** Padded as prettier pads it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? title.length)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = readFileSync(PAGE, 'utf8');
  const current = withSettings(page);
  if (current !== page && process.argv.includes('--check')) {
    console.error('docs/OPERATIONS.md: the settings are out of date: run node --import tsx scripts/settings.ts');
    process.exitCode = 1;
  } else writeFileSync(PAGE, current);
}
