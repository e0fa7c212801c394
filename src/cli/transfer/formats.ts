import type { Format } from './format.js';
import { jsonLines } from './jsonl.js';
import { tsv } from './tsv.js';

export const FORMATS = { tsv, jsonl: jsonLines } as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** The format by the file's extension; tab-separated by default. */
export function formatOfFile(path: string): FormatName {
  return /\.(?:jsonl|ndjson|json)$/i.test(path) ? 'jsonl' : 'tsv';
}
