import { jsonLines } from './jsonl.js';
import { tsv } from './tsv.js';

/** What one line stands for. */
export interface Pair {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A way to write keys and values in lines; any bytes survive the way there and back. */
export interface Format {
  /** Undefined for a line that stands for nothing. @throws FormatError */
  parse(line: Buffer): Pair | undefined;
  /** The line, with its newline. */
  format(pair: Pair): Buffer;
}

export const FORMATS = { tsv, jsonl: jsonLines } as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** By the end of the file's name; tab-separated where it says nothing. */
export function formatOfFile(path: string): FormatName {
  return /\.(?:jsonl|ndjson|json)$/i.test(path) ? 'jsonl' : 'tsv';
}
