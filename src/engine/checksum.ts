import { crc32 } from 'node:zlib';
import { EngineCorruptionError } from '../ports/engine.js';
import { asBuffer } from '../util/bytes.js';
import { ReusedBytes } from '../util/reused-bytes.js';

/** What a stored value has more than the value. */
export const CHECKSUM_BYTES = 4;

/** Bytes up to which a loop here takes less time than a call of zlib. */
const SHORT_BYTES = 48;

/**
 * The stored form of a value: followed by a CRC-32 of key and value, because LevelDB is opened without its own checks,
 * and LMDB has none: they would return a flipped bit. The key is covered so that a value under a wrong key is detected.
 */
export class Sealer {
  readonly #sealed = new ReusedBytes();

  /** @returns bytes that the next call may overwrite */
  seal(key: Uint8Array, value: Uint8Array): Uint8Array {
    const { length } = value;
    const sealed = this.#sealed.take(length + CHECKSUM_BYTES);
    sealed.set(value);
    const checksum = checksumOf(key, value);
    sealed[length] = checksum;
    sealed[length + 1] = checksum >>> 8;
    sealed[length + 2] = checksum >>> 16;
    sealed[length + 3] = checksum >>> 24;
    return sealed;
  }
}

/** The sealed value, as a view. @throws EngineCorruptionError naming the key */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const value = valueOf(key, sealed);
  if (value !== undefined) return value;
  throw new EngineCorruptionError(`the value of key ${asBuffer(key).toString('hex')} fails its checksum`);
}

/** Whether the checksum of a stored value holds. */
export function isSealed(key: Uint8Array, sealed: Uint8Array): boolean {
  return valueOf(key, sealed) !== undefined;
}

function valueOf(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const length = sealed.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const value = sealed.subarray(0, length);
  return asBuffer(sealed).readUInt32LE(length) === checksumOf(key, value) ? value : undefined;
}

function checksumOf(key: Uint8Array, value: Uint8Array): number {
  return continued(continued(0, key), value);
}

/** The CRC-32 of what has the CRC-32 `before`, followed by bytes. */
function continued(before: number, bytes: Uint8Array): number {
  if (bytes.length > SHORT_BYTES) return crc32(bytes, before);
  let crc = ~before;
  for (let at = 0; at < bytes.length; at++) crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The effect of each byte: the CRC-32 of IEEE 802.3, as zlib's. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
