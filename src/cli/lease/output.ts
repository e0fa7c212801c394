import type { Header } from '../../client/index.js';
import { assertNever } from '../../util/assert.js';
import { hex64 } from '../../util/integer.js';
import type { OutputFormat } from '../client-options.js';
import { headerJson } from '../json.js';
import { write } from '../streams.js';
import type { Streams } from '../streams.js';
import { renderTable } from '../table.js';
import { toJson } from '../text.js';

/** An answer about leases, in each form that it can be asked for. */
export interface LeaseOutput {
  readonly header: Header;
  /** Lines, each with its end. */
  readonly simple: string;
  /** What stands beside the header's fields: etcdctl puts both on one level. */
  readonly json: object;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export async function writeLease(streams: Streams, format: OutputFormat, output: LeaseOutput): Promise<void> {
  await write(streams.stdout, render(format, output));
}

function render(format: OutputFormat, { header, simple, json, head, rows }: LeaseOutput): string {
  switch (format) {
    case 'simple':
      return simple;
    case 'json':
      return `${toJson({ ...headerJson(header), ...json })}\n`;
    case 'table':
      return renderTable(head, rows);
    default:
      return assertNever(format, 'output format');
  }
}

/** A renewal, as one line. */
export function renewedLine({ id, ttlSeconds }: { readonly id: bigint; readonly ttlSeconds: number }): string {
  return `lease ${hex64(id)} keepalived with TTL(${ttlSeconds})\n`;
}

export function goneLine(id: bigint): string {
  return `lease ${hex64(id)} expired or revoked.\n`;
}
