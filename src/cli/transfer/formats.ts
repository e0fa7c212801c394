import type { Format } from './format.js';
import { jsonLines } from './jsonl.js';
import { tsv } from './tsv.js';

export const FORMATS = { tsv, jsonl: jsonLines } as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** By the end of the file's name; tab-separated where it says nothing. */
export function formatOfFile(path: string): FormatName {
  return /\.(?:jsonl|ndjson|json)$/i.test(path) ? 'jsonl' : 'tsv';
}
