import type { Header } from '../../../client/index.js';
import { hex64 } from '../../../util/integer.js';
import { headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import type { OutputFormat } from '../../output/output.js';
import type { Streams } from '../../process/streams.js';
import { renderTable } from '../../output/table.js';

/** An answer about leases in every format. */
export interface LeaseOutput {
  readonly header: Header;
  /** Lines, each with its newline. */
  readonly simple: string;
  /** The fields beside those of the header: etcdctl puts both on one level. */
  readonly json: object;
  /** Lines after those of the header. */
  readonly fields: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export async function writeLease(streams: Streams, format: OutputFormat, output: LeaseOutput): Promise<void> {
  const { header, simple, json, fields, head, rows } = output;
  await writeOutput(streams, format, {
    simple: () => simple,
    json: () => ({ ...headerJson(header), ...json }),
    fields: () => [...headerFields(header), ...fields],
    table: () => renderTable(head, rows),
  });
}

export function renewedLine({ id, ttlSeconds }: { readonly id: bigint; readonly ttlSeconds: number }): string {
  return `lease ${hex64(id)} keepalived with TTL(${ttlSeconds})\n`;
}

export function expiredLine(id: bigint): string {
  return `lease ${hex64(id)} expired or revoked.\n`;
}
