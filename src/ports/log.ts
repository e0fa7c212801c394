import type { Entry, HardState } from '../raft/types.js';
import type { LogMiss } from '../raft/storage.js';

/** The owner of a log. Written when the log is created, compared when it is opened. */
export interface LogIdentity {
  readonly clusterId: number;
  readonly memberId: number;
}

/** The durable part of one Ready. */
export interface LogBatch {
  /** Contiguous. The first may lie at or before the log's end: overlapped entries are replaced. */
  readonly entries: readonly Entry[];
  readonly hardState: HardState | undefined;
  /** If false, the batch may stay in a buffer: a commit index alone needs no sync. */
  readonly mustSync: boolean;
}

/**
 * The durable log of one Raft group. Reads are synchronous and see every batch whose `append` has resolved.
 * Any failed write or sync is final: the promise rejects, `failed` settles, and nothing is retried.
 */
export interface LogStore {
  readonly identity: LogIdentity;
  /** The newest hard state on disk. */
  hardState(): HardState;
  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss;
  term(index: number): number | LogMiss;
  firstIndex(): number;
  lastIndex(): number;
  /** Resolves once durable. Calls may overlap: batches that wait for a running sync share the next one (group commit). */
  append(batch: LogBatch): Promise<void>;
  /**
   * Makes a short batch durable before it returns, if the disk is fast and nothing else is being written. That saves the
   * way through promises and threads; the process does nothing else meanwhile. A batch that need not be synced only joins
   * the buffer.
   *
   * @returns whether the batch is taken; if not, nothing has happened
   * @throws the failure of the write
   */
  appendInTurn(batch: LogBatch): boolean;
  /**
   * Drops entries up to and including `index`, which must be applied durably elsewhere. Space is reclaimed per segment, so
   * the files may hold entries before `firstIndex`.
   */
  compact(index: number): Promise<void>;
  /**
   * Continues after a received snapshot, which must be durable (paper, section 7): the next entry is `index` + 1. Entries
   * that follow the snapshot are kept, all others dropped. No append may be called until it resolves.
   */
  resetTo(position: { readonly index: number; readonly term: number }): Promise<void>;
  /** Bytes of disk in use. */
  sizeBytes(): number;
  /** The same without the end of the newest file, which is still empty, and a file that is prepared. */
  contentBytes(): number;
  /**
   * The index before the longest run of entries up to `index` that is no longer than this, in entries and in bytes of files,
   * each entry counted as if it were written alone.
   */
  beforeTail(index: number, tail: { readonly entries: number; readonly bytes: number }): number;
  /** Whether `compact` of this index would remove a file. */
  frees(index: number): boolean;
  /** Resolves with the error that broke the log. */
  readonly failed: Promise<Error>;
  /** Waits for running writes, then closes the files and releases the directory. */
  close(): Promise<void>;
}
