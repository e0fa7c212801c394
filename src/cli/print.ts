import type { KeyValue } from '../client/index.js';
import { toHex } from './text.js';

const NEWLINE = Buffer.from('\n');

export interface PrintOptions {
  readonly hex: boolean;
  /** The key, the value, or both, each on a line. */
  readonly parts: 'both' | 'key' | 'value';
}

/** Keys and values line by line, as etcdctl prints them; any bytes as they are, unless hex is asked for. */
export function simpleLines(kvs: readonly KeyValue[], { hex, parts }: PrintOptions): Buffer {
  const shown = (bytes: Buffer): Buffer => (hex ? Buffer.from(toHex(bytes)) : bytes);
  const lines = kvs.flatMap((kv) => [
    ...(parts === 'value' ? [] : [shown(kv.key), NEWLINE]),
    ...(parts === 'key' ? [] : [shown(kv.value), NEWLINE]),
  ]);
  return Buffer.concat(lines);
}
