import type { Message, NodeId, SnapshotMetadata } from '../raft/types.js';

/** A position between two frames of a snapshot: the number of frames before it, and their digest. */
export interface SnapshotPosition {
  readonly next: number;
  readonly digest: Uint8Array;
}

/** The state at one index, pinned while it is sent. Must be closed. */
export interface SnapshotSource {
  readonly metadata: SnapshotMetadata;
  /**
   * The snapshot as frames of bounded size (a larger row has its own frame), from the start or from a position that a
   * receiver of this snapshot has verified. An unknown position, or one of another snapshot, means the start. Several
   * generators may run at once.
   */
  frames(from?: SnapshotPosition): AsyncGenerator<Uint8Array, void, undefined>;
  /** Releases the state once all running generators have ended. */
  close(): void;
}

/** Receives a snapshot, frame by frame, beside the current state. */
export interface SnapshotSink {
  /** The part that is verified and stored. */
  readonly position: SnapshotPosition;
  /** Present once the whole snapshot is durable. */
  readonly complete: SnapshotMetadata | undefined;
  /**
   * Verifies and stores one frame. The first frame of a snapshot starts over. One call at a time.
   * @throws SnapshotDamageError on a frame that is not the next one; the sink is unusable from then on
   */
  take(frame: Uint8Array): Promise<SnapshotPosition>;
  /** Discards everything received. */
  discard(): Promise<void>;
}

/** A snapshot for a peer. */
export interface SnapshotDelivery {
  readonly to: NodeId;
  /** The MsgSnap, which names the state and does not hold it. */
  readonly message: Message;
  readonly source: SnapshotSource;
}

/** A delivery in progress. */
export interface SnapshotTransfer {
  /** True once the peer has all of it durably and its core has the message. Rejects only if the source cannot be read. */
  readonly delivered: Promise<boolean>;
  /** Stops the delivery. */
  cancel(): void;
}

/** The receiving end of one stream of frames. Once it is retired it refuses all frames. */
export interface SnapshotIntake {
  /** The part of this snapshot that is stored already: the sender continues there. */
  readonly position: SnapshotPosition;
  /**
   * Calls back once, with a reason, when another stream takes over or the snapshot is no longer wanted: the stream must
   * end. Calls back at once if that has happened already, and never after `finish` or `release`.
   */
  onRetired(callback: (reason: string) => void): void;
  /**
   * One call at a time.
   * @throws SnapshotDamageError on a frame that is not the next one
   * @throws Error if the snapshot is no longer wanted
   */
  take(frame: Uint8Array): Promise<void>;
  /**
   * The sender has sent everything: the message goes to the core.
   * @throws SnapshotDamageError if frames are missing
   */
  finish(): void;
  /** The stream broke. The stored part is kept for the next stream. */
  release(): void;
}

/** Bytes that are not a snapshot, not the ones that were sent, or of another snapshot. */
export class SnapshotDamageError extends Error {
  override readonly name = 'SnapshotDamageError';
}
