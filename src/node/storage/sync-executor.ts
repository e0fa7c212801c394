import type { LogBatch } from '../../ports/log.js';
import type { HardState, Message, Ready, Snapshot } from '../../raft/types.js';
import type { ReadyExecutor, ExecutorOptions } from './ready-executor.js';

/**
 * Executes one Ready after the other, while the loop waits: sends the messages that need no write, passes committed
 * entries to the applier, makes a snapshot, entries and hard state durable, and sends the messages that depend on them.
 */
export class SyncExecutor implements ReadyExecutor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  execute(ready: Ready): Promise<void> | undefined {
    const { raw, log, peerSender, commits } = this.#options;
    peerSender.postReady(ready);
    peerSender.flush({
      // An answer to a round goes with the answer to the append of the same packet, if there is one.
      bareAcks: ready.messagesAfterAppend.length === 0,
      // Nothing else must wait for this member's disk.
      all: ready.mustSync || ready.snapshot !== undefined,
    });
    const batch = { entries: ready.entries, hardState: ready.hardState, mustSync: ready.mustSync };
    if (ready.snapshot !== undefined || !log.appendInTurn(batch)) return this.#executeLater(ready, batch);
    // The leader waits for the acknowledgement. No call waits for what is applied here.
    this.#acknowledge(ready);
    commits.send(ready.committedEntries);
    raw.advance();
    return undefined;
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

  async #executeLater(ready: Ready, batch: LogBatch): Promise<void> {
    const { raw, log, commits } = this.#options;
    commits.send(ready.committedEntries);
    if (ready.snapshot !== undefined) await this.#install(ready.snapshot, ready.hardState);
    // A crash may revert the state to one from before a configuration change. That is harmless: a log that holds a
    // later change also holds the commit of the earlier one, in the same batch, and applies it first.
    if (batch.entries.length > 0 || batch.hardState !== undefined) await log.append(batch);
    this.#acknowledge(ready);
    raw.advance();
  }

  async #install({ metadata }: Snapshot, hardState: HardState | undefined): Promise<void> {
    const { installer } = this.#options;
    installer.begin(metadata);
    await installer.install(metadata, hardState);
  }

  /** Sends what depends on the write. */
  #acknowledge({ messagesAfterAppend }: Ready): void {
    const { peerSender } = this.#options;
    peerSender.post(messagesAfterAppend);
    peerSender.flush({ bareAcks: true, all: false });
  }
}
