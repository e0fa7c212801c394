import { createHash } from 'node:crypto';
import type { etcdserverpb } from '../../gen/proto.js';
import { asBuffer } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { RaftKvError } from '../errors.js';

/** The progress of a snapshot. */
export interface SnapshotProgress {
  readonly receivedBytes: number;
  /** The member's estimate. */
  readonly remainingBytes: number;
}

export interface SnapshotOptions {
  /** The member that sends the snapshot. Default: the first that answers. */
  readonly endpoint?: string;
  /** Longest duration of the whole transfer, in ms. Default: without limit. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called after each piece. */
  readonly onProgress?: (progress: SnapshotProgress) => void;
}

const DIGEST_BYTES = 32;
const BLOCK_BYTES = 512;

/**
 * Passes on the bytes of a snapshot as they arrive. They consist of whole blocks and the SHA-256 of these, which is checked
 * at the end. @throws RaftKvError `data-loss` if the snapshot arrived damaged
 */
export async function* verified(
  responses: AsyncIterable<etcdserverpb.SnapshotResponse.$Properties>,
  onProgress: SnapshotOptions['onProgress'],
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  /** The last bytes so far: the digest, if none follow. */
  let tail: Buffer = Buffer.alloc(0);
  let receivedBytes = 0;
  for await (const { blob, remainingBytes } of responses) {
    if (blob === undefined || blob === null || blob.length === 0) continue;
    const bytes = asBuffer(blob);
    // Copies only 32 bytes, unless the piece is shorter than a digest.
    const [before, last] = splitTail(tail, bytes);
    for (const part of before) hash.update(part);
    tail = last;
    receivedBytes += bytes.length;
    onProgress?.({ receivedBytes, remainingBytes: clampInteger(remainingBytes) });
    yield bytes;
  }
  if (receivedBytes % BLOCK_BYTES !== DIGEST_BYTES) throw damaged(`it ends at byte ${receivedBytes}`);
  if (!hash.digest().equals(tail)) throw damaged('its SHA-256 differs from the one sent');
}

/** Splits two consecutive pieces into the bytes before the last 32, and a copy of those 32. */
function splitTail(tail: Buffer, bytes: Buffer): readonly [before: readonly Buffer[], last: Buffer] {
  if (bytes.length >= DIGEST_BYTES) {
    return [[tail, bytes.subarray(0, -DIGEST_BYTES)], Buffer.from(bytes.subarray(-DIGEST_BYTES))];
  }
  const both = Buffer.concat([tail, bytes]);
  const from = Math.max(0, both.length - DIGEST_BYTES);
  return [[both.subarray(0, from)], both.subarray(from)];
}

function damaged(why: string): RaftKvError {
  const message = `the snapshot is incomplete or damaged: ${why}`;
  return new RaftKvError({ code: 'data-loss', message, fate: 'not-applied', retryable: false });
}
