import type { raftkvpb } from '../../gen/proto.js';
import { asBuffer } from '../../util/bytes.js';
import { nameOf } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';

/** The values of each type of index, as they come back. */
export interface IndexValues {
  /** Ordered by the bytes of its UTF-8. */
  readonly string: string;
  /** An IEEE 754 double, ordered by value. */
  readonly number: number;
  /** False before true. */
  readonly boolean: boolean;
  /** Ordered by the bytes. */
  readonly bytes: Buffer;
}

export type IndexType = keyof IndexValues;

/** A value of an index of the type. */
export type IndexValue<T extends IndexType = IndexType> = IndexValues[T];

/** The same as an argument: bytes need not be a Buffer. */
export type IndexArgument<T extends IndexType = IndexType> = T extends 'bytes' ? Uint8Array : IndexValues[T];

type WireValue = raftkvpb.IndexValue.$Properties;

/**
 * @param type the type that the caller has stated for the index; undefined if it has not: the server then checks
 * @throws RaftKvError `invalid-argument` for a value that no index has, or that one of this type does not have
 */
export function toWireIndexValue(value: unknown, type?: IndexType): WireValue {
  const given = typeOf(value);
  if (given === undefined) throw invalidArgument(`a value of an index must not be ${nameOf(value)}`);
  if (type !== undefined && type !== given) {
    throw invalidArgument(`the values of this index have the type ${type}, not ${given}`);
  }
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value !== 'number') return { bytesValue: value as Uint8Array };
  if (!Number.isFinite(value)) throw invalidArgument(`a number of an index must be finite, not ${value}`);
  return { numberValue: value };
}

/** The value of an answer; undefined if it is of a kind that this version does not know. */
export function fromWireIndexValue(wire: WireValue | null | undefined): IndexValue | undefined {
  const value = wire?.stringValue ?? wire?.numberValue ?? wire?.booleanValue ?? wire?.bytesValue ?? undefined;
  return value instanceof Uint8Array ? asBuffer(value) : value;
}

/** The type of the indexes that can have the value; undefined for a value that none can have. */
export function typeOf(value: unknown): IndexType | undefined {
  if (value instanceof Uint8Array) return 'bytes';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : undefined;
}
