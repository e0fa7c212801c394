import { etcdserverpb } from '../../gen/proto.js';
import { EMPTY } from '../../util/bytes.js';
import { toBigInt, type WireInteger } from '../../util/integer.js';

/** The fields of a PutRequest. Key and value are views of its bytes. */
export interface PutFields {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly lease: WireInteger;
  readonly prevKv: boolean;
  readonly ignoreValue: boolean;
  readonly ignoreLease: boolean;
}

/** A put as the codec takes it, or as `readPut` reads it. */
export type PutProperties = Omit<etcdserverpb.PutRequest.$Properties, 'lease'> & {
  readonly lease?: WireInteger | null | undefined;
};

const KEY = 0x0a;
const VALUE = 0x12;
const LEASE = 0x18;
const PREV_KV = 0x20;
const IGNORE_VALUE = 0x28;
const IGNORE_LEASE = 0x30;
/** Bytes of the longest length that is read here: 2^28 − 1. */
const LENGTH_BYTES_MAX = 4;

/**
 * Finds the fields of a PutRequest in its bytes, without an object for the message: puts are the most frequent writes,
 * and each is read on every member. Of a repeated field the last counts, as in protobuf. It knows only the plain
 * encoding that all clients send; what it does not know is left to the codec.
 */
class PutScan implements PutShape {
  readonly #at = { key: 0, keyEnd: 0, value: 0, valueEnd: 0 };
  #leaseLow = 0;
  #leaseHigh = 0;
  #prevKv = false;
  #ignoreValue = false;
  #ignoreLease = false;
  #bytes: Uint8Array = EMPTY;
  #offset = 0;

  /** @param from where the message begins @param to where it ends @returns false if the bytes need the codec, be it that they are unusual or damaged */
  scan(bytes: Uint8Array, from: number, to = bytes.length): boolean {
    this.#reset(bytes, from);
    const at = this.#at;
    while (this.#offset < to) {
      const tag = bytes[this.#offset++];
      if (tag === KEY || tag === VALUE) {
        const length = this.#length();
        const start = this.#offset;
        if (length < 0 || start + length > to) return false;
        this.#offset += length;
        if (tag === KEY) {
          at.key = start;
          at.keyEnd = this.#offset;
        } else {
          at.value = start;
          at.valueEnd = this.#offset;
        }
      } else if (tag === LEASE) {
        if (!this.#lease()) return false;
      } else if (tag === PREV_KV || tag === IGNORE_VALUE || tag === IGNORE_LEASE) {
        const flag = bytes[this.#offset++];
        if (flag !== 0 && flag !== 1) return false;
        if (tag === PREV_KV) this.#prevKv = flag === 1;
        else if (tag === IGNORE_VALUE) this.#ignoreValue = flag === 1;
        else this.#ignoreLease = flag === 1;
      } else return false;
    }
    return this.#offset === to;
  }

  get keyBytes(): number {
    return this.#at.keyEnd - this.#at.key;
  }

  get valueBytes(): number {
    return this.#at.valueEnd - this.#at.value;
  }

  get hasLease(): boolean {
    return this.#leaseLow !== 0 || this.#leaseHigh !== 0;
  }

  get ignoresValue(): boolean {
    return this.#ignoreValue;
  }

  get ignoresLease(): boolean {
    return this.#ignoreLease;
  }

  /** Where `scan` found key and value; undefined if the put has a lease or options. */
  plain(): PlainPut | undefined {
    const { key: keyStart, keyEnd, value: valueStart, valueEnd } = this.#at;
    const isPlain = !(this.hasLease || this.#prevKv || this.#ignoreValue || this.#ignoreLease);
    return isPlain ? { keyStart, keyEnd, valueStart, valueEnd } : undefined;
  }

  /** The fields that `scan` found. */
  fields(): PutFields {
    const { key, keyEnd, value, valueEnd } = this.#at;
    const bytes = this.#bytes;
    this.#bytes = EMPTY;
    return {
      key: bytes.subarray(key, keyEnd),
      value: value === valueEnd ? EMPTY : bytes.subarray(value, valueEnd),
      lease: this.hasLease ? { low: this.#leaseLow, high: this.#leaseHigh, unsigned: false } : 0,
      prevKv: this.#prevKv,
      ignoreValue: this.#ignoreValue,
      ignoreLease: this.#ignoreLease,
    };
  }

  #reset(bytes: Uint8Array, from: number): void {
    const at = this.#at;
    at.key = at.keyEnd = at.value = at.valueEnd = 0;
    this.#leaseLow = this.#leaseHigh = 0;
    this.#prevKv = this.#ignoreValue = this.#ignoreLease = false;
    this.#bytes = bytes;
    this.#offset = from;
  }

  /** @returns −1 for a length that is cut, or longer than any request */
  #length(): number {
    let length = 0;
    for (let count = 0; count < LENGTH_BYTES_MAX; count++) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) return -1;
      length |= (byte & 127) << (7 * count);
      if (byte < 128) return length;
    }
    return -1;
  }

  /** Reads 64 bits into two halves. Ids of leases use all of them. */
  #lease(): boolean {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) return false;
      const bits = byte & 127;
      if (shift < 32) low |= bits << shift;
      if (shift > 25) high |= shift < 32 ? bits >>> (32 - shift) : bits << (shift - 32);
      if (byte >= 128) continue;
      this.#leaseLow = low | 0;
      this.#leaseHigh = high | 0;
      return true;
    }
    return false;
  }
}

const scan = new PutScan();

/** Reads the PutRequest in bytes from an offset on. @throws the codec's errors on bytes that are no such message */
export function readPut(bytes: Uint8Array, from = 0): PutFields {
  return scan.scan(bytes, from) ? scan.fields() : etcdserverpb.PutRequest.decode(bytes.subarray(from));
}

/** A put of a key and a value, without a lease and without options. The offsets are those of its bytes. */
export interface PlainPut {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The PutRequest between two offsets; undefined if it is not plain, or its bytes need the codec. */
export function plainPut(bytes: Uint8Array, from: number, to: number): PlainPut | undefined {
  return scan.scan(bytes, from, to) ? scan.plain() : undefined;
}

/** What a put is checked for before it reaches the log. */
export interface PutShape {
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly hasLease: boolean;
  readonly ignoresValue: boolean;
  readonly ignoresLease: boolean;
}

/**
 * The shape of the PutRequest in bytes from an offset on, valid until the next call.
 * @throws the codec's errors on bytes that are no such message
 */
export function putShape(bytes: Uint8Array, from = 0): PutShape {
  return scan.scan(bytes, from) ? scan : shapeOf(etcdserverpb.PutRequest.decode(bytes.subarray(from)));
}

export function shapeOf({ key, value, lease, ignoreValue, ignoreLease }: PutProperties): PutShape {
  return {
    keyBytes: key?.length ?? 0,
    valueBytes: value?.length ?? 0,
    hasLease: toBigInt(lease) !== 0n,
    ignoresValue: ignoreValue === true,
    ignoresLease: ignoreLease === true,
  };
}
