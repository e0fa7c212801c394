import { isSealed } from '../checksum.js';

/*
 * A batch in LevelDB's log (db/write_batch.cc): sequence of its first operation (8 bytes), number of operations (4), then
 * the operations: 1, key and value, or 0 and a key, each preceded by its length as a variable-length integer.
 *
 * Each fragment of a record has a checksum of its own, and the record has none. A block with old content of the disk,
 * from another log, can therefore pass as the middle or the end of a batch. It is detected by the operation that crosses
 * from one fragment to the next, whose value has a checksum over key and value, and by the number of operations.
 */

const HEADER_BYTES = 12;
const DELETION = 0;
const VALUE = 1;
/** Bytes of a length, at most: it has 32 bits. */
const LENGTH_BYTES_MAX = 5;
/** An operation larger than this, in bytes, is taken for damage, so that a wrong length does not fill the memory. */
const OPERATION_BYTES_MAX = 64 * 1024 * 1024;

export interface SoundBatch {
  readonly sequence: number;
  readonly count: number;
}

/** Checks the fragments of one batch after the other. Keeps the bytes of at most one operation. */
export class BatchCheck {
  #sequence = 0;
  /** Operations that the header states; undefined before the header is read. */
  #count: number | undefined;
  #found = 0;
  #isDamaged = false;
  /** The start of an operation, or of the header, that continues in the next fragment. */
  #carried: Buffer[] = [];
  #carriedBytes = 0;
  /** Bytes before which it cannot be read further. */
  #neededBytes = 0;
  readonly #operation = new OperationReader();

  begin(): void {
    this.#count = undefined;
    this.#found = 0;
    this.#isDamaged = false;
    this.#carried = [];
    this.#carriedBytes = 0;
  }

  /** Takes the payload of the next fragment, which may change afterwards. */
  add(payload: Buffer): void {
    if (this.#isDamaged) return;
    if (this.#carriedBytes === 0) this.#read(payload, false);
    else if (this.#carriedBytes + payload.length < this.#neededBytes) this.#carry(payload);
    else {
      const joined = Buffer.concat([...this.#carried, payload]);
      this.#carried = [];
      this.#carriedBytes = 0;
      this.#read(joined, true);
    }
  }

  /** Ends the batch. @returns undefined if it is damaged */
  end(): SoundBatch | undefined {
    const count = this.#count;
    if (this.#isDamaged || count === undefined || this.#carriedBytes > 0 || this.#found !== count) return undefined;
    return { sequence: this.#sequence, count };
  }

  /** @param crosses whether the bytes begin with parts of earlier fragments */
  #read(bytes: Buffer, crosses: boolean): void {
    let at = 0;
    if (this.#count === undefined) {
      if (bytes.length < HEADER_BYTES) return this.#carryFrom(bytes, HEADER_BYTES);
      this.#sequence = bytes.readUInt32LE(0) + bytes.readUInt32LE(4) * 2 ** 32;
      this.#count = bytes.readUInt32LE(8);
      at = HEADER_BYTES;
    }
    const operation = this.#operation;
    for (let isFirst = true; at < bytes.length; isFirst = false) {
      const end = operation.read(bytes, at);
      if (end > bytes.length) return this.#carryFrom(bytes.subarray(at), end - at);
      if (end < 0 || (isFirst && crosses && !operation.isSealed(bytes))) {
        this.#isDamaged = true;
        return;
      }
      this.#found++;
      at = end;
    }
  }

  #carryFrom(bytes: Buffer, neededBytes: number): void {
    this.#neededBytes = neededBytes;
    if (neededBytes > OPERATION_BYTES_MAX) this.#isDamaged = true;
    else this.#carry(bytes);
  }

  #carry(bytes: Buffer): void {
    this.#carried.push(Buffer.from(bytes));
    this.#carriedBytes += bytes.length;
  }
}

/** Finds the parts of an operation. */
class OperationReader {
  #keyStart = 0;
  #keyEnd = 0;
  #valueStart = 0;
  /** −1 for a deletion. */
  #valueEnd = -1;
  /** Where the length that was read last ends. */
  #lengthEnd = 0;

  /** @returns where it ends; a number beyond the bytes, at most its end, if it is incomplete; −1 if it is damaged */
  read(bytes: Buffer, start: number): number {
    const type = bytes[start];
    if (type !== VALUE && type !== DELETION) return -1;
    const keyBytes = this.#length(bytes, start + 1);
    if (keyBytes < 0 || this.#lengthEnd > bytes.length) return keyBytes < 0 ? -1 : this.#lengthEnd;
    this.#keyStart = this.#lengthEnd;
    this.#keyEnd = this.#keyStart + keyBytes;
    this.#valueEnd = -1;
    if (type === DELETION || this.#keyEnd >= bytes.length) return this.#keyEnd + (type === DELETION ? 0 : 1);
    const valueBytes = this.#length(bytes, this.#keyEnd);
    if (valueBytes < 0 || this.#lengthEnd > bytes.length) return valueBytes < 0 ? -1 : this.#lengthEnd;
    this.#valueStart = this.#lengthEnd;
    this.#valueEnd = this.#valueStart + valueBytes;
    return this.#valueEnd;
  }

  /** Whether the checksum of the value holds. A deletion has none. */
  isSealed(bytes: Buffer): boolean {
    if (this.#valueEnd < 0) return true;
    return isSealed(bytes.subarray(this.#keyStart, this.#keyEnd), bytes.subarray(this.#valueStart, this.#valueEnd));
  }

  /** A variable-length integer, which ends beyond the bytes if it is incomplete; −1 if it is too long. */
  #length(bytes: Buffer, start: number): number {
    let value = 0;
    for (let digit = 0; digit < LENGTH_BYTES_MAX; digit++) {
      this.#lengthEnd = start + digit + 1;
      const byte = bytes[start + digit];
      if (byte === undefined) return 0;
      value += (byte & 0x7f) * 2 ** (7 * digit);
      if (byte < 0x80) return value;
    }
    return -1;
  }
}
