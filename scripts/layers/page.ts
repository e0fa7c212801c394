import { LAYERS, ROOMS, type Layer } from './table.js';

const BEGIN = '<!-- layers: written by scripts/layers.ts -->';
const END = '<!-- end of layers -->';

/** docs/ARCHITECTURE.md with the current tables. */
export function pageWithLayers(text: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/ARCHITECTURE.md has no ${BEGIN} … ${END}`);
  const layers = LAYERS.filter((layer) => !ROOMS.includes(layer)).map((layer) => [
    `\`${layer.folder}/\``,
    layer.discipline === undefined ? layer.holds : `${layer.holds}; ${layer.discipline}`,
    layer.mayImport === undefined ? 'everything below' : listed(layer.mayImport),
  ]);
  const rooms = ROOMS.map((room) => [
    `\`${shortName(room.folder)}/\``,
    room.holds,
    listed(inServer(room).map(shortName)),
    listed(room.mayImport?.filter((entry) => !inServer(room).includes(entry)) ?? []),
  ]);
  const lines = [
    ...table([['folder', 'holds', 'may import'], ...layers]),
    '',
    'The rooms of `server/`. Only the files directly in `server/`, the composition root, may import every room:',
    '',
    ...table([['room', 'holds', 'rooms it may import', 'layers it may import'], ...rooms]),
  ];
  return `${text.slice(0, begin)}${BEGIN}\n\n${lines.join('\n')}\n\n${text.slice(end)}`;
}

function inServer({ mayImport }: Layer): readonly string[] {
  return mayImport?.filter((entry) => entry.startsWith('server/')) ?? [];
}

function shortName(folder: string): string {
  return folder.slice('server/'.length);
}

function listed(entries: readonly string[]): string {
  return entries.length === 0 ? 'nothing' : entries.join(', ');
}

/** Aligned as prettier aligns tables. */
function table([head = [], ...rows]: string[][]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
