import { etcdserverpb } from '../../gen/proto.js';
import { plainPut, type PlainPut } from './put-request.js';

// Tags of TxnRequest, Compare and RequestOp in proto/etcd/rpc.proto.
const COMPARE = 0x0a;
const SUCCESS = 0x12;
const COMPARE_RESULT = 0x08;
const COMPARE_TARGET = 0x10;
const COMPARE_KEY = 0x1a;
const REQUEST_PUT = 0x12;
/** The tag of the operand that belongs to each target. */
const OPERANDS: readonly number[] = [0x20, 0x28, 0x30];
const LAST_TARGET: number = etcdserverpb.Compare.CompareTarget.MOD;
const LAST_RESULT: number = etcdserverpb.Compare.CompareResult.NOT_EQUAL;

/** A comparison of a single key's version, or of a revision of it. */
export interface PlainCompare {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly target: etcdserverpb.Compare.CompareTarget;
  readonly result: etcdserverpb.Compare.CompareResult;
  readonly operand: number;
}

/** A transaction that puts keys if all comparisons hold, and does nothing otherwise. Offsets are those of its bytes. */
export interface PlainTxn {
  readonly bytes: Uint8Array;
  readonly compares: readonly PlainCompare[];
  readonly puts: readonly PlainPut[];
}

/**
 * Finds the comparisons and puts of a transaction in its bytes: those of imports, locks and conditional writes are all of
 * this form. It knows only the plain encoding that clients send.
 * @param from where the message begins
 * @param maxOps number of comparisons or puts behind which it stops to read
 * @returns undefined if the bytes need the codec, be it that the transaction has another form or is damaged
 */
export function readPlainTxn(bytes: Uint8Array, from = 0, maxOps = Infinity): PlainTxn | undefined {
  const scan = new TxnScan(bytes, from);
  return scan.read(maxOps) ? scan : undefined;
}

class TxnScan implements PlainTxn {
  readonly bytes: Uint8Array;
  readonly compares: PlainCompare[] = [];
  readonly puts: PlainPut[] = [];
  #at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.bytes = bytes;
    this.#at = from;
  }

  read(maxOps: number): boolean {
    const { bytes } = this;
    while (this.#at < bytes.length) {
      const tag = bytes[this.#at++];
      if (tag !== COMPARE && tag !== SUCCESS) return false;
      const length = this.#varint();
      const end = this.#at + length;
      if (length < 0 || end > bytes.length) return false;
      if (!(tag === COMPARE ? this.#compare(end) : this.#put(end))) return false;
      if (this.compares.length > maxOps || this.puts.length > maxOps) return true;
    }
    return this.puts.length > 0;
  }

  #compare(end: number): boolean {
    let keyStart = 0;
    let keyEnd = 0;
    let target = 0;
    let result = 0;
    let operand = 0;
    let operandTag = -1;
    while (this.#at < end) {
      const tag = this.bytes[this.#at++];
      const value = this.#varint();
      if (value < 0) return false;
      if (tag === COMPARE_KEY) {
        keyStart = this.#at;
        keyEnd = this.#at += value;
      } else if (tag === COMPARE_RESULT) result = value;
      else if (tag === COMPARE_TARGET) target = value;
      else {
        if (operandTag >= 0 && operandTag !== tag) return false;
        operandTag = tag ?? -1;
        operand = value;
      }
    }
    if (this.#at !== end || target > LAST_TARGET || result > LAST_RESULT) return false;
    // An operand of another target would not count.
    if (operandTag >= 0 && operandTag !== OPERANDS[target]) return false;
    this.compares.push({ keyStart, keyEnd, target, result, operand });
    return true;
  }

  #put(end: number): boolean {
    if (this.bytes[this.#at++] !== REQUEST_PUT) return false;
    const length = this.#varint();
    if (length < 0 || this.#at + length !== end) return false;
    const put = plainPut(this.bytes, this.#at, end);
    if (put === undefined) return false;
    this.puts.push(put);
    this.#at = end;
    return true;
  }

  /** @returns −1 for one that is cut, negative or beyond the safe integers */
  #varint(): number {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) return -1;
      value += (byte & 127) * scale;
      if (byte < 128) return Number.isSafeInteger(value) ? value : -1;
    }
    return -1;
  }
}
