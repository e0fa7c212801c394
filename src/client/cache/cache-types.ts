import type { CallOptions } from '../calls/dispatcher.js';
import { integerArgument } from '../calls/arguments.js';
import { RaftKvError } from '../errors.js';
import type { GetBody, RangeBody, ReadOptions } from '../keys/range.js';
import type { WatchedKeys } from '../watch/watch-types.js';

/** The keys of a cache, and its bounds. */
export type CacheOptions = WatchedKeys & {
  /** Greatest number of keys in memory. Default 100,000. */
  readonly keysMax?: number;
  /** Greatest size of keys and values in memory, with {@link ENTRY_OVERHEAD_BYTES} for each key, in bytes. Default 64 MiB. */
  readonly bytesMax?: number;
  /** Interval at which the watch's member is asked for its progress, which renews the age of the memory, in ms. 0: never. Default 1000. */
  readonly refreshMs?: number;
  /** Closes the cache; reads then reject as `cancelled`. */
  readonly signal?: AbortSignal;
};

/** Options of each read of a cache. */
export type CacheReadOptions = ReadOptions & CallOptions;

export interface CacheRangeOptions extends CacheReadOptions {
  /** Greatest number of keys to return; 0, the default, means all. */
  readonly limit?: number;
}

/** Where an answer comes from, and how old it can be. */
export interface CacheAnswer {
  /** The answer is the state of the keys at this revision. */
  readonly revision: number;
  /** Upper bound of the age of the answer when the memory, or the member, made it, in ms; undefined if unknown. */
  readonly ageMs: number | undefined;
  /** `cluster`: the memory could not answer, so a member was asked. */
  readonly source: 'memory' | 'cluster';
}

export type CacheGetResult = GetBody & CacheAnswer;
export type CacheRangeResult = RangeBody & CacheAnswer;
export type CacheCountResult = Pick<RangeBody, 'count'> & CacheAnswer;

/**
 * The state of a cache. Reads go to the cluster in all but `filled`.
 * - `filling`: the keys are being read, for the first time or again
 * - `filled`: reads are answered from memory
 * - `too-large`: the keys exceed a bound; they are read again after a minute
 * - `waiting`: `error` prevented the filling, or ended the watch; the next attempt follows a pause
 * - `closed`
 */
export type CacheState = 'filling' | 'filled' | 'too-large' | 'waiting' | 'closed';

export interface CacheStatus {
  readonly state: CacheState;
  /** Number of keys in memory. */
  readonly keys: number;
  /** As for `bytesMax`. */
  readonly bytes: number;
  /** The memory has all changes up to this revision; 0 while it is empty. */
  readonly revision: number;
  /** Upper bound of the memory's age, in ms; undefined if unknown. */
  readonly ageMs: number | undefined;
  /** Why the memory was dropped, or could not be filled, last. */
  readonly error: RaftKvError | undefined;
  /** Reads answered from memory, and by the cluster. */
  readonly reads: { readonly memory: number; readonly cluster: number };
}

/** Memory of one entry in addition to its key and value, roughly, in bytes. */
export const ENTRY_OVERHEAD_BYTES = 256;

export interface CacheLimits {
  readonly keysMax: number;
  readonly bytesMax: number;
}

/** The bounds, with the defaults. @throws RaftKvError `invalid-argument` */
export function limitsOf({ keysMax = 100_000, bytesMax = 64 * 1024 * 1024 }: CacheOptions): CacheLimits {
  return { keysMax: integerArgument(keysMax, 'keysMax', 1), bytesMax: integerArgument(bytesMax, 'bytesMax', 1) };
}

/** The keys exceed a bound of the cache. */
export function tooLarge({ keysMax, bytesMax }: CacheLimits): RaftKvError {
  const message = `the cache may hold ${keysMax} keys and ${bytesMax} bytes, which its keys exceed`;
  return new RaftKvError({ code: 'too-large', message, fate: 'not-applied', retryable: false });
}

/** The memory does not belong to the cluster's present state. */
export function outOfLine(message: string): RaftKvError {
  return new RaftKvError({ code: 'failed-precondition', message, fate: 'not-applied', retryable: true });
}
