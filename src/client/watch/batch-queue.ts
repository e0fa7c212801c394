import { Signal } from '../../util/signal.js';
import type { WatchBatch } from './watch-types.js';

/** Bytes of batches that wait for the consumer, roughly, above which nothing more is read. */
const QUEUED_BYTES_MAX = 1024 * 1024;

export interface QueuedBatch {
  readonly batch: WatchBatch;
  /** Size in memory, roughly. */
  readonly bytes: number;
  /** Progress that the consumer did not request. It only advances the resume revision. */
  readonly silent: boolean;
}

/** The batches of a watch that its consumer has not taken yet, in order, with a bound that stops reading. */
export class BatchQueue {
  readonly #batches: QueuedBatch[] = [];
  readonly #onRoom: () => void;
  #bytes = 0;
  readonly #arrived = new Signal();
  readonly #roomMade = new Signal();
  /** Undefined until the watch ends. */
  #end: { readonly error: Error | undefined } | undefined;

  /** @param onRoom called when a full queue has been half emptied */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  get isFull(): boolean {
    return this.#bytes >= QUEUED_BYTES_MAX;
  }

  push(queued: QueuedBatch): void {
    this.#batches.push(queued);
    this.#bytes += queued.bytes;
    this.#arrived.set();
  }

  /** The next batch, once there is one; undefined at the end. @throws the error that the queue ended with */
  async take(): Promise<QueuedBatch | undefined> {
    for (;;) {
      const next = this.#batches.shift();
      if (next !== undefined) {
        this.#release(next.bytes);
        return next;
      }
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return undefined;
      }
      await this.#arrived.wait();
    }
  }

  /** Resolves once the queue is at most half full, or has ended. */
  async room(): Promise<void> {
    while (!this.#hasRoom && !this.isEnded) await this.#roomMade.wait();
  }

  /**
   * Ends the queue, once.
   * @param options.drop discards the batches that have not been taken
   */
  end(error: Error | undefined, { drop }: { readonly drop: boolean }): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    if (drop) this.#batches.length = 0;
    this.#arrived.set();
    this.#roomMade.set();
  }

  get #hasRoom(): boolean {
    return this.#bytes < QUEUED_BYTES_MAX / 2;
  }

  #release(bytes: number): void {
    this.#bytes -= bytes;
    if (!this.#hasRoom) return;
    this.#onRoom();
    this.#roomMade.set();
  }
}
