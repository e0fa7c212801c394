/** One change of a batch; a later one on the same key wins. */
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
  /** Moves to the first row at or after `target` (at or before, in reverse) inside the range, forth or back. */
  seek(target: Uint8Array): void;
  close(): Promise<void>;
}

/** A view of the engine. Reads verify what they return. @throws EngineCorruptionError */
export interface EngineReader {
  /** A point read; costs no cursor. Synchronous: it is the hottest read there is. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Many point reads beside the event loop, answered in the order of the keys. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  cursor(range: EngineRange): EngineCursor;
}

/** A frozen view: what is written later does not show. Must be closed. */
export interface EngineSnapshot extends EngineReader {
  close(): Promise<void>;
}

/**
 * An ordered key-value store whose batches are atomic and whose crash loses a suffix of them, never a part of one and
 * never one from the middle: after any crash it opens at the state that some prefix of the batches gave, and that
 * prefix holds at least everything before the last `barrier`. LevelDB, memory, and later LMDB stand behind it.
 */
export interface Engine extends EngineReader {
  /**
   * Applies all or nothing; visible to reads once it resolves. Batches take effect in the order of the calls. A batch may
   * have any size: the engine takes the operations in slices, and the caller leaves them alone until it resolves.
   */
  write(operations: Iterable<EngineOperation>): Promise<void>;
  snapshot(): EngineSnapshot;
  /** Resolves once every batch that had resolved before the call is durable. */
  barrier(): Promise<void>;
  /** Gives space back in a range, or everywhere. Does not stop service. */
  compactRange(range?: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void>;
  /** Bytes of disk (or memory) in use, roughly: by all rows, or by those from a key on. */
  sizeBytes(from?: Uint8Array): Promise<number>;
  /** Closes open cursors and snapshots; everything written is durable afterwards. */
  close(): Promise<void>;
}

/** The engine read something that is not what was written. Fatal: the member must be rebuilt from its peers. */
export class EngineCorruptionError extends Error {
  override readonly name = 'EngineCorruptionError';
}

/** An engine that was replaced: still open, for reads that are under way on it. */
export interface ReplacedEngine {
  /** Closes it and gives its space back, once nobody reads from it any more. */
  release(): Promise<void>;
}

/**
 * Where a state machine's engine lives: the one in force and, at most, one that is staged beside it, to take its place
 * whole. A crash leaves the one in force as its own port says; of a staged one it leaves nothing, or all that was
 * sealed; and which of the two is in force changes at once or not at all.
 */
export interface EngineHome {
  /** The engine in force. Another one after `promote`. */
  readonly engine: Engine;
  /** What is staged: since the last call of `stage`, or sealed in an earlier life and found again. */
  readonly staged: Engine | undefined;
  /** An empty engine, in the place of what was staged before. */
  stage(): Promise<Engine>;
  /** Makes what is staged durable as it stands; it is found again after a crash from here on. */
  seal(): Promise<void>;
  /** Puts the staged engine, which must be sealed, in force: durable once it resolves, and never half. */
  promote(): Promise<ReplacedEngine>;
  /** Forgets what is staged. */
  discard(): Promise<void>;
  /** Closes the engine in force, and what is staged. */
  close(): Promise<void>;
}
