import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { atExit } from '../../support/at-exit.js';
import { LosingFileSystem } from '../../support/losing-file-system.js';

/** A file system that can lose power, behind a symbolic link. Needs root. */
export class LosingDisk {
  readonly #files: LosingFileSystem;
  readonly #forget: () => void;

  /** @param link the path that leads to it, which must not exist */
  constructor(link: string, bytes: number) {
    this.#files = new LosingFileSystem(bytes);
    // At the exit of an interrupted run, processes may still have files open.
    this.#forget = atExit(() => void execFileSync('umount', ['-l', this.#files.folder]));
    symlinkSync(this.#files.folder, link);
  }

  /** From now on nothing reaches the disk. */
  losePower(): void {
    this.#files.losePower();
  }

  /** Mounts it again. Processes that used it must have ended. */
  comeBack(): void {
    this.#files.comeBack();
  }

  /** Unmounts and deletes it. Processes that used it must have ended. */
  close(): void {
    this.#forget();
    this.#files.dispose();
  }
}
