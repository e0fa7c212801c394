import type { Message, NodeId, SnapshotMetadata } from '../raft/types.js';

/** A place between two frames of a snapshot: how many lie before it, and the digest of all of them. */
export interface SnapshotPosition {
  readonly next: number;
  readonly digest: Uint8Array;
}

/** The state at one index, held fast while it is sent. Must be closed. */
export interface SnapshotSource {
  readonly metadata: SnapshotMetadata;
  /**
   * The snapshot as frames of bounded size (a larger row has one to itself): from the start, or from a position that a
   * receiver of this very snapshot has verified. A position that is not known any more, or belongs to another
   * snapshot, means the start. Several may be read at once.
   */
  frames(from?: SnapshotPosition): AsyncGenerator<Uint8Array, void, undefined>;
  /** Lets go of the state once frames that are being read have come to an end. */
  close(): void;
}

/** Takes a snapshot on, frame by frame, beside the state in force. */
export interface SnapshotSink {
  /** What has been verified and stored. */
  readonly position: SnapshotPosition;
  /** Known once all is there, and durable. */
  readonly complete: SnapshotMetadata | undefined;
  /**
   * Verifies and stores one frame. The first frame of a snapshot begins anew. One call at a time.
   * @throws SnapshotDamageError on a frame that is not the next one of the snapshot; the sink is of no use any more
   */
  take(frame: Uint8Array): Promise<SnapshotPosition>;
  /** Forgets it all. */
  discard(): Promise<void>;
}

/** What a transport is asked to bring to a peer. */
export interface SnapshotDelivery {
  readonly to: NodeId;
  /** The MsgSnap, which tells of the state but does not hold it. */
  readonly message: Message;
  readonly source: SnapshotSource;
}

/** A delivery that is under way. */
export interface SnapshotTransfer {
  /** Whether the peer has all of it, durably, and has been given the message. Rejects only if the source cannot be read. */
  readonly delivered: Promise<boolean>;
  /** Ends it where it stands. */
  cancel(): void;
}

/** The receiving end of one stream of frames. Once it is retired it refuses whatever comes. */
export interface SnapshotIntake {
  /** What is here already of this very snapshot: where the sender goes on. */
  readonly position: SnapshotPosition;
  /**
   * Calls back, once and with a reason, when another stream takes over, or the snapshot is not wanted any more: the
   * stream is to end. At once if that is so already. Not after `finish` or `release`.
   */
  onRetired(callback: (reason: string) => void): void;
  /**
   * One call at a time.
   * @throws SnapshotDamageError on a frame that is not the next one
   * @throws Error where it is not wanted any more
   */
  take(frame: Uint8Array): Promise<void>;
  /**
   * The sender is through: the message is on its way to the core.
   * @throws SnapshotDamageError where frames are missing
   */
  finish(): void;
  /** The stream broke. What is here stays for the next one. */
  release(): void;
}

/** Bytes that are no snapshot, or are not what was sent; or a snapshot of something else. */
export class SnapshotDamageError extends Error {
  override readonly name = 'SnapshotDamageError';
}
