import { execFileSync } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from '../../support/at-exit.js';

const FILLER = 'filler';
const CHUNK = Buffer.alloc(1024 * 1024, 1);

/** A file system of a fixed size in memory, mounted at a folder. Needs root. */
export class SmallDisk {
  readonly #folder: string;
  readonly #forget: () => void;

  constructor(folder: string, bytes: number) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'jepsen', folder]);
    this.#forget = atExit(() => this.#unmount());
  }

  /** Takes all space that is left. @returns its bytes */
  fill(): number {
    let filled = 0;
    const file = openSync(join(this.#folder, FILLER), 'a');
    try {
      for (let chunk = CHUNK; chunk.length > 0;) {
        try {
          filled += writeSync(file, chunk);
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
          chunk = chunk.subarray(0, chunk.length >> 1);
        }
      }
    } finally {
      closeSync(file);
    }
    return filled;
  }

  /** Gives the space back. */
  free(): void {
    rmSync(join(this.#folder, FILLER), { force: true });
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder);
    return bavail * bsize;
  }

  /** Unmounts it. Processes that use it must have ended. */
  close(): void {
    this.#forget();
    this.#unmount();
  }

  #unmount(): void {
    execFileSync('umount', ['-l', this.#folder]);
  }
}
