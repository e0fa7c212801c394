import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder, removeFolder } from './temporary-folder.js';

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from now on nothing reaches the device, its journal included. */
const SHUT_DOWN = 'open(my $f, "<", $ARGV[0]) or die $!; my $how = pack("L", 2); ioctl($f, 0x8004587d, $how) or die $!';

/**
 * An ext4 file system in a file, which can lose power: what was not synced is lost, and later writes fail. Needs root, loop
 * devices, mkfs.ext4 and perl. Nothing may have files open in it at `comeBack` and `dispose`.
 */
export class LosingFileSystem {
  readonly #image: string;
  readonly #home = makeTemporaryFolder('power');
  /** Where it is mounted. */
  readonly folder = join(this.#home, 'mounted');

  constructor(bytes: number) {
    this.#image = join(this.#home, 'image');
    mkdirSync(this.folder);
    writeFileSync(this.#image, '');
    truncateSync(this.#image, bytes);
    execFileSync('mkfs.ext4', ['-q', this.#image]);
    this.#mount();
  }

  losePower(): void {
    execFileSync('perl', ['-e', SHUT_DOWN, this.folder]);
  }

  /** Mounts it again, as after a restart of the machine. */
  comeBack(): void {
    this.#unmount();
    this.#mount();
  }

  dispose(): void {
    this.#unmount();
    removeFolder(this.#home);
  }

  #mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.folder]);
  }

  #unmount(): void {
    execFileSync('umount', [this.folder]);
  }
}
