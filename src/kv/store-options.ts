import type { EngineHome } from '../ports/engine.js';
import type { ConfState } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import type { TokenEvent } from './auth/auth-change.js';
import type { AuthState } from './auth/auth-state.js';
import type { CommandKind, RequestOrigin } from './commands/command.js';
import type { Feeds } from './feeds/feed.js';
import type { LeaseChange } from './leases/leases.js';
import type { Member } from './membership/members.js';
import type { ApplyResult } from './results.js';
import type { WatchLimits } from './watch/limits.js';

/** A change of users, roles and permissions, and what it means for tokens. */
export interface AuthEvent {
  readonly auth: AuthState;
  readonly tokens: readonly TokenEvent[];
  /** Whether the commands were in the log when the member started. */
  readonly isReplay: boolean;
}

export interface KvStoreOptions {
  /** Holds the engine, and builds a received snapshot beside it. */
  readonly home: EngineHome;
  /** Part of snapshots. A snapshot of another cluster is refused. */
  readonly clusterId: number;
  readonly logger: Logger;
  /** The commit index at the start. Effects of entries up to it are replays, and logged at level debug. Default: 0. */
  readonly committedAtStart?: number;
  /** Written by the first open. Later ones use the stored values. */
  readonly bootstrap: { readonly members: readonly Member[]; readonly confState: ConfState };
  /** Called with the answer to each command that `isWaiting` accepts, in order, once readers see its effect. */
  readonly waiter?: (origin: RequestOrigin, result: ApplyResult) => void;
  /** Called when a command is applied. An answer is made only if it returns true. */
  readonly isWaiting?: (origin: RequestOrigin) => boolean;
  /**
   * Called when a command is applied whose answer is awaited. If it returns false, its ranges are not read, and the
   * answer is the error `answer-too-large`. Default: true.
   */
  readonly hasRoom?: (origin: RequestOrigin) => boolean;
  /** Called with each command that was executed, before its batch is written. */
  readonly onExecuted?: (kind: CommandKind, ok: boolean) => void;
  /** Called with the leases that a batch granted and revoked, in order, once readers see it. */
  readonly onLeases?: (changes: readonly LeaseChange[]) => void;
  /** Called when change feeds were made, removed or changed, once readers see it. */
  readonly onFeeds?: (feeds: Feeds) => void;
  /** Called when definitions or states of indexes have changed, once readers see it. */
  readonly onIndexes?: () => void;
  /**
   * Called when users, roles or permissions have changed, or tokens were assigned or revoked, once readers see it. After a
   * snapshot all tokens count as revoked: revocations may be among the commands that it replaces.
   */
  readonly onAuth?: (change: AuthEvent) => void;
  /** Maximum number of comparisons or operations in a read-only transaction. Default 128. */
  readonly maxTxnOps?: number;
  /** Approximate memory for recently used rows, in bytes. Default 32 MiB. */
  readonly cacheBytes?: number;
  /** Random, so that clients cannot find keys that collide in tables of this member. Default: fixed. */
  readonly hashSeed?: readonly [number, number];
  /** Awaited between slices of long work; resolves in a later turn of the event loop. Default: resolves at once. */
  readonly pause?: () => Promise<void>;
  /** The same for reads. Default: `pause`. A test that holds up commands sets it. */
  readonly readPause?: () => Promise<void>;
  /** Changes from which on a batch is large: see `DEFAULT_LARGE_BATCH_CHANGES`. Tests use few. */
  readonly largeBatchChanges?: number;
  /** Bounds on work and memory of watches. */
  readonly watchLimits?: Partial<WatchLimits>;
}
