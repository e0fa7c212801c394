import { crc32 } from 'node:zlib';
import { EngineCorruptionError } from '../../ports/engine.js';
import { asBuffer } from '../../util/bytes.js';

const CHECKSUM_BYTES = 4;

/**
 * The value as it is stored: followed by a CRC-32 of key and value, because LevelDB is opened without checks of its own
 * and would hand out a flipped bit. The key is covered so that a value cannot turn up under another key.
 */
export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = Buffer.allocUnsafe(value.length + CHECKSUM_BYTES);
  sealed.set(value);
  sealed.writeUInt32LE(crc32(value, crc32(key)), value.length);
  return sealed;
}

/** The value that was sealed: a view, no copy. @throws EngineCorruptionError naming the key */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const length = sealed.length - CHECKSUM_BYTES;
  if (length >= 0) {
    const value = sealed.subarray(0, length);
    if (asBuffer(sealed).readUInt32LE(length) === crc32(value, crc32(key))) return value;
  }
  throw new EngineCorruptionError(`the value of key ${asBuffer(key).toString('hex')} fails its checksum`);
}
