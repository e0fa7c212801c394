import type { KeyValue } from '../../client/index.js';
import { toHex } from './text.js';

const NEWLINE = Buffer.from('\n');

export interface LineOptions {
  readonly hex: boolean;
  /** The key, the value, or both, each on a line of its own. */
  readonly parts: 'both' | 'key' | 'value';
}

/** Keys and values in lines, as etcdctl prints them: the bytes as they are, or as hex. */
export function keyValueLines(kvs: readonly KeyValue[], { hex, parts }: LineOptions): Buffer {
  const shown = (bytes: Buffer): Buffer => (hex ? Buffer.from(toHex(bytes)) : bytes);
  const lines = kvs.flatMap((kv) => [
    ...(parts === 'value' ? [] : [shown(kv.key), NEWLINE]),
    ...(parts === 'key' ? [] : [shown(kv.value), NEWLINE]),
  ]);
  return Buffer.concat(lines);
}
