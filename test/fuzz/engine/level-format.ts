import { crc32c } from '../../../src/engine/level/crc32c.js';
import { BLOCK_BYTES, HEADER_BYTES } from '../../../src/engine/level/log-format.js';
import { writeVarint, varintSize } from '../../../src/util/protobuf-wire.js';

// Writers of LevelDB's formats, in the plainest form (doc/log_format.md, db/write_batch.cc, db/version_edit.cc).

export function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintSize(value));
  writeVarint(bytes, 0, value);
  return bytes;
}

/** Bytes after their length. */
export function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** The stored form of a checksum. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function fragment(type: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + payload.length);
  bytes.writeUInt16LE(payload.length, 4);
  bytes[6] = type;
  payload.copy(bytes, HEADER_BYTES);
  bytes.writeUInt32LE(masked(crc32c(bytes.subarray(6))), 0);
  return bytes;
}

/** Records of a log or a manifest, divided into fragments. */
export function logOf(records: readonly Buffer[]): { readonly bytes: Buffer; readonly ends: readonly number[] } {
  const parts: Buffer[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const record of records) {
    for (let from = 0, isFirst = true; isFirst || from < record.length; isFirst = false) {
      const left = BLOCK_BYTES - (at % BLOCK_BYTES);
      if (left < HEADER_BYTES) {
        parts.push(Buffer.alloc(left));
        at += left;
      }
      const room = BLOCK_BYTES - (at % BLOCK_BYTES) - HEADER_BYTES;
      const to = Math.min(record.length, from + room);
      const type = isFirst ? (to === record.length ? 1 : 2) : to === record.length ? 4 : 3;
      parts.push(fragment(type, record.subarray(from, to)));
      at += HEADER_BYTES + to - from;
      from = to;
      if (to === record.length) break;
    }
    ends.push(at);
  }
  return { bytes: Buffer.concat(parts), ends };
}
