import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SnapshotSource } from '../../ports/snapshot.js';
import { DIGEST_BYTES, FRAME_BODY, FrameKind } from './frames.js';
import { readRows } from './rows.js';

/*
 * A snapshot as one file, as it comes out of a live member and goes into a new cluster:
 *
 *   "raftkv snapshot\n" | (head | frame)* | head of length 0 | zeros up to a multiple of 512 | SHA-256 of all before
 *
 * A head is a frame's length u32 and a checksum of these four bytes u32: a damaged length is found before anybody makes
 * room for it. The end is etcd's habit, by which its clients tell a whole file from one that was cut; the frames vouch
 * for themselves.
 */

export const MAGIC = Buffer.from('raftkv snapshot\n', 'latin1');
export const HEAD_BYTES = 8;
/** The largest request that a member can be set to take, in bytes. A row is part of one, and a frame holds a whole row. */
export const LARGEST_REQUEST_BYTES = 512 * 1024 * 1024;
/** No frame is longer, in bytes: nobody makes room for more, whatever a head says. */
export const FRAME_BYTES_MAX = LARGEST_REQUEST_BYTES + 1024 * 1024;
const BLOCK_BYTES = 512;

/** The longest piece, in bytes: a usual frame whole, and less than any client refuses. */
const PIECE_BYTES_MAX = 256 * 1024;
/** So many frames lie between two looks at how far the walk has come. */
const FRAMES_BETWEEN_LOOKS = 64;

export interface ArchivePiece {
  readonly bytes: Uint8Array;
  /** What is still to come, in bytes: an estimate until the last rows have been read; 0 with the last piece only. */
  readonly remainingBytes: number;
}

/** Bytes that the engine needs for its rows, all of them or those from a key on, roughly. */
export type SizeOf = (from?: Uint8Array) => Promise<number>;

/** The archive of a snapshot, piece by piece. The digest is the last piece. The source stays the caller's to close. */
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
 * The engine compresses its rows, an archive does not: what the rows behind have become is taken for what those ahead
 * will become. Undefined where that says nothing.
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

/** The length of the frame that follows, 0 behind the last; undefined where the head is damaged, or no frame is as long. */
export function frameBytesOf(head: Buffer): number | undefined {
  if (crc32(head.subarray(0, 4)) !== head.readUInt32BE(4)) return undefined;
  const bytes = head.readUInt32BE(0);
  return bytes <= FRAME_BYTES_MAX ? bytes : undefined;
}

/** The zeros that bring a length up to a whole number of blocks. */
export function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}
