import type { Disk } from '../ports/disk.js';
import type { LogIdentity } from '../ports/log.js';
import type { Logger } from '../util/logger.js';
import { silentLogger } from '../util/logger.js';
import { DurableWrites } from './durable-writes.js';
import type { DurableWritesOptions } from './durable-writes.js';
import { foreignError } from './errors.js';
import { WriteAheadLog, stateChanges } from './write-ahead-log.js';
import { repair } from './repair.js';
import { recover } from './recovery.js';
import { SEGMENT_HEADER_BYTES, decodeSegmentHeader, segmentName, segmentNames } from './segment.js';
import { LogState } from './state.js';
import { LogWriter } from './writer.js';

export interface OpenLogOptions {
  readonly disk: Disk;
  /** Owner of the log. The log of another member is refused. */
  readonly identity: LogIdentity;
  /** Length of a segment, in bytes, at least 4 KiB. The first segments are shorter. Default: 64 MiB. */
  readonly segmentBytes?: number;
  /** Memory for the newest entries, in bytes. Default: 32 MiB. */
  readonly cacheBytes?: number;
  /** Which writes are made in the turn of their caller. */
  readonly writes?: DurableWritesOptions;
  readonly logger?: Logger;
}

const SEGMENT_BYTES_MIN = 4096;

/**
 * Opens the log of a folder, or creates one. A torn tail is cut off with a warning, and a copy of it is kept. If it
 * throws, nothing has been written.
 * @throws LogError if the folder is in use, belongs to another member, or is damaged below a synced offset
 */
export async function openLog(options: OpenLogOptions): Promise<WriteAheadLog> {
  const { disk, identity, segmentBytes = 64 * 1024 ** 2, cacheBytes = 32 * 1024 ** 2, logger = silentLogger } = options;
  if (!(segmentBytes >= SEGMENT_BYTES_MIN))
    throw new RangeError(`segments of ${segmentBytes} bytes: at least ${SEGMENT_BYTES_MIN}`);
  const found = await peekIdentity(disk);
  if (found !== undefined && !sameIdentity(found, identity)) throw foreignError(found, identity);
  const lock = await disk.lock();
  try {
    const state = new LogState(cacheBytes);
    const recovered = await recover({ disk, identity, state });
    if (recovered !== undefined) await repair({ disk, recovered, logger });
    const writing = { disk, identity, segmentBytes, writes: new DurableWrites(options.writes), logger };
    const writer =
      recovered === undefined
        ? await LogWriter.create(writing, stateChanges(state))
        : LogWriter.resume(writing, recovered);
    return new WriteAheadLog({ identity, state, writer, release: () => lock.release(), logger });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Reads the owner of the log in a folder; undefined if there is no log. Changes nothing and takes no lock.
 * @throws LogError if the header of the newest segment is damaged
 */
export async function peekIdentity(disk: Disk): Promise<LogIdentity | undefined> {
  const sequence = segmentNames(await disk.list()).segments.at(-1);
  if (sequence === undefined) return undefined;
  const file = await disk.open(segmentName(sequence), 'read');
  try {
    return decodeSegmentHeader(await file.read(0, SEGMENT_HEADER_BYTES), sequence).identity;
  } finally {
    await file.close();
  }
}

function sameIdentity(left: LogIdentity, right: LogIdentity): boolean {
  return left.clusterId === right.clusterId && left.memberId === right.memberId;
}
