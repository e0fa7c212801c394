import type { Message, Ready } from '../../raft/types.js';
import { asError } from '../../util/error.js';
import type { ReadyExecutor, ExecutorOptions } from './ready-executor.js';

export interface AsyncExecutorOptions extends ExecutorOptions {
  /** Called when there are answers for the core, or messages to send. */
  readonly onAnswers: () => void;
  readonly onFatal: (error: Error) => void;
}

/** Entries sent to the applier, and the messages for the core once they are applied. */
interface Applying {
  readonly last: number;
  readonly responses: readonly Message[];
}

/**
 * Storage beside the Ready loop (thesis, section 10.2): the loop continues while the log writes and the applier
 * applies, and the core learns of the results by messages. Appends may overlap and share a sync. They are answered in
 * order.
 */
export class AsyncExecutor implements ReadyExecutor {
  readonly #options: AsyncExecutorOptions;
  /** Resolves when appends may start: no snapshot is being installed. */
  #open: Promise<void> = Promise.resolve();
  /** Resolves when all writes are durable. */
  #written: Promise<void> = Promise.resolve();
  #answers: Message[] = [];
  readonly #applying: Applying[] = [];

  constructor(options: AsyncExecutorOptions) {
    this.#options = options;
  }

  execute(ready: Ready): undefined {
    const { peerSender, commits, raw } = this.#options;
    let append: Message | undefined;
    // A candidate asks for votes only once its own vote is durable: voters rely on it.
    const deferred: Message[] = [];
    const outward: Message[] = [];
    for (const message of ready.messages) {
      if (message.type === 'MsgStorageAppend') append = message;
      else if (message.type === 'MsgStorageApply') {
        this.#applying.push({ last: message.entries.at(-1)?.index ?? raw.applied, responses: message.responses });
        commits.send(message.entries);
      } else if (message.type === 'MsgVote') deferred.push(message);
      else outward.push(message);
    }
    peerSender.postReady({ messages: outward, readStates: ready.readStates });
    peerSender.flush({ bareAcks: true, all: false });
    if (append !== undefined || deferred.length > 0)
      this.#append(ready, { responses: append?.responses ?? [], deferred });
  }

  applied(index: number): void {
    for (let next = this.#applying[0]; next !== undefined && next.last <= index; next = this.#applying[0]) {
      this.#answers.push(...next.responses);
      this.#applying.shift();
    }
    this.#options.onAnswers();
  }

  answers(): readonly Message[] {
    const taken = this.#answers;
    this.#answers = [];
    return taken;
  }

  async idle(): Promise<void> {
    await this.#written;
  }

  #append(
    ready: Ready,
    after: { readonly responses: readonly Message[]; readonly deferred: readonly Message[] },
  ): void {
    const { log, installer, onFatal } = this.#options;
    const { entries, hardState, mustSync, snapshot } = ready;
    if (snapshot !== undefined) {
      installer.begin(snapshot.metadata);
      this.#open = this.#written.then(() => installer.install(snapshot.metadata, hardState));
    }
    const appended =
      entries.length > 0 || hardState !== undefined
        ? this.#open.then(() => log.append({ entries, hardState, mustSync }))
        : this.#open;
    this.#written = Promise.all([this.#written, appended]).then(() => this.#answer(after));
    this.#written.catch((error: unknown) => onFatal(asError(error)));
  }

  #answer({
    responses,
    deferred,
  }: {
    readonly responses: readonly Message[];
    readonly deferred: readonly Message[];
  }): void {
    const { peerSender, raw, onAnswers } = this.#options;
    this.#answers.push(...responses.filter(({ to }) => to === raw.id));
    peerSender.post([...deferred, ...responses.filter(({ to }) => to !== raw.id)]);
    peerSender.flush({ bareAcks: true, all: false });
    onAnswers();
  }
}
