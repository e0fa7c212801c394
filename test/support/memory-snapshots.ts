import type { SnapshotIntake, SnapshotPosition } from '../../src/ports/snapshot.js';
import type { Message } from '../../src/raft/types.js';
import {
  SnapshotRefusedError,
  type OpeningStream,
  type SnapshotStream,
} from '../../src/transport/snapshot-delivery.js';
import { defined } from '../../src/util/assert.js';

/** The way between two members, as the network has it at this moment. */
export interface MemoryWay {
  /** Resolves when something sent now has arrived. Rejects where it does not, or the connection is not the same any more. */
  there(): Promise<void>;
  back(): Promise<void>;
  /** What the receiver says. */
  offer(message: Message): Promise<SnapshotIntake | string>;
  /** Whether the stream breaks with this frame. */
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
    // What comes of it after the end is nobody's business.
    work.catch(() => undefined);
    const closed = new Promise<never>((_, reject) => {
      this.#onClose = () => reject(new Error('the stream broke'));
      if (this.#closed) this.#onClose();
    });
    await Promise.race([work, closed]);
  }
}
