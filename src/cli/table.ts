import { isUtf8 } from 'node:buffer';
import CliTable from 'cli-table3';
import type { KeyValue } from '../client/index.js';
import { toHex } from './text.js';

/** A table with a frame, ending in a newline. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new CliTable({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  return `${table.toString()}\n`;
}

export function keyValueTable(kvs: readonly KeyValue[], hex: boolean): string {
  const head = ['KEY', 'VALUE', 'VERSION', 'CREATE REVISION', 'MOD REVISION', 'LEASE'];
  const rows = kvs.map((kv) => [
    cell(kv.key, hex),
    cell(kv.value, hex),
    String(kv.version),
    String(kv.createRevision),
    String(kv.modRevision),
    kv.lease === 0n ? '' : kv.lease.toString(16),
  ]);
  return renderTable(head, rows);
}

/** Bytes in a cell: what would break the frame, or is no text, is shown escaped. */
function cell(bytes: Buffer, hex: boolean): string {
  if (hex || !isUtf8(bytes)) return toHex(bytes);
  // JSON's escapes, without the quotes, for control characters alone.
  // eslint-disable-next-line no-control-regex
  return bytes.toString('utf8').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? toHex(Buffer.from(character)) : escaped;
  });
}
