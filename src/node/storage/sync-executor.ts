import type { Message, Ready } from '../../raft/types.js';
import type { ReadyExecutor, ExecutorOptions } from './ready-executor.js';

/**
 * Executes one Ready after the other, while the loop waits: passes committed entries to the applier, sends the messages
 * that need no write, makes a snapshot, entries and hard state durable, and sends the messages that depend on them.
 */
export class SyncExecutor implements ReadyExecutor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  async execute(ready: Ready): Promise<void> {
    const { raw, log, peerSender, installer, commits } = this.#options;
    commits.send(ready.committedEntries);
    peerSender.postReady(ready);
    peerSender.flush({
      // An answer to a round goes with the answer to the append of the same packet, if there is one.
      bareAcks: ready.messagesAfterAppend.length === 0,
      // Nothing else must wait for this member's disk.
      all: ready.mustSync || ready.snapshot !== undefined,
    });
    if (ready.snapshot !== undefined) {
      installer.begin(ready.snapshot.metadata);
      await installer.install(ready.snapshot.metadata, ready.hardState);
    }
    // A crash may revert the state to one from before a configuration change. That is harmless: a log that holds a
    // later change also holds the commit of the earlier one, in the same batch, and applies it first.
    if (ready.entries.length > 0 || ready.hardState !== undefined) {
      await log.append({ entries: ready.entries, hardState: ready.hardState, mustSync: ready.mustSync });
    }
    peerSender.post(ready.messagesAfterAppend);
    peerSender.flush({ bareAcks: true, all: false });
    raw.advance();
  }

  applied(index: number): void {
    this.#options.raw.appliedTo(index);
  }

  answers(): readonly Message[] {
    return [];
  }

  async idle(): Promise<void> {
    // The loop waits for every write.
  }
}
