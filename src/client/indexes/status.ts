import type { raftkvpb as pb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { RaftKvError } from '../errors.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { toIndexInfo } from './definition.js';
import type { IndexInfo } from './definition.js';
import { fromWireIndexValue } from './values.js';
import type { IndexValue } from './values.js';

/** Two keys that have the same value, of an index that should be unique. */
export interface IndexDuplicate {
  readonly value: IndexValue | undefined;
  readonly key: Buffer;
  readonly otherKey: Buffer;
}

/** The state of an index at the member that was asked. */
export interface IndexStatus {
  readonly index: IndexInfo;
  /** Keys of its range that it covers so far, with entries or without. */
  readonly keysIndexed: number;
  /** Keys of its range; undefined while the member still counts them after its start. */
  readonly keysInRange: number | undefined;
  readonly entries: number;
  /** Covered keys without an entry: not JSON, no such path, another type, or too large. */
  readonly keysLeftOut: number;
  /** Examples, if the state is `failed`. */
  readonly duplicates: readonly IndexDuplicate[];
  readonly header: Header;
}

export interface IndexListResult {
  /** By name. */
  readonly indexes: readonly IndexInfo[];
  readonly header: Header;
}

/** The index that a change made, and the header of the answer. */
export interface IndexResult {
  readonly index: IndexInfo;
  readonly header: Header;
}

export function toIndexStatus(wire: pb.IndexStatusResponse.$Properties): IndexStatus {
  const keysInRange = clampInteger(wire.keysInRange);
  return {
    index: toIndexInfo(wire.index ?? {}),
    keysIndexed: clampInteger(wire.keysIndexed),
    keysInRange: keysInRange < 0 ? undefined : keysInRange,
    entries: clampInteger(wire.entries),
    keysLeftOut: clampInteger(wire.keysLeftOut),
    duplicates: (wire.duplicates ?? []).map(toDuplicate),
    header: toHeader(wire.header),
  };
}

function toDuplicate({ value, key, otherKey }: pb.IndexDuplicate.$Properties): IndexDuplicate {
  return { value: fromWireIndexValue(value), key: asBuffer(key ?? EMPTY), otherKey: asBuffer(otherKey ?? EMPTY) };
}

export function toIndexList({ indexes, header }: pb.IndexListResponse.$Properties): IndexListResult {
  return { indexes: (indexes ?? []).map(toIndexInfo), header: toHeader(header) };
}

/** The error of an index that cannot become ready. */
export function failedIndex({ index, duplicates: [first] }: IndexStatus): RaftKvError {
  const example =
    first === undefined ? '' : `: ${text(first.key)} and ${text(first.otherKey)} have ${shown(first.value)}`;
  const message = `index ${index.name} has failed: its values are not unique${example}`;
  return new RaftKvError({ code: 'failed-precondition', message, fate: 'not-applied', retryable: false });
}

/** The error of a wait that is over while the index is still built. */
export function notReadyInTime({ index, keysIndexed, keysInRange }: IndexStatus): RaftKvError {
  const message = `index ${index.name} is still being built: ${keysIndexed} of ${keysInRange ?? 'an unknown number of'} keys`;
  return new RaftKvError({ code: 'deadline-exceeded', message, fate: 'not-applied', retryable: true });
}

function text(key: Buffer): string {
  return JSON.stringify(key.toString());
}

function shown(value: IndexValue | undefined): string {
  return Buffer.isBuffer(value) ? `the value ${value.toString('hex')} (hex)` : `the value ${JSON.stringify(value)}`;
}
