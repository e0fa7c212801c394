import { assert } from '../../util/assert.js';
import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { Storage } from '../../raft/storage.js';
import type { SnapshotSender } from '../snapshot/sender.js';

export interface RaftStorageOptions {
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'appliedIndex' | 'confState'>;
  readonly snapshots: Pick<SnapshotSender, 'offer'>;
}

/**
 * The core's view of storage: entries come from the log, configuration and snapshots from the state machine. The commit
 * index in the log may lag, so it starts at the applied index, which is durable and certainly committed.
 */
export function storageFor({ log, stateMachine, snapshots }: RaftStorageOptions): Storage {
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
    snapshot: (confState) => snapshots.offer({ logStart: log.firstIndex() - 1, confState }),
  };
}

/** Makes it durable that all entries up to an index are committed. The stored commit index never decreases. */
export async function settleCommit(
  { log, raw }: { readonly log: LogStore; readonly raw: Pick<RawNode, 'status'> },
  index: number,
): Promise<void> {
  const { term, vote } = raw.status();
  const commit = Math.max(index, log.hardState().commit);
  await log.append({ entries: [], hardState: { term, vote, commit }, mustSync: true });
}

/** Asserts that log and state machine hold one history without a gap. */
export function checkStorage({ log, stateMachine }: Pick<RaftStorageOptions, 'log' | 'stateMachine'>): void {
  const applied = stateMachine.appliedIndex();
  const [first, last] = [log.firstIndex(), log.lastIndex()];
  assert(first <= applied + 1 && applied <= last, `the log [${first}, ${last}] continues the state at ${applied}`);
}
