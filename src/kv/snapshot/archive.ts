import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SnapshotSource } from '../../ports/snapshot.js';
import { DIGEST_BYTES, FRAME_BODY, FrameKind } from './frames.js';
import { readRows } from './rows.js';

/*
 * A snapshot as one file, written by a live member and restored into a new cluster:
 *
 *   "raftkv snapshot\n" | (head | frame)* | head of length 0 | zeros up to a multiple of 512 | SHA-256 of all before
 *
 * A head is a frame's length u32 and a checksum u32 of these four bytes, so that a damaged length is found before memory
 * is allocated for it. The end is that of etcd's files, by which its clients detect truncation. The frames have digests.
 */

export const MAGIC = Buffer.from('raftkv snapshot\n', 'latin1');
export const HEAD_BYTES = 8;
/** The largest configurable request, in bytes. A row is part of a request, and a frame holds whole rows. */
export const LARGEST_REQUEST_BYTES = 512 * 1024 * 1024;
/** Longest frame, in bytes. A head with a greater length is damaged. */
export const FRAME_BYTES_MAX = LARGEST_REQUEST_BYTES + 1024 * 1024;
const BLOCK_BYTES = 512;

/** Longest piece, in bytes: a typical frame fits, and no client refuses it. */
const PIECE_BYTES_MAX = 256 * 1024;
/** Frames between two estimates of progress. */
const FRAMES_BETWEEN_LOOKS = 64;

export interface ArchivePiece {
  readonly bytes: Uint8Array;
  /** Estimate of the remaining bytes; 0 with the last piece only. */
  readonly remainingBytes: number;
}

/** Approximate bytes of the engine's rows: of all, or of those from a key on. */
export type SizeOf = (from?: Uint8Array) => Promise<number>;

/** Yields the archive of a snapshot in pieces. The digest is the last piece. The caller closes the source. */
export async function* archiveOf(
  source: SnapshotSource,
  sizeOf: SizeOf,
): AsyncGenerator<ArchivePiece, void, undefined> {
  const hash = createHash('sha256');
  const ending = makeHead(0);
  const leastBytes = ending.length + DIGEST_BYTES;
  let sentBytes = 0;
  let frames = 0;
  let totalBytes = await sizeOf();
  const piece = (bytes: Uint8Array, remainingBytes: number): ArchivePiece => {
    hash.update(bytes);
    return { bytes, remainingBytes };
  };
  for await (const frame of source.frames()) {
    const bytes = Buffer.concat(
      frames === 0 ? [MAGIC, makeHead(frame.length), frame] : [makeHead(frame.length), frame],
    );
    frames += 1;
    if (frames % FRAMES_BETWEEN_LOOKS === 0) {
      totalBytes = (await estimateTotal({ frame, sentBytes: sentBytes + bytes.length, sizeOf })) ?? totalBytes;
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES_MAX) {
      const part = bytes.subarray(at, at + PIECE_BYTES_MAX);
      sentBytes += part.length;
      yield piece(part, Math.max(leastBytes, Math.round(totalBytes - sentBytes)));
    }
  }
  yield piece(Buffer.concat([ending, Buffer.alloc(paddingOf(sentBytes + ending.length))]), DIGEST_BYTES);
  yield { bytes: hash.digest(), remainingBytes: 0 };
}

/**
 * Estimates the remaining bytes. The engine compresses rows and an archive does not, so the ratio of the rows written
 * so far is applied to the rest. Undefined if there is no ratio yet.
 */
async function estimateTotal(options: {
  readonly frame: Uint8Array;
  readonly sentBytes: number;
  readonly sizeOf: SizeOf;
}): Promise<number | undefined> {
  const { frame, sentBytes, sizeOf } = options;
  const lastKey = lastKeyOf(frame);
  if (lastKey === undefined) return undefined;
  const [all, ahead] = await Promise.all([sizeOf(), sizeOf(lastKey)]);
  return all > ahead ? sentBytes * (all / (all - ahead)) : undefined;
}

function lastKeyOf(frame: Uint8Array): Uint8Array | undefined {
  if (frame[0] !== FrameKind.rows) return undefined;
  let last: Uint8Array | undefined;
  for (const { key } of readRows(frame.subarray(FRAME_BODY, frame.length - DIGEST_BYTES))) last = key;
  return last;
}

function makeHead(frameBytes: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(frameBytes, 0);
  head.writeUInt32BE(crc32(head.subarray(0, 4)), 4);
  return head;
}

/** The length of the next frame, 0 after the last; undefined if the head is damaged. */
export function frameBytesOf(head: Buffer): number | undefined {
  if (crc32(head.subarray(0, 4)) !== head.readUInt32BE(4)) return undefined;
  const bytes = head.readUInt32BE(0);
  return bytes <= FRAME_BYTES_MAX ? bytes : undefined;
}

/** Zeros that pad a length to whole blocks. */
export function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}
