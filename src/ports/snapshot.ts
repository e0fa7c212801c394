import type { SnapshotMetadata } from '../raft/types.js';

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

/** Bytes that are no snapshot, or are not what was sent; or a snapshot of something else. */
export class SnapshotDamageError extends Error {
  override readonly name = 'SnapshotDamageError';
}
