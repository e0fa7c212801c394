import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { Storage } from '../../raft/storage.js';
import type { Snapshot } from '../../raft/types.js';

export interface RaftStorageOptions {
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'appliedIndex' | 'confState'>;
  /** A state from which the log leads on: of `logStart` or later. */
  readonly snapshot: (logStart: number) => Snapshot | 'unavailable';
}

/**
 * What the core reads at its start and later: entries from the log, the configuration and snapshots from the state
 * machine. The commit index on disk is only a hint that may lag; what has been applied durably was certainly committed.
 */
export function storageFor({ log, stateMachine, snapshot }: RaftStorageOptions): Storage {
  return {
    initialState: () => {
      const hardState = log.hardState();
      const commit = Math.max(hardState.commit, stateMachine.appliedIndex());
      return { hardState: { ...hardState, commit }, confState: stateMachine.confState() };
    },
    entries: (low, high, maxBytes) => log.entries(low, high, maxBytes),
    term: (index) => log.term(index),
    firstIndex: () => log.firstIndex(),
    lastIndex: () => log.lastIndex(),
    snapshot: () => snapshot(log.firstIndex() - 1),
  };
}

/** Makes durable that all up to an index is committed: ahead of what the loop has written at most, and never behind it. */
export async function settleCommit(
  { log, raw }: { readonly log: LogStore; readonly raw: Pick<RawNode, 'status'> },
  index: number,
): Promise<void> {
  const { term, vote } = raw.status();
  const commit = Math.max(index, log.hardState().commit);
  await log.append({ entries: [], hardState: { term, vote, commit }, mustSync: true });
}
