import { createHash } from 'node:crypto';
import { SnapshotDamageError, type SnapshotPosition } from '../../ports/snapshot.js';
import { asBuffer, equalBytes } from '../../util/bytes.js';

/*
 * A snapshot is a sequence of frames:
 *
 *   kind u8 | sequence u32 | body | digest, 32 bytes
 *
 * one header, rows, one trailer. The digest is SHA-256 over the digest of the frame before (zeros before the first) and
 * the frame up to the digest. So a frame's digest covers all frames up to it, and a receiver that holds a digest can
 * resume from there.
 */

export const FrameKind = { header: 1, rows: 2, trailer: 3 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

const HEAD_BYTES = 5;
export const DIGEST_BYTES = 32;
/** Bytes of a frame beside its body. */
export const FRAME_OVERHEAD_BYTES = HEAD_BYTES + DIGEST_BYTES;

export const START: SnapshotPosition = { next: 0, digest: new Uint8Array(DIGEST_BYTES) };

export interface Frame {
  readonly kind: FrameKind;
  /** A view. */
  readonly body: Uint8Array;
  /** The digest of this frame. */
  readonly position: SnapshotPosition;
}

/** A buffer for a frame with a body of a given size, which is written at FRAME_BODY. */
export function allocateFrame(bodyBytes: number): Buffer {
  return Buffer.allocUnsafe(bodyBytes + FRAME_OVERHEAD_BYTES);
}

export const FRAME_BODY = HEAD_BYTES;

/** Completes a frame whose body is written. @returns its position and digest, from which the next frame follows */
export function sealFrame(frame: Buffer, kind: FrameKind, before: SnapshotPosition): SnapshotPosition {
  frame[0] = kind;
  frame.writeUInt32BE(before.next, 1);
  const end = frame.length - DIGEST_BYTES;
  const digest = digestOf(before.digest, frame.subarray(0, end));
  frame.set(digest, end);
  return { next: before.next + 1, digest };
}

export function makeFrame(
  kind: FrameKind,
  body: Uint8Array,
  before: SnapshotPosition,
): { readonly frame: Buffer; readonly position: SnapshotPosition } {
  const frame = allocateFrame(body.length);
  frame.set(body, FRAME_BODY);
  return { frame, position: sealFrame(frame, kind, before) };
}

/** @throws SnapshotDamageError unless the bytes are the frame that follows `before` */
export function openFrame(bytes: Uint8Array, before: SnapshotPosition): Frame {
  const frame = asBuffer(bytes);
  const end = frame.length - DIGEST_BYTES;
  if (end < HEAD_BYTES) throw new SnapshotDamageError(`a frame of a snapshot with ${frame.length} bytes`);
  const sequence = frame.readUInt32BE(1);
  if (sequence !== before.next) {
    throw new SnapshotDamageError(`frame ${sequence} of a snapshot instead of ${before.next}`);
  }
  const digest = digestOf(before.digest, frame.subarray(0, end));
  if (!equalBytes(digest, frame.subarray(end))) {
    throw new SnapshotDamageError(`frame ${sequence} of the snapshot fails its checksum`);
  }
  const kind = Object.values(FrameKind).find((known) => known === frame[0]);
  if (kind === undefined) throw new SnapshotDamageError(`frame ${sequence} of the snapshot is of kind ${frame[0]}`);
  return { kind, body: frame.subarray(HEAD_BYTES, end), position: { next: sequence + 1, digest } };
}

export function samePosition(left: SnapshotPosition, right: SnapshotPosition): boolean {
  return left.next === right.next && equalBytes(left.digest, right.digest);
}

/** Whether bytes claim to be the first frame of a snapshot. */
export function isFirstFrame(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD_BYTES && asBuffer(bytes).readUInt32BE(1) === 0;
}

function digestOf(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(before).update(bytes).digest();
}
