import type { EngineRow } from '../../ports/engine.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { asBuffer } from '../../util/bytes.js';

/** Rows in the body of a frame, each: length of the key u32 | length of the value u32 | key | value. */

const LENGTHS_BYTES = 8;

export function rowBytes({ key, value }: EngineRow): number {
  return LENGTHS_BYTES + key.length + value.length;
}

/** Writes rows in order. @returns the offset behind the last */
export function writeRows(target: Buffer, offset: number, rows: readonly EngineRow[]): number {
  let at = offset;
  for (const { key, value } of rows) {
    target.writeUInt32BE(key.length, at);
    target.writeUInt32BE(value.length, at + 4);
    target.set(key, at + LENGTHS_BYTES);
    target.set(value, at + LENGTHS_BYTES + key.length);
    at += LENGTHS_BYTES + key.length + value.length;
  }
  return at;
}

/** The rows of a body, as views. @throws SnapshotDamageError if they do not fill it exactly */
export function* readRows(bytes: Uint8Array): Generator<EngineRow, void, undefined> {
  const body = asBuffer(bytes);
  for (let at = 0; at < body.length;) {
    if (at + LENGTHS_BYTES > body.length) throw new SnapshotDamageError('a row of the snapshot is cut off');
    const key = at + LENGTHS_BYTES;
    const value = key + body.readUInt32BE(at);
    const end = value + body.readUInt32BE(at + 4);
    if (end > body.length) throw new SnapshotDamageError('a row of the snapshot is cut off');
    yield { key: body.subarray(key, value), value: body.subarray(value, end) };
    at = end;
  }
}
