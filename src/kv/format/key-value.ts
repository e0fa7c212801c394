import { EMPTY } from '../../util/bytes.js';
import { WireReader } from './wire.js';
import {
  bytesFieldSize,
  tagOf,
  varintSize,
  varintSizeBigInt,
  WIRE_LENGTH,
  WIRE_VARINT,
  writeBytesField,
  writeVarint,
  writeVarintBigInt,
} from '../../util/protobuf-wire.js';

/** One version of a key: the fields of mvccpb.KeyValue. */
export interface KeyValue {
  readonly key: Uint8Array;
  /** The revision of the put that created the key. */
  readonly createRevision: number;
  /** The revision of the put that wrote this version. */
  readonly modRevision: number;
  /** Puts since the key was created; 1 for the first. */
  readonly version: number;
  readonly value: Uint8Array;
  /** Opaque; 0 for none. */
  readonly lease: bigint;
}

const KEY = tagOf(1, WIRE_LENGTH);
const CREATE_REVISION = tagOf(2, WIRE_VARINT);
const MOD_REVISION = tagOf(3, WIRE_VARINT);
const VERSION = tagOf(4, WIRE_VARINT);
const VALUE = tagOf(5, WIRE_LENGTH);
const LEASE = tagOf(6, WIRE_VARINT);

/** Encodes mvccpb.KeyValue as etcd does: fields in order, without those at their default. */
export function encodeKeyValue(version: KeyValue): Uint8Array {
  const { key, value, lease } = version;
  let size = bytesFieldSize(key);
  size += 3 + varintSize(version.createRevision) + varintSize(version.modRevision) + varintSize(version.version);
  if (value.length > 0) size += bytesFieldSize(value);
  if (lease !== 0n) size += 1 + varintSizeBigInt(lease);
  const bytes = Buffer.allocUnsafe(size);
  let at = writeBytesField(bytes, 0, KEY, key);
  bytes[at] = CREATE_REVISION;
  at = writeVarint(bytes, at + 1, version.createRevision);
  bytes[at] = MOD_REVISION;
  at = writeVarint(bytes, at + 1, version.modRevision);
  bytes[at] = VERSION;
  at = writeVarint(bytes, at + 1, version.version);
  if (value.length > 0) at = writeBytesField(bytes, at, VALUE, value);
  if (lease !== 0n) {
    bytes[at] = LEASE;
    writeVarintBigInt(bytes, at + 1, lease);
  }
  return bytes;
}

/** Decodes what encodeKeyValue wrote; keys and values are views. @throws RangeError on any other bytes */
export function decodeKeyValue(bytes: Uint8Array): KeyValue {
  const reader = new WireReader(bytes);
  let key = EMPTY;
  let createRevision = 0;
  let modRevision = 0;
  let version = 0;
  let value = EMPTY;
  let lease = 0n;
  while (!reader.done) {
    const tag = reader.varint();
    if (tag === KEY) key = reader.bytes();
    else if (tag === CREATE_REVISION) createRevision = reader.varint();
    else if (tag === MOD_REVISION) modRevision = reader.varint();
    else if (tag === VERSION) version = reader.varint();
    else if (tag === VALUE) value = reader.bytes();
    else if (tag === LEASE) lease = reader.varintBigInt();
    else throw new RangeError(`a stored key-value has the tag ${tag}`);
  }
  return { key, createRevision, modRevision, version, value, lease };
}

/** Decodes only the revisions, which follow the key. */
export function decodeRevisions(bytes: Uint8Array): Pick<KeyValue, 'createRevision' | 'modRevision' | 'version'> {
  const reader = new WireReader(bytes, 1);
  reader.skipBytes();
  reader.varint();
  const createRevision = reader.varint();
  reader.varint();
  const modRevision = reader.varint();
  reader.varint();
  return { createRevision, modRevision, version: reader.varint() };
}

export function modRevisionOf(bytes: Uint8Array): number {
  return decodeRevisions(bytes).modRevision;
}

/** Decodes only the lease; 0 for none. */
export function leaseOf(bytes: Uint8Array): bigint {
  const reader = new WireReader(bytes, 1);
  reader.skipBytes();
  while (!reader.done) {
    const tag = reader.varint();
    if (tag === LEASE) return reader.varintBigInt();
    if (tag === VALUE) reader.skipBytes();
    else reader.varint();
  }
  return 0n;
}

/** The user key, as a view. */
export function keyOf(bytes: Uint8Array): Uint8Array {
  return new WireReader(bytes, 1).bytes();
}

/** The same version without its value, as `keys_only` returns it. */
export function withoutValue(bytes: Uint8Array): Uint8Array {
  return encodeKeyValue({ ...decodeKeyValue(bytes), value: EMPTY });
}
