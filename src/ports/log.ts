import type { Entry, HardState } from '../raft/types.js';
import type { LogMiss } from '../raft/storage.js';

/** Whose log this is; written when it is created, compared each time it is opened. */
export interface LogIdentity {
  readonly clusterId: number;
  readonly memberId: number;
}

/** What one Ready asks to be made durable. */
export interface LogBatch {
  /** Contiguous. The first may lie at or before the log's end: what it overlaps is replaced. */
  readonly entries: readonly Entry[];
  readonly hardState: HardState | undefined;
  /** Without it the batch may wait in a buffer: a commit index alone needs no sync. */
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
  /** Resolves once durable. Calls may overlap: what waits while a sync runs shares the next one (group commit). */
  append(batch: LogBatch): Promise<void>;
  /**
   * Forgets entries up to and including `index`, which must have been applied durably elsewhere. Space is given back a
   * segment at a time, so the files may hold more than `firstIndex` says.
   */
  compact(index: number): Promise<void>;
  /**
   * Goes on behind a received snapshot, which must be durable (paper, section 7): the next entry is `index` + 1. Entries
   * that follow on it stay, all others are forgotten. No append may be called until it resolves.
   */
  resetTo(position: { readonly index: number; readonly term: number }): Promise<void>;
  /** Bytes of disk in use. */
  sizeBytes(): number;
  /** Settles with the error that broke the log; pends while all is well. */
  readonly failed: Promise<Error>;
  /** Waits for what is under way, then closes the files and gives up the directory. */
  close(): Promise<void>;
}
