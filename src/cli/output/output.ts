import { assertNever } from '../../util/assert.js';
import { write, CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { toJson } from './text.js';

/** The formats of -w. */
export const OUTPUT_FORMATS = ['simple', 'json', 'table', 'fields'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** One answer in every format. Only the function of the chosen format is called. */
export interface Output {
  /** Lines, each with its newline. */
  readonly simple: () => string | Uint8Array;
  /** A value for `toJson`, in the shape of etcdctl's JSON. */
  readonly json: () => unknown;
  /** Lines of `"Name" : value`, as in fields.ts, without newlines. */
  readonly fields: () => readonly string[];
  /** Absent for an answer that is not a table. */
  readonly table?: () => string;
}

/** @throws CommandError where the answer does not exist in this format */
export async function writeOutput(streams: Streams, format: OutputFormat, output: Output): Promise<void> {
  await write(streams.stdout, render(format, output));
}

function render(format: OutputFormat, { simple, json, fields, table }: Output): string | Uint8Array {
  switch (format) {
    case 'simple':
      return simple();
    case 'json':
      return `${toJson(json())}\n`;
    case 'fields':
      return fields()
        .map((line) => `${line}\n`)
        .join('');
    case 'table':
      if (table === undefined) throw unsupportedTable();
      return table();
    default:
      return assertNever(format, 'output format');
  }
}

/** Refuses the format before a call is made whose answer could not be printed. @throws CommandError */
export function refuseTable(format: OutputFormat): void {
  if (format === 'table') throw unsupportedTable();
}

function unsupportedTable(): CommandError {
  return new CommandError('this command does not print tables: choose -w simple, json or fields');
}
