import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BatchCheck } from './batch-check.js';
import type { SoundBatch } from './batch-check.js';
import { BLOCK_BYTES, HEADER_BYTES, soundFragment } from './log-format.js';

/** Bytes that are read and checked in one turn of the event loop: less than a millisecond of work. */
const TURN_BYTES = 8 * BLOCK_BYTES;

export interface LogWalked {
  /** Size of the file. */
  readonly bytes: number;
  /** Where the last accepted batch ends. */
  readonly soundBytes: number;
  /** Why the walk ended before the end of the file. */
  readonly stop?: 'damaged' | 'refused';
}

/**
 * Reads the batches of a log in order, as far as they are sound. Stricter than LevelDB, which skips damage and goes on
 * in the next block.
 * @param accept called with each sound batch; false ends the walk before it
 */
export async function walkLog(path: string, accept: (batch: SoundBatch) => boolean): Promise<LogWalked> {
  const file = await open(path, 'r');
  try {
    const walk = new Walk(accept);
    const chunk = Buffer.allocUnsafeSlow(TURN_BYTES);
    let start = 0;
    for (;;) {
      const bytes = await readFully(file, chunk, start);
      for (let block = 0; block < bytes && walk.stop === undefined; block += BLOCK_BYTES) {
        walk.block(chunk.subarray(block, Math.min(block + BLOCK_BYTES, bytes)), start + block);
      }
      start += bytes;
      if (walk.stop !== undefined || bytes < chunk.length) break;
      await nextTurn();
    }
    const { size } = await file.stat();
    // A batch may end in a block that does not follow.
    const stop = walk.stop ?? (walk.soundBytes < start ? 'damaged' : undefined);
    return { bytes: size, soundBytes: walk.soundBytes, ...(stop === undefined ? {} : { stop }) };
  } finally {
    await file.close();
  }
}

/** @returns fewer bytes than the chunk has only at the end of the file */
async function readFully(file: FileHandle, chunk: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < chunk.length) {
    const { bytesRead } = await file.read(chunk, filled, chunk.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

class Walk {
  readonly #accept: (batch: SoundBatch) => boolean;
  readonly #batch = new BatchCheck();
  #isInRecord = false;
  soundBytes = 0;
  stop: 'damaged' | 'refused' | undefined;

  constructor(accept: (batch: SoundBatch) => boolean) {
    this.#accept = accept;
  }

  /** @param offset of the block in the file */
  block(block: Buffer, offset: number): void {
    let at = 0;
    while (BLOCK_BYTES - at >= HEADER_BYTES && at < block.length) {
      const fragment = soundFragment(block, at, BLOCK_BYTES - at);
      if (fragment === undefined || fragment.beginsRecord === this.#isInRecord) {
        this.stop = 'damaged';
        return;
      }
      if (fragment.beginsRecord) this.#batch.begin();
      this.#batch.add(block.subarray(at + HEADER_BYTES, at + fragment.bytes));
      at += fragment.bytes;
      this.#isInRecord = !fragment.endsRecord;
      if (fragment.endsRecord && !this.#endBatch(offset + at)) return;
    }
    // The rest of a whole block is unused. It belongs to the batch before it.
    if (!this.#isInRecord && block.length === BLOCK_BYTES) this.soundBytes = offset + BLOCK_BYTES;
  }

  #endBatch(end: number): boolean {
    const batch = this.#batch.end();
    if (batch === undefined) this.stop = 'damaged';
    else if (!this.#accept(batch)) this.stop = 'refused';
    else this.soundBytes = end;
    return this.stop === undefined;
  }
}
