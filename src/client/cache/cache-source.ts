import type { CallOptions } from '../calls/dispatcher.js';
import type { Header } from '../keys/key-value.js';
import type { KeyRange } from '../keys/key-range.js';
import type { RangeOptions, RangeResult } from '../keys/range.js';
import type { WatchBatch } from '../watch/watch-types.js';

/** What a cache needs of a watch. See `Watch`. */
export interface CacheWatch {
  batches(): AsyncGenerator<WatchBatch, void, undefined>;
  requestProgress(options: { readonly atLeastRevision: number }): void;
  moveOn(): void;
  close(): Promise<void>;
}

export interface CacheWatchOptions {
  readonly range: KeyRange;
  readonly startRevision: number;
  /** A member has created the watch, the first or after an interruption. */
  readonly onCreated: (header: Header) => void;
  readonly onInterrupted: () => void;
  /** A progress request was sent again, and may be answered once more than expected. */
  readonly onRepeated: () => void;
}

/** The cluster and the clock, as a cache uses them. */
export interface CacheSource {
  /** Monotonic, in ms. */
  now(): number;
  /** @returns a function that cancels the timer */
  timeout(delayMs: number, callback: () => void): () => void;
  /** Aborted once the client is closed. */
  readonly closing: AbortSignal;
  /** Longest duration of a call without a timeout of its own, in ms. */
  readonly timeoutMs: number;
  /** @throws RaftKvError */
  range(range: KeyRange, options: RangeOptions & CallOptions): Promise<RangeResult>;
  watch(options: CacheWatchOptions): CacheWatch;
}
