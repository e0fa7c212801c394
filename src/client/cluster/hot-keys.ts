import type { raftkvpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';

/** A key, or a range of keys, that is read or written often at one member. */
export interface HotKey {
  /** The key, or the start of the range: its first 128 bytes. */
  readonly key: Buffer;
  /** The length of the whole key, in bytes. */
  readonly keyBytes: number;
  /** The end of the range, as on the wire: its first 128 bytes. Empty for a single key. */
  readonly rangeEnd: Buffer;
  /** The length of the whole end, in bytes. */
  readonly rangeEndBytes: number;
  /** Operations a second, averaged over about a minute. */
  readonly perSecond: number;
  /** `perSecond` is at most this much too high, apart from the error of sampling. */
  readonly errorPerSecond: number;
}

/** Reads or writes of one member by key. */
export interface HotKeys {
  /** The highest rate first. */
  readonly keys: readonly HotKey[];
  /** Operations a second on all keys. */
  readonly perSecond: number;
}

/** The keys that the clients of one member read and write most. */
export interface HotResult {
  readonly reads: HotKeys;
  readonly writes: HotKeys;
  /** Keys of each kind that the member counts at the same time; 0 if it counts none. */
  readonly capacity: number;
  readonly header: Header;
}

export function toHotResult(wire: raftkvpb.HotResponse.$Properties): HotResult {
  return {
    reads: toHotKeys(wire.reads),
    writes: toHotKeys(wire.writes),
    capacity: clampInteger(wire.capacity),
    header: toHeader(wire.header),
  };
}

/** @returns undefined if the message is absent */
export function toHotKey(wire: raftkvpb.HotKey.$Properties | null | undefined): HotKey | undefined {
  if (wire === null || wire === undefined) return undefined;
  return {
    key: asBuffer(wire.key ?? EMPTY),
    keyBytes: clampInteger(wire.keyBytes),
    rangeEnd: asBuffer(wire.rangeEnd ?? EMPTY),
    rangeEndBytes: clampInteger(wire.rangeEndBytes),
    perSecond: clampInteger(wire.rateMilli) / 1_000,
    errorPerSecond: clampInteger(wire.errorMilli) / 1_000,
  };
}

function toHotKeys(wire: raftkvpb.HotKeys.$Properties | null | undefined): HotKeys {
  return {
    keys: (wire?.keys ?? []).flatMap((key) => toHotKey(key) ?? []),
    perSecond: clampInteger(wire?.totalMilli) / 1_000,
  };
}
