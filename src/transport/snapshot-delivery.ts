import type { Cancel, Clock } from '../ports/clock.js';
import type { SnapshotPosition, SnapshotSource, SnapshotTransfer } from '../ports/snapshot.js';
import type { Random } from '../util/random.js';
import { backoffMs, type BackoffOptions } from '../util/backoff.js';

/** A stream of frames to a peer. All its promises reject once it is closed or breaks. */
export interface SnapshotStream {
  /** The part of this snapshot that the receiver has already. */
  readonly position: SnapshotPosition;
  /** Resolves once there is room for the next frame. */
  write(frame: Uint8Array): Promise<void>;
  /** Resolves once the receiver has all of it, durably. */
  finish(): Promise<void>;
  close(): void;
}

/** The receiver refuses the snapshot. Trying again would not help. */
export class SnapshotRefusedError extends Error {
  override readonly name = 'SnapshotRefusedError';
}

export interface DeliveryOptions {
  readonly source: SnapshotSource;
  /** Opens a stream. `opened` rejects on failure, with a SnapshotRefusedError on a refusal. */
  readonly open: () => OpeningStream;
  readonly clock: Clock;
  readonly random: Random;
  readonly tunables: BackoffOptions & {
    readonly dialTimeoutMs: number;
    readonly snapshotBytesPerSecond: number;
    readonly snapshotStallMs: number;
    readonly snapshotTries: number;
  };
  /** The receiver accepts the snapshot. */
  readonly onOpened: () => void;
  /** A stream broke or was refused. */
  readonly onBroken: (reason: string, how: 'broke' | 'refused') => void;
}

/** A stream that is being opened. */
export interface OpeningStream {
  readonly opened: Promise<SnapshotStream>;
  /** Closes the stream, whether it is up or not. */
  close(): void;
}

/** Delivers one snapshot to one peer, on as many streams as needed. Each resumes where the previous one broke. */
export class SnapshotDeliveryRun implements SnapshotTransfer {
  readonly delivered: Promise<boolean>;
  readonly #options: DeliveryOptions;
  #cancelled = false;
  #stream: OpeningStream | undefined;
  #wake: (() => void) | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.delivered = this.#run();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#stream?.close();
    this.#wake?.();
  }

  async #run(): Promise<boolean> {
    const { tunables, random, onBroken } = this.#options;
    let reached = 0;
    for (let failures = 0; failures < tunables.snapshotTries && !this.#cancelled;) {
      try {
        await this.#try((next) => {
          if (next > reached) failures = 0;
          reached = next;
        });
        return true;
      } catch (error) {
        if (error instanceof SourceError) throw error.cause;
        const refused = error instanceof SnapshotRefusedError;
        if (!this.#cancelled) {
          onBroken(error instanceof Error ? error.message : String(error), refused ? 'refused' : 'broke');
        }
        if (refused) return false;
        failures += 1;
      }
      if (!this.#cancelled) await this.#sleep(backoffMs(failures, tunables, random));
    }
    return false;
  }

  /** @param onPosition called with the frame at which the stream begins */
  async #try(onPosition: (next: number) => void): Promise<void> {
    const { tunables, onOpened } = this.#options;
    const opening = this.#options.open();
    this.#stream = opening;
    try {
      const stream = await this.#within(tunables.dialTimeoutMs, opening.opened);
      onOpened();
      onPosition(stream.position.next);
      for await (const frame of this.#frames(stream.position)) {
        await this.#within(tunables.snapshotStallMs, stream.write(frame));
        await this.#sleep((frame.length / tunables.snapshotBytesPerSecond) * 1000);
      }
      if (this.#cancelled) throw new Error('cancelled');
      await this.#within(tunables.snapshotStallMs, stream.finish());
    } finally {
      this.#stream = undefined;
      opening.close();
    }
  }

  /** Marks errors of the source, so that they are not taken for a broken stream. */
  async *#frames(from: SnapshotPosition): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const frame of this.#options.source.frames(from)) {
        if (this.#cancelled) return;
        yield frame;
      }
    } catch (error) {
      throw new SourceError('the snapshot cannot be read', { cause: error });
    }
  }

  /** Closes the stream if the work takes longer than `limitMs`. */
  async #within<T>(limitMs: number, work: Promise<T>): Promise<T> {
    let late = false;
    const cancel = this.#options.clock.timeout(limitMs, () => {
      late = true;
      this.#stream?.close();
    });
    try {
      return await work;
    } catch (error) {
      throw late ? new Error(`no progress within ${limitMs} ms`, { cause: error }) : error;
    } finally {
      cancel();
    }
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancelTimeout: Cancel = this.#options.clock.timeout(ms, resolve);
      this.#wake = () => {
        cancelTimeout();
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

class SourceError extends Error {}
