import { crc32c, unmask } from './crc32c.js';

/*
 * The format of LevelDB's logs and manifests (doc/log_format.md): blocks of 32 KiB that hold fragments of records. A
 * fragment has a masked CRC-32C of type and payload (4 bytes), the length of the payload (2), a type (1), and the
 * payload. No fragment crosses the end of a block, whose last bytes are unused if no header fits.
 */

export const BLOCK_BYTES = 32 * 1024;
export const HEADER_BYTES = 7;

export interface Fragment {
  /** Size with its header. */
  readonly bytes: number;
  readonly beginsRecord: boolean;
  readonly endsRecord: boolean;
}

/** The fragment at an offset; undefined if it is damaged or incomplete. @param leftInBlock bytes to the end of the block */
export function soundFragment(bytes: Buffer, start: number, leftInBlock: number): Fragment | undefined {
  if (start + HEADER_BYTES > bytes.length) return undefined;
  const type = bytes.readUInt8(start + 6);
  const size = HEADER_BYTES + bytes.readUInt16LE(start + 4);
  if (type < 1 || type > 4 || size > leftInBlock || start + size > bytes.length) return undefined;
  const covered = bytes.subarray(start + 6, start + size);
  if (crc32c(covered) !== unmask(bytes.readUInt32LE(start))) return undefined;
  // A record is one fragment (1), or a first (2), middle ones (3) and a last (4).
  return { bytes: size, beginsRecord: type <= 2, endsRecord: type === 1 || type === 4 };
}
