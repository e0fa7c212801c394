import type { Disk } from '../ports/disk.js';
import { defined } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import type { Recovered } from './recovery.js';
import { segmentName } from './segment.js';

export interface RepairOptions {
  readonly disk: Disk;
  readonly recovered: Recovered;
  readonly logger: Logger;
}

/**
 * Makes what was read the truth on disk, before anybody is told of it: the torn tail is overwritten with zeros, what is
 * not known to be synced is written and synced again, and so are the names. All are needed:
 *
 * - Sectors reach the disk in any order, so whole batches may follow on the torn one. Once the same entries are
 *   written again in front of them, the chain of checksums would lead into them.
 * - A sync that failed leaves pages in memory that read well, are not on disk, and count as clean: the next sync says
 *   yes and does nothing. Only writing them again makes them dirty.
 * - A process that was killed between renaming a segment and syncing the folder leaves a name that is in memory only.
 *   What is appended under it, and synced, would go with the name at a loss of power.
 */
export async function repair({ disk, recovered, logger }: RepairOptions): Promise<void> {
  const { segments, scan, unsynced, leftovers } = recovered;
  const { file, sequence } = defined(segments.at(-1), 'the last segment');
  const wholeBytes = scan.end - unsynced.offset;
  if (scan.fault !== undefined) {
    const torn = unsynced.bytes.subarray(wholeBytes);
    const copy = await keepCopy({ disk, logger, name: `${segmentName(sequence)}-${scan.end}`, bytes: torn });
    logger.warn('the log ends in a torn write, which nobody was told is durable: cut off', {
      file: segmentName(sequence),
      offset: scan.end,
      bytes: torn.length,
      reason: scan.fault.what,
      copy,
    });
    torn.fill(0);
  }
  if (unsynced.bytes.length > 0) {
    await file.write(unsynced.offset, unsynced.bytes);
    await file.datasync();
  }
  for (const name of leftovers) await disk.remove(name);
  await disk.syncFolder();
}

interface Copy {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** For whoever wants to know what happened. A full disk must not keep the log from opening, so it may be missing. */
async function keepCopy({ disk, logger, name, bytes }: Copy): Promise<string | undefined> {
  const taken = new Set(await disk.list());
  let copy = `${name}.torn`;
  for (let count = 2; taken.has(copy); count += 1) copy = `${name}.${count}.torn`;
  try {
    const file = await disk.open(copy, 'create');
    try {
      await file.write(0, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.syncFolder();
    return copy;
  } catch (error) {
    logger.warn('the torn end of the log cannot be kept', { file: copy, error: String(error) });
    return undefined;
  }
}
