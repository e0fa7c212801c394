import type { LogStore } from '../../ports/log.js';
import type { Message, Ready } from '../../raft/types.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { CommitQueue } from '../loop/commit-queue.js';
import type { PeerSender } from '../loop/peer-sender.js';
import type { SnapshotInstaller } from '../snapshot/installer.js';

/** Carries out what Readys ask, in the order that the interface Ready states. */
export interface ReadyExecutor {
  /** Resolves once the loop may take input again. Rejects for what is fatal. */
  execute(ready: Ready): Promise<void>;
  /** The state machine holds everything up to this index. */
  applied(index: number): void;
  /** Answers of the storage, for the core to step, oldest first; taken out. */
  answers(): readonly Message[];
  /** Resolves once nothing of what was begun is under way any more, well or not. */
  idle(): Promise<void>;
}

export interface ExecutorOptions {
  readonly raw: RawNode;
  readonly log: LogStore;
  readonly peerSender: PeerSender;
  readonly installer: SnapshotInstaller;
  readonly commits: Pick<CommitQueue, 'send'>;
}
