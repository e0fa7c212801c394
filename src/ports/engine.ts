/** One change of a batch. A later change of the same key wins. */
export type EngineOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: Uint8Array };

/** A range of keys, by unsigned byte order. A missing bound is open. */
export interface EngineRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly lte?: Uint8Array;
  /** Last key first. */
  readonly reverse?: boolean;
  /** Values are not read (and not verified); rows carry an empty value. */
  readonly keysOnly?: boolean;
}

export interface EngineRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** An ordered walk. Must be closed; closing twice is fine. */
export interface EngineCursor {
  /** The next rows in order, up to `count`; empty at the end. */
  next(count: number): Promise<readonly EngineRow[]>;
  /** Moves, in either direction, to the first row of the range at or after `target` (at or before, in reverse). */
  seek(target: Uint8Array): void;
  close(): Promise<void>;
}

/** A view of the engine. Reads verify what they return. @throws EngineCorruptionError */
export interface EngineReader {
  /** A point read. Synchronous, because it is the most frequent read. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Many point reads off the event loop. The values are in the order of the keys. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  cursor(range: EngineRange): EngineCursor;
}

/** An immutable view: later writes are not visible. Must be closed. */
export interface EngineSnapshot extends EngineReader {
  close(): Promise<void>;
}

/**
 * An ordered key-value store with atomic batches. After a crash it opens at the state after some prefix of the batches,
 * and that prefix includes all batches before the last `barrier`. Implemented by LevelDB and in memory.
 */
export interface Engine extends EngineReader {
  /**
   * Applies all or nothing; visible to reads once it resolves. Batches take effect in the order of the calls. A batch
   * may have any size: the engine takes the operations in slices, and the caller leaves them alone until it resolves. The
   * bytes of an operation that an iterator returns are valid until it is asked for the next one.
   */
  write(operations: Iterable<EngineOperation>): Promise<void>;
  snapshot(): EngineSnapshot;
  /** Resolves once every batch that had resolved before the call is durable. */
  barrier(): Promise<void>;
  /**
   * Labels the batches that have resolved, and returns the last label whose batches are known to be durable; 0 if there
   * is none. Unlike `barrier` it makes nothing durable: it finds what has become so by itself.
   * @param label at least the one before
   */
  durableLabel(label: number): Promise<number>;
  /**
   * Reclaims space in a range, or everywhere. Does not interrupt reads.
   * @throws EngineReclaimError if it could not, and everything is as before
   */
  compactRange(range?: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void>;
  /** Approximate bytes of disk (or memory) used by all rows, or by those from a key on. */
  sizeBytes(from?: Uint8Array): Promise<number>;
  /** Free bytes in its files, which later rows use and `compactRange` gives back; 0 if it gives them back by itself. */
  freeBytes(): number;
  /** Closes open cursors and snapshots. All writes are durable afterwards. */
  close(): Promise<void>;
}

/** The engine read data that differs from what was written. Fatal: the member must be rebuilt from its peers. */
export class EngineCorruptionError extends Error {
  override readonly name = 'EngineCorruptionError';
}

/**
 * The engine no longer keeps the state that a snapshot or a cursor reads, because it was read for too long. The read can be
 * repeated on a new one.
 */
export class EngineViewExpiredError extends Error {
  override readonly name = 'EngineViewExpiredError';
}

/** The engine could not reclaim space, as for want of space. It works as before. */
export class EngineReclaimError extends Error {
  override readonly name = 'EngineReclaimError';
}

/** A replaced engine. It stays open for reads in progress. */
export interface ReplacedEngine {
  /** Closes it and reclaims its space, once the last read has ended. */
  release(): Promise<void>;
}

/**
 * Holds the current engine of a state machine and, at most, one staged engine that will replace it. A crash leaves the
 * current engine as the Engine port states, and of the staged one either nothing or all that was sealed. The
 * replacement is atomic.
 */
export interface EngineHome {
  /** The current engine. `promote` changes it. */
  readonly engine: Engine;
  /** The staged engine: made by the last `stage`, or sealed in an earlier life. */
  readonly staged: Engine | undefined;
  /** Makes an empty staged engine, and discards the one before. */
  stage(): Promise<Engine>;
  /** Makes the staged engine durable. It survives a crash from then on. */
  seal(): Promise<void>;
  /** Makes the staged engine, which must be sealed, the current one: atomically, and durably once it resolves. */
  promote(): Promise<ReplacedEngine>;
  /** Discards the staged engine. */
  discard(): Promise<void>;
  /** Closes the current engine and the staged one. */
  close(): Promise<void>;
}
