import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { HardState, SnapshotMetadata } from '../../raft/types.js';
import type { SnapshotReceiver } from './receiver.js';

export interface SnapshotInstallerOptions {
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'restore'>;
  readonly receiver: SnapshotReceiver;
  /** Called once the snapshot is active: the state is at this index. */
  readonly onRestored: (index: number) => void;
}

/** Installs a received snapshot that the core has accepted. */
export class SnapshotInstaller {
  readonly #options: SnapshotInstallerOptions;

  constructor(options: SnapshotInstallerOptions) {
    this.#options = options;
  }

  /** Called in the turn of the Ready in which the core accepts the snapshot. */
  begin(metadata: SnapshotMetadata): void {
    this.#options.receiver.accepted(metadata);
  }

  /**
   * Makes the log begin after the snapshot, durably, and then activates the staged state, which is durable already.
   * After a crash in between, the log begins after a state that is staged, and the next start activates it. No append
   * may run or start meanwhile.
   */
  async install(metadata: SnapshotMetadata, hardState: HardState | undefined): Promise<void> {
    const { log, stateMachine, receiver, onRestored } = this.#options;
    // The log must not end in a term that its hard state has not reached. Its commit index stays: until the log begins
    // after the snapshot, it may hold entries that others have replaced, and a crash must not leave them as committed.
    if (hardState !== undefined) {
      const { commit } = log.hardState();
      await log.append({ entries: [], hardState: { ...hardState, commit }, mustSync: true });
    }
    await log.resetTo(metadata);
    await stateMachine.restore(metadata);
    receiver.restored();
    onRestored(metadata.index);
  }
}
