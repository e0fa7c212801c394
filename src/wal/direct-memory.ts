import * as fs from 'node:fs';
import { join } from 'node:path';

/** The most that one write takes, in bytes. */
const CAPACITY_BYTES = 256 * 1024;
/** Sizes of blocks to try: that of most disks, and that of disks without smaller ones. */
const BLOCK_BYTES = [512, 4096] as const;
/** Steps in which an aligned address is looked for, in bytes: memory begins at a multiple of it. */
const STEP_BYTES = 8;
/** A write of this length spans pages at every address, so that the system checks the alignment. */
const TRIAL_BYTES = 8192;
const TRIAL_FILE = 'direct-io.tmp';

/**
 * Memory from which a disk takes data without a copy (O_DIRECT). Its address and the bounds of writes are multiples of a
 * block. One user at a time.
 */
export class DirectMemory {
  readonly blockBytes: number;
  readonly bytes: Buffer;
  /** Whose data the memory holds. */
  holder: unknown;
  /** A write is under way. */
  busy = false;

  private constructor(blockBytes: number, bytes: Buffer) {
    this.blockBytes = blockBytes;
    this.bytes = bytes;
  }

  /**
   * Finds by trial what the file system of a folder accepts. Node states no addresses: writes of an unnamed file tell.
   *
   * @returns undefined if it does not accept direct writes, or if the trial fails for another reason, which the log
   *   meets itself
   */
  static find(folder: string): DirectMemory | undefined {
    const { O_RDWR, O_CREAT, O_EXCL, O_DSYNC, O_DIRECT } = fs.constants;
    if (process.platform !== 'linux' || O_DIRECT === undefined) return undefined;
    const path = join(folder, TRIAL_FILE);
    try {
      fs.rmSync(path, { force: true });
      const descriptor = fs.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_DSYNC | O_DIRECT, 0o600);
      try {
        fs.unlinkSync(path);
        return DirectMemory.#findIn(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    } catch {
      return undefined;
    }
  }

  static #findIn(descriptor: number): DirectMemory | undefined {
    const memory = Buffer.alloc(CAPACITY_BYTES + Math.max(...BLOCK_BYTES));
    for (const blockBytes of BLOCK_BYTES) {
      for (let start = 0; start < blockBytes; start += STEP_BYTES) {
        const bytes = memory.subarray(start, start + CAPACITY_BYTES);
        if (accepts(descriptor, bytes, blockBytes)) return new DirectMemory(blockBytes, bytes);
      }
    }
    return undefined;
  }
}

function accepts(descriptor: number, bytes: Buffer, blockBytes: number): boolean {
  try {
    return fs.writeSync(descriptor, bytes, 0, TRIAL_BYTES + blockBytes, blockBytes) === TRIAL_BYTES + blockBytes;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EINVAL') return false;
    throw error;
  }
}
