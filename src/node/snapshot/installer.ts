import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { HardState, SnapshotMetadata } from '../../raft/types.js';
import type { SnapshotReceiver } from './receiver.js';

export interface SnapshotInstallerOptions {
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'restore'>;
  readonly receiver: SnapshotReceiver;
  /** A snapshot is in force: the state is at this index. */
  readonly onRestored: (index: number) => void;
}

/** Puts a received snapshot in force, once the core has taken it on. */
export class SnapshotInstaller {
  readonly #options: SnapshotInstallerOptions;

  constructor(options: SnapshotInstallerOptions) {
    this.#options = options;
  }

  /** The core takes it on: called in the turn of the Ready that says so. */
  begin(metadata: SnapshotMetadata): void {
    this.#options.receiver.takenOn(metadata);
  }

  /**
   * The staged state is durable. The log goes on behind it next, durably, and then it is put in force: a crash in between
   * leaves a log that begins behind a state which is staged, and the next start ends what was begun. No append may be
   * under way, or be called meanwhile.
   */
  async install(metadata: SnapshotMetadata, hardState: HardState | undefined): Promise<void> {
    const { log, stateMachine, receiver, onRestored } = this.#options;
    // A log must not end in a term that its hard state has not reached.
    if (hardState !== undefined) {
      const commit = Math.min(hardState.commit, log.lastIndex());
      await log.append({ entries: [], hardState: { ...hardState, commit }, mustSync: true });
    }
    await log.resetTo(metadata);
    await stateMachine.restore(metadata);
    receiver.restored();
    onRestored(metadata.index);
  }
}
