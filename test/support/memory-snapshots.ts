import type { SnapshotIntake, SnapshotPosition } from '../../src/ports/snapshot.js';
import type { Message } from '../../src/raft/types.js';
import {
  SnapshotRefusedError,
  type OpeningStream,
  type SnapshotStream,
} from '../../src/transport/snapshot-delivery.js';
import { defined } from '../../src/util/assert.js';

/** The current connection between two members. */
export interface MemoryWay {
  /** Resolves when a message sent now has arrived; rejects if it is lost or the connection has changed. */
  there(): Promise<void>;
  back(): Promise<void>;
  /** The receiver's answer. */
  offer(message: Message): Promise<SnapshotIntake | string>;
  /** Whether this frame breaks the stream. */
  breaks(): boolean;
}

/** A stream of frames in one process. */
export class MemorySnapshotStream implements OpeningStream, SnapshotStream {
  readonly opened: Promise<SnapshotStream>;
  readonly #way: MemoryWay;
  #intake: SnapshotIntake | undefined;
  #closed = false;
  #onClose: (() => void) | undefined;

  constructor(way: MemoryWay, message: Message) {
    this.#way = way;
    this.opened = this.#unlessClosed(this.#open(message)).then(() => this);
    this.opened.catch(() => undefined);
  }

  get position(): SnapshotPosition {
    return defined(this.#intake, 'a stream that is open').position;
  }

  write(frame: Uint8Array): Promise<void> {
    const copy = Uint8Array.from(frame);
    return this.#unlessClosed(this.#write(copy));
  }

  finish(): Promise<void> {
    return this.#unlessClosed(this.#finish());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#intake?.release();
    this.#onClose?.();
  }

  async #open(message: Message): Promise<void> {
    await this.#way.there();
    const intake = await this.#way.offer(structuredClone(message));
    if (typeof intake === 'string') throw new SnapshotRefusedError(intake);
    if (this.#closed) intake.release();
    this.#intake = intake;
    const end = (): void => this.close();
    intake.onRetired(() => void this.#way.back().then(end, end));
    await this.#way.back();
  }

  async #write(frame: Uint8Array): Promise<void> {
    await this.#way.there();
    if (this.#way.breaks()) this.close();
    if (!this.#closed) await defined(this.#intake, 'a stream that is open').take(frame);
  }

  async #finish(): Promise<void> {
    await this.#way.there();
    if (!this.#closed) defined(this.#intake, 'a stream that is open').finish();
    await this.#way.back();
  }

  async #unlessClosed(work: Promise<void>): Promise<void> {
    // Results after the end are ignored.
    work.catch(() => undefined);
    const closed = new Promise<never>((_, reject) => {
      this.#onClose = () => reject(new Error('the stream broke'));
      if (this.#closed) this.#onClose();
    });
    await Promise.race([work, closed]);
  }
}
