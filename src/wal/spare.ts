import type { Disk, DiskFile } from '../ports/disk.js';
import type { Logger } from '../util/logger.js';
import { spareName } from './segment.js';

/** Bytes written and synced in one step: small enough that an append hardly notices. */
export const FILL_STEP_BYTES = 1024 * 1024;

/** Never written to. A new one for each step would make most of the garbage of a busy log. */
const ZEROS = new Uint8Array(FILL_STEP_BYTES);

export interface SpareOptions {
  readonly disk: Disk;
  readonly sequence: number;
  /** Length of the segment, in bytes. */
  readonly bytes: number;
  readonly logger: Logger;
}

export interface BlankFile {
  readonly file: DiskFile;
  /** Length filled with zeros and synced, in bytes. */
  readonly bytes: number;
}

/**
 * The next segment, filled with zeros in the background. Appends then only overwrite blocks that the file has already,
 * so a sync need not write the file's metadata. A writer that needs it early gets the part filled so far, and waits for
 * one step at most.
 */
export class SpareSegment {
  readonly sequence: number;
  readonly #options: SpareOptions;
  readonly #filled: Promise<BlankFile | undefined>;
  #wanted = false;
  #bytes = 0;

  constructor(options: SpareOptions) {
    this.#options = options;
    this.sequence = options.sequence;
    this.#filled = this.#fillOrWarn();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The file as far as it is filled, at least one step; undefined if filling failed. */
  async take(): Promise<BlankFile | undefined> {
    this.#wanted = true;
    return this.#filled;
  }

  async #fillOrWarn(): Promise<BlankFile | undefined> {
    const { disk, sequence, logger } = this.#options;
    try {
      const file = await createSpare(disk, sequence);
      return await this.#fill(file);
    } catch (error) {
      this.#bytes = 0;
      // It holds no data of the log: the log continues in the current segment, and tries again when that is full.
      logger.warn('cannot prepare the next segment of the log', {
        file: spareName(sequence),
        error: String(error),
      });
      return undefined;
    }
  }

  async #fill(file: DiskFile): Promise<BlankFile> {
    try {
      do {
        this.#bytes += await fillStep(file, this.#bytes, this.#options.bytes);
      } while (this.#bytes < this.#options.bytes && !this.#wanted);
    } catch (error) {
      await file.close();
      await this.#options.disk.remove(spareName(this.sequence));
      throw error;
    }
    return { file, bytes: this.#bytes };
  }
}

/** Creates a segment of one step, if none was prepared. */
export async function createBlank({ disk, sequence, bytes }: Omit<SpareOptions, 'logger'>): Promise<BlankFile> {
  const file = await createSpare(disk, sequence);
  try {
    return { file, bytes: await fillStep(file, 0, bytes) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function createSpare(disk: Disk, sequence: number): Promise<DiskFile> {
  const name = spareName(sequence);
  if ((await disk.list()).includes(name)) await disk.remove(name);
  return disk.open(name, 'create');
}

async function fillStep(file: DiskFile, from: number, end: number): Promise<number> {
  const bytes = Math.min(FILL_STEP_BYTES, end - from);
  await file.writeThrough(from, ZEROS.subarray(0, bytes));
  return bytes;
}
