import type { Entry } from '../../raft/types.js';
import { assert } from '../../util/assert.js';
import { Channel } from '../../util/channel.js';
import type { Lifecycle } from '../lifecycle.js';
import type { AppliedIndex } from './applied-index.js';

/** Committed entries, in order. */
export type CommitBatch = readonly Entry[];

export interface CommitQueueOptions {
  /** Batches in the queue; the core keeps what is committed beyond that. */
  readonly batchesMax: number;
  readonly applied: AppliedIndex;
  readonly lifecycle: Pick<Lifecycle, 'running' | 'failed'>;
  /** Called when the queue is half full. */
  readonly onLong: () => void;
}

/** commitC: the bounded channel from the core to the state machine. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #channel: Channel<CommitBatch>;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#channel = new Channel(options.batchesMax);
    options.lifecycle.failed.subscribe(() => this.close());
  }

  get full(): boolean {
    return this.#channel.full;
  }

  /** Whether the queue is at least half full. */
  get isLong(): boolean {
    return 2 * this.#channel.length >= this.#channel.capacity;
  }

  /** Whether everything that was sent is applied. */
  get settled(): boolean {
    return this.#options.applied.isSettled;
  }

  /** Called once, when the full queue is next drained. */
  onRoom(callback: () => void): void {
    this.#channel.onRoom(callback);
  }

  /** Takes committed entries. The caller has checked that there is room. */
  send(committed: CommitBatch): void {
    const last = committed.at(-1);
    if (last === undefined) return;
    const taken = this.#channel.trySend(committed);
    assert(taken || !this.#options.lifecycle.running, 'commitC had room when the Ready was made');
    this.#options.applied.sent(last.index);
    if (this.isLong) this.#options.onLong();
  }

  /** Resolves when a batch is queued, or the queue is closed; undefined if that is so now. */
  arrival(): Promise<void> | undefined {
    return this.#channel.arrival();
  }

  /** All queued batches; none if the queue is closed and drained. */
  take(): CommitBatch[] {
    return this.#channel.drain();
  }

  /** Takes no more batches. Queued ones can still be taken. */
  close(): void {
    this.#channel.close();
  }
}
