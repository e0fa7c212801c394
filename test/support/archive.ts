import { archiveOf } from '../../src/kv/snapshot/archive.js';
import type { KvStore } from '../../src/kv/store.js';

/** The state of a store as the bytes of a snapshot file. */
export async function archiveBytes(store: KvStore): Promise<Buffer> {
  const source = store.openSnapshot();
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of archiveOf(source, (from) => store.sizeBytes(from))) pieces.push(Uint8Array.from(bytes));
  source.close();
  return Buffer.concat(pieces);
}
