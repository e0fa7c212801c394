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
 * Makes the content that was read durable, before it is used: overwrites the torn tail with zeros, writes and syncs
 * again everything that may not be synced, and syncs the names. All of this is necessary:
 *
 * - Sectors reach the disk in any order, so whole batches may follow the torn one. Once the same entries are written
 *   again before them, the chain of checksums would continue into them.
 * - After a failed sync, pages in memory can be read, are not on disk, and count as clean: the next sync succeeds and
 *   does nothing. Only another write makes them dirty.
 * - A process killed between renaming a segment and syncing the folder leaves a name in memory only. A loss of power
 *   would remove that name, and what was appended and synced under it.
 */
export async function repair({ disk, recovered, logger }: RepairOptions): Promise<void> {
  const { segments, scan, unsynced, leftovers } = recovered;
  const { file, sequence } = defined(segments.at(-1), 'the last segment');
  const wholeBytes = scan.end - unsynced.offset;
  if (scan.fault !== undefined) {
    const torn = unsynced.bytes.subarray(wholeBytes);
    const copy = await keepCopy({ disk, logger, name: `${segmentName(sequence)}-${scan.end}`, bytes: torn });
    logger.warn('cut off a torn write at the end of the log, which was not acknowledged', {
      file: segmentName(sequence),
      offset: scan.end,
      bytes: torn.length,
      reason: scan.fault.what,
      copy,
    });
    torn.fill(0);
  }
  if (unsynced.bytes.length > 0) {
    await file.writeThrough(unsynced.offset, unsynced.bytes);
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

/** Keeps the torn bytes for inspection. The copy may fail, as a full disk must not keep the log from opening. */
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
    logger.warn('cannot keep the torn end of the log', { file: copy, error: String(error) });
    return undefined;
  }
}
