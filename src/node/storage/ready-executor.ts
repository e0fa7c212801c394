import type { LogStore } from '../../ports/log.js';
import type { Message, Ready } from '../../raft/types.js';
import type { RawNode } from '../../raft/raw-node.js';
import type { CommitQueue } from '../loop/commit-queue.js';
import type { PeerSender } from '../loop/peer-sender.js';
import type { SnapshotInstaller } from '../snapshot/installer.js';

/** Executes Readys, in the order that the interface Ready requires. */
export interface ReadyExecutor {
  /**
   * @returns a promise that resolves once the loop may take input again; undefined if it may at once
   * @throws errors of the storage, or rejects with them
   */
  execute(ready: Ready): Promise<void> | undefined;
  /** The state machine has applied all entries up to this index. */
  applied(index: number): void;
  /** Takes the storage's messages for the core, oldest first. */
  answers(): readonly Message[];
  /** Resolves once no write is in progress, whether it failed or not. */
  idle(): Promise<void>;
}

export interface ExecutorOptions {
  readonly raw: RawNode;
  readonly log: LogStore;
  readonly peerSender: PeerSender;
  readonly installer: SnapshotInstaller;
  readonly commits: Pick<CommitQueue, 'send'>;
}
