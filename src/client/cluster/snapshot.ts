import { createHash } from 'node:crypto';
import type { etcdserverpb } from '../../gen/proto.js';
import { asBuffer } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { RaftKvError } from '../errors.js';

/** How far a snapshot has come. */
export interface SnapshotProgress {
  readonly receivedBytes: number;
  /** As the member estimates it. */
  readonly remainingBytes: number;
}

export interface SnapshotOptions {
  /** The member to ask. Default: the first that answers. */
  readonly endpoint?: string;
  /** How long the whole of it may take, in ms. Default: as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called with each piece that has come. */
  readonly onProgress?: (progress: SnapshotProgress) => void;
}

const DIGEST_BYTES = 32;
const BLOCK_BYTES = 512;

/**
 * The bytes of a snapshot, as they come. They end with the SHA-256 of all before them, which stand in whole blocks: that
 * is checked at the end. @throws RaftKvError `data-loss` where what came is not what was sent
 */
export async function* verified(
  responses: AsyncIterable<etcdserverpb.SnapshotResponse.$Properties>,
  onProgress: SnapshotOptions['onProgress'],
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  /** The last bytes until now: the digest, if no more come. */
  let held: Buffer = Buffer.alloc(0);
  let receivedBytes = 0;
  for await (const { blob, remainingBytes } of responses) {
    if (blob === undefined || blob === null || blob.length === 0) continue;
    const bytes = asBuffer(blob);
    // Pieces that are shorter than a digest are rare: mostly this copies 32 bytes.
    const [before, last] = lastOf(held, bytes);
    for (const part of before) hash.update(part);
    held = last;
    receivedBytes += bytes.length;
    onProgress?.({ receivedBytes, remainingBytes: clampInteger(remainingBytes) });
    yield bytes;
  }
  if (receivedBytes % BLOCK_BYTES !== DIGEST_BYTES) throw damaged(`it ends at byte ${receivedBytes}`);
  if (!hash.digest().equals(held)) throw damaged('its SHA-256 is not the one that was sent');
}

/** Of two pieces, one behind the other: what stands before their last 32 bytes, and a copy of these. */
function lastOf(held: Buffer, bytes: Buffer): readonly [before: readonly Buffer[], last: Buffer] {
  if (bytes.length >= DIGEST_BYTES) {
    return [[held, bytes.subarray(0, -DIGEST_BYTES)], Buffer.from(bytes.subarray(-DIGEST_BYTES))];
  }
  const both = Buffer.concat([held, bytes]);
  const from = Math.max(0, both.length - DIGEST_BYTES);
  return [[both.subarray(0, from)], both.subarray(from)];
}

function damaged(why: string): RaftKvError {
  const message = `the snapshot is not whole: ${why}`;
  return new RaftKvError({ code: 'data-loss', message, fate: 'not-applied', retryable: false });
}
