import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../util/logger.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { syncFolder } from '../home/generations.js';
import { checkLogs } from './log-chain.js';
import { logNames } from './log-files.js';
import { logStart } from './log-start.js';
import { readManifest } from './manifest.js';

/**
 * Cuts from LevelDB's logs what does not continue the state of the tables, so that LevelDB opens at the state after some
 * prefix of the batches. Raft's log replays the rest: it is never cut above the last completed flush.
 * @param folder the folder of a generation whose manifest was repaired
 */
export async function repairLogs(folder: string, logger: Logger): Promise<void> {
  const start = performance.now();
  try {
    const { batches, bytes, cuts, stop } = await checkLogs(folder, logStart(await readManifest(folder)));
    for (const { path, toBytes } of cuts) await cutLog(path, toBytes);
    const ms = Math.round(performance.now() - start);
    if (batches > 0) logger.info("checked the engine's own log", { batches, bytes, ms });
    if (stop !== undefined) logger.warn("cut the end of the engine's own log, which the log replaces", { stop, cuts });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    logger.warn("removed the engine's own log, which cannot be checked", { why: systemReason(error) });
    await removeLogs(folder);
  }
}

const ZEROS_BYTES = 1024 * 1024;

/**
 * Cuts a log. Its end is overwritten first: LevelDB gives the sequences of lost batches to other ones, and a later log may
 * get these blocks of the disk, where an old batch with the right sequence must not appear.
 */
async function cutLog(path: string, toBytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const zeros = Buffer.alloc(Math.min(ZEROS_BYTES, size - toBytes));
    for (let at = toBytes; at < size; at += zeros.length) {
      await file.write(zeros, 0, Math.min(zeros.length, size - at), at);
    }
    await file.sync();
    await file.truncate(toBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeLogs(folder: string): Promise<void> {
  for (const name of await logNames(folder)) await rm(join(folder, name));
  await syncFolder(folder);
}
