import type { Message, Ready } from '../../raft/types.js';
import type { ReadyExecutor, ExecutorOptions } from './ready-executor.js';

/**
 * One Ready after the other: send what may go at once, make a snapshot, entries and hard state durable, send what
 * depended on that, hand committed entries to the applier. The loop waits meanwhile.
 */
export class SyncExecutor implements ReadyExecutor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  async execute(ready: Ready): Promise<void> {
    const { raw, log, peerSender, installer, commits } = this.#options;
    // The applier may begin at once with what is on this disk already, and with nothing that is not: a state ahead of
    // its own log could not be opened again.
    const early = ready.entries.length === 0;
    if (early) commits.send(ready.committedEntries);
    peerSender.postReady(ready.messages);
    // An answer to a round rides with the answer to the append that came with it, if there is one.
    peerSender.flush({ bareAcks: ready.messagesAfterAppend.length === 0 });
    if (ready.snapshot !== undefined) {
      installer.begin(ready.snapshot.metadata);
      await installer.install(ready.snapshot.metadata, ready.hardState);
    }
    // A state that a crash takes back from before a change of the configuration does no harm: whose log holds a later
    // change knows that the one before it is committed, since both stand in one batch here, and applies it first.
    if (ready.entries.length > 0 || ready.hardState !== undefined) {
      await log.append({ entries: ready.entries, hardState: ready.hardState, mustSync: ready.mustSync });
    }
    peerSender.post(ready.messagesAfterAppend);
    peerSender.flush({ bareAcks: true });
    if (!early) commits.send(ready.committedEntries);
    raw.advance();
  }

  applied(index: number): void {
    this.#options.raw.appliedTo(index);
  }

  answers(): readonly Message[] {
    return [];
  }

  async idle(): Promise<void> {
    // The loop waits for each.
  }
}
