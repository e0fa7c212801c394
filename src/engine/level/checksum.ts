import { crc32 } from 'node:zlib';
import { EngineCorruptionError } from '../../ports/engine.js';
import { asBuffer } from '../../util/bytes.js';

const CHECKSUM_BYTES = 4;

/**
 * The stored form of a value: followed by a CRC-32 of key and value, because LevelDB is opened without its own checks
 * and would return a flipped bit. The key is covered so that a value under a wrong key is detected.
 */
export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = Buffer.allocUnsafe(value.length + CHECKSUM_BYTES);
  sealed.set(value);
  sealed.writeUInt32LE(crc32(value, crc32(key)), value.length);
  return sealed;
}

/** The sealed value, as a view. @throws EngineCorruptionError naming the key */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const length = sealed.length - CHECKSUM_BYTES;
  if (length >= 0) {
    const value = sealed.subarray(0, length);
    if (asBuffer(sealed).readUInt32LE(length) === crc32(value, crc32(key))) return value;
  }
  throw new EngineCorruptionError(`the value of key ${asBuffer(key).toString('hex')} fails its checksum`);
}
