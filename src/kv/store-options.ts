import type { EngineHome } from '../ports/engine.js';
import type { ConfState } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import type { CommandKind, RequestOrigin } from './commands/command.js';
import type { LeaseChange } from './leases/leases.js';
import type { Member } from './membership/members.js';
import type { ApplyResult } from './results.js';
import type { WatchLimits } from './watch/limits.js';

export interface KvStoreOptions {
  /** Where the engine lives, and where a snapshot that is taken on is built beside it. */
  readonly home: EngineHome;
  /** Stands in snapshots: one of another cluster is not taken on. */
  readonly clusterId: number;
  readonly logger: Logger;
  /** What the first open writes; a later one takes what is stored. */
  readonly bootstrap: { readonly members: readonly Member[]; readonly confState: ConfState };
  /** Receives the answer to each command that `isWaiting` said yes to, in order, once readers see its effect. */
  readonly waiter?: (origin: RequestOrigin, result: ApplyResult) => void;
  /** Asked while a command is applied: without somebody who waits, no answer is made. */
  readonly isWaiting?: (origin: RequestOrigin) => boolean;
  /** Called with each command that was executed, before its batch is written. */
  readonly onExecuted?: (kind: CommandKind, ok: boolean) => void;
  /** Receives the leases that came and went with a batch, in order, once readers see it. */
  readonly onLeases?: (changes: readonly LeaseChange[]) => void;
  /** Comparisons or operations in a transaction that is only read, 128 by default. */
  readonly maxTxnOps?: number;
  /** Memory for rows that are read or written often, in bytes, roughly; 32 MiB by default. */
  readonly cacheBytes?: number;
  /** Awaited between slices of background work, to give other work a turn; by default the engine's own delay does. */
  readonly pause?: () => Promise<void>;
  /** Bounds of the work and the memory of watches. */
  readonly watchLimits?: Partial<WatchLimits>;
}
