import { isUtf8 } from 'node:buffer';
import CliTable from 'cli-table3';
import type { KeyValue } from '../../client/index.js';
import { hex64 } from '../../util/integer.js';
import { toHex } from './text.js';

/** A table with a frame, ending in a newline, with the alignment of etcdctl: heads centered, cells to the right. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return framed(head, rows, 'right');
}

function framed(head: readonly string[], rows: readonly (readonly string[])[], hAlign: 'left' | 'right'): string {
  const table = new CliTable({ style: { head: [], border: [] } });
  table.push(head.map((content) => ({ content, hAlign: 'center' as const })));
  for (const row of rows) table.push(row.map((content) => ({ content, hAlign })));
  // etcdctl separates the head from the rows, but not the rows from each other.
  const [top = '', heads = '', separator = '', ...body] = table.toString().split('\n');
  const lines = body.filter((line, at) => at === body.length - 1 || !line.startsWith('├'));
  return [top, heads, separator, ...lines, ''].join('\n');
}

export function keyValueTable(kvs: readonly KeyValue[], hex: boolean): string {
  const head = ['KEY', 'VALUE', 'VERSION', 'CREATE REVISION', 'MOD REVISION', 'LEASE'];
  const rows = kvs.map((kv) => [
    cell(kv.key, hex),
    cell(kv.value, hex),
    String(kv.version),
    String(kv.createRevision),
    String(kv.modRevision),
    kv.lease === 0n ? '' : hex64(kv.lease),
  ]);
  return framed(head, rows, 'left');
}

/** Bytes as the text of a cell. Bytes that are not UTF-8, and control characters, which would break the frame, are escaped. */
export function cell(bytes: Buffer, hex: boolean): string {
  if (hex || !isUtf8(bytes)) return toHex(bytes);
  // JSON's escapes, for control characters only.
  // eslint-disable-next-line no-control-regex
  return bytes.toString('utf8').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? toHex(Buffer.from(character)) : escaped;
  });
}
