import { crc32 } from 'node:zlib';
import { EngineCorruptionError } from '../../ports/engine.js';
import { asBuffer } from '../../util/bytes.js';

const CHECKSUM_BYTES = 4;

/** The largest sealed value that is made in memory of its own, in bytes. */
const REUSED_BYTES = 4096;

/**
 * The stored form of a value: followed by a CRC-32 of key and value, because LevelDB is opened without its own checks
 * and would return a flipped bit. The key is covered so that a value under a wrong key is detected.
 */
export class Sealer {
  readonly #buffer = Buffer.allocUnsafeSlow(REUSED_BYTES);
  /** Views of the buffer by their lengths. */
  readonly #views: (Buffer | undefined)[] = [];

  /** @returns bytes that the next call may overwrite */
  seal(key: Uint8Array, value: Uint8Array): Uint8Array {
    const { length } = value;
    const size = length + CHECKSUM_BYTES;
    const sealed = size <= REUSED_BYTES ? this.#view(size) : Buffer.allocUnsafeSlow(size);
    sealed.set(value);
    const checksum = crc32(value, crc32(key));
    sealed[length] = checksum;
    sealed[length + 1] = checksum >>> 8;
    sealed[length + 2] = checksum >>> 16;
    sealed[length + 3] = checksum >>> 24;
    return sealed;
  }

  #view(size: number): Buffer {
    return (this.#views[size] ??= this.#buffer.subarray(0, size));
  }
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
