import { raftkvpb as pb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { assert } from '../../util/assert.js';
import { clampInteger } from '../../util/integer.js';
import { bytesArgument, integerArgument, nameOf, stringArgument, wordArgument } from '../calls/arguments.js';
import { invalidArgument } from '../errors.js';
import { toKeyRange } from '../keys/key-range.js';
import type { Bytes, RangeSelector } from '../keys/key-range.js';
import type { IndexType } from './values.js';

/** A segment of the key: what precedes and follows is split off at each separator behind the prefix. */
export interface KeySegment {
  /** From 0. */
  readonly position: number;
  /** At least one byte. */
  readonly separator: Bytes;
  /** What precedes the segments. A key that does not begin with it has no entry. Default: nothing. */
  readonly prefix?: Bytes;
}

/**
 * Where the value of an entry comes from: what a JSON Pointer (RFC 6901) finds in the value of the key, such as `/email`;
 * a segment of the key; or the whole value of the key.
 */
export type IndexSource = { readonly json: string } | { readonly segment: KeySegment } | { readonly wholeValue: true };

export type IndexDefinition = IndexSource & {
  /** The keys that the index covers. */
  readonly keys: Bytes | RangeSelector;
  /** Default: `string`. */
  readonly type?: IndexType;
  /** Each element of a JSON array is a value. Only with `json`. */
  readonly multiple?: boolean;
  /** A write that would give two keys the same value is refused as `already-exists`, once the index is ready. */
  readonly unique?: boolean;
};

/**
 * - `building`: the keys that existed at its creation are still added; queries are refused
 * - `ready`: it can be queried
 * - `failed`: it should be unique, but two keys had the same value while it was built; drop it
 */
export type IndexState = 'building' | 'ready' | 'failed';

export interface IndexInfo {
  readonly name: string;
  /** The first key that it covers. */
  readonly key: Buffer;
  /** The end of its keys (exclusive); empty for one key, and one zero byte for all keys from `key` on. */
  readonly rangeEnd: Buffer;
  readonly source: IndexSource;
  readonly type: IndexType;
  readonly multiple: boolean;
  readonly unique: boolean;
  /** Another index of the same name, created later, has another id. */
  readonly id: number;
  readonly state: IndexState;
  /** The oldest revision that can be queried; 0 until it is ready. */
  readonly readyRevision: number;
}

const { STRING, NUMBER, BOOLEAN, BYTES } = pb.IndexDefinition.Type;
export const INDEX_TYPES = { string: STRING, number: NUMBER, boolean: BOOLEAN, bytes: BYTES } as const;
const TYPE_NAMES: ReadonlyMap<number, IndexType> = new Map([
  [STRING, 'string'],
  [NUMBER, 'number'],
  [BOOLEAN, 'boolean'],
  [BYTES, 'bytes'],
]);
const { READY, FAILED } = pb.IndexInfo.State;

/** @throws RaftKvError `invalid-argument` */
export function toWireDefinition(
  name: string,
  definition: IndexDefinition,
  fallback: IndexType = 'string',
): pb.IndexDefinition.$Properties {
  const { keys, type = fallback, multiple = false, unique = false } = definition;
  return {
    name: stringArgument(name, 'the name of an index'),
    ...toKeyRange(keys),
    source: toWireSource(definition),
    type: wordArgument<pb.IndexDefinition.Type>(type, 'the type of an index', INDEX_TYPES),
    multiple,
    unique,
  };
}

function toWireSource(source: IndexSource): pb.IndexSource.$Properties {
  const given = ['json', 'segment', 'wholeValue'].filter((field) => field in source);
  if (given.length !== 1) {
    throw invalidArgument(`an index takes one of json, segment and wholeValue, not ${given.join(' and ') || 'none'}`);
  }
  if ('json' in source) return { json: stringArgument(source.json, 'a JSON Pointer') };
  if ('segment' in source) return { keySegment: toWireSegment(source.segment) };
  const wholeValue: unknown = source.wholeValue;
  if (wholeValue !== true) throw invalidArgument(`wholeValue must be true, not ${nameOf(wholeValue)}`);
  return { wholeValue: true };
}

function toWireSegment({ position, separator, prefix = EMPTY }: KeySegment): pb.KeySegment.$Properties {
  return {
    position: integerArgument(position, 'the position of a segment', 0),
    separator: bytesArgument(separator, 'a separator'),
    prefix: bytesArgument(prefix, 'a prefix'),
  };
}

export function toIndexInfo({ definition, id, state, readyRevision }: pb.IndexInfo.$Properties): IndexInfo {
  const { name, key, rangeEnd, source, type, multiple, unique } = definition ?? {};
  const typeName = TYPE_NAMES.get(type ?? STRING);
  assert(typeName !== undefined, `an index of type ${type}`);
  return {
    name: name ?? '',
    key: asBuffer(key ?? EMPTY),
    rangeEnd: asBuffer(rangeEnd ?? EMPTY),
    source: toSource(source ?? {}),
    type: typeName,
    multiple: multiple ?? false,
    unique: unique ?? false,
    id: id ?? 0,
    state: stateOf(state),
    readyRevision: clampInteger(readyRevision),
  };
}

function toSource({ json, keySegment }: pb.IndexSource.$Properties): IndexSource {
  if (keySegment !== null && keySegment !== undefined) {
    const { position, separator, prefix } = keySegment;
    const segment = { position: position ?? 0, separator: asBuffer(separator ?? EMPTY) };
    return { segment: { ...segment, prefix: asBuffer(prefix ?? EMPTY) } };
  }
  return json === null || json === undefined ? { wholeValue: true } : { json };
}

function stateOf(state: pb.IndexInfo.State | null | undefined): IndexState {
  if (state === READY) return 'ready';
  return state === FAILED ? 'failed' : 'building';
}
