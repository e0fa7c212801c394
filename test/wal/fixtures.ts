import type { Disk } from '../../src/ports/disk.js';
import type { LogBatch, LogIdentity } from '../../src/ports/log.js';
import type { Entry, HardState } from '../../src/raft/types.js';
import type { LogFields, Logger } from '../../src/util/logger.js';
import { silentLogger } from '../../src/util/logger.js';
import { openLog } from '../../src/wal/log.js';
import type { OpenLogOptions } from '../../src/wal/log.js';
import type { WriteAheadLog } from '../../src/wal/write-ahead-log.js';

export const IDENTITY: LogIdentity = { clusterId: 2 ** 52 + 11, memberId: 2 ** 50 + 7 };

/** Writes wait for the disk in later turns, so that a test can hold them there; `IN_TURN` is the other way. */
export const IN_POOL = { inTurnBytesMax: 0 };
/** Every write that may be is made in the turn of its caller, however slow the disk. */
export const IN_TURN = { time: { now: (): number => 0, idleMs: (): number => 0 } };

export async function open(disk: Disk, options: Partial<OpenLogOptions> = {}): Promise<WriteAheadLog> {
  return openLog({ disk, identity: IDENTITY, segmentBytes: 16 * 1024, writes: IN_POOL, ...options });
}

/** An entry with its index as data. */
export function entry(index: number, term = 1, bytes = 24): Entry {
  const data = new Uint8Array(Buffer.alloc(bytes, `${index}/${term} `));
  return { index, term, type: index % 7 === 0 ? 'conf-change-v2' : 'normal', data };
}

/** Entries in [low, high). */
export function entriesOf(low: number, high: number, term = 1, bytes = 24): Entry[] {
  return Array.from({ length: high - low }, (_, position) => entry(low + position, term, bytes));
}

export async function append(log: WriteAheadLog, entries: readonly Entry[], hardState?: HardState): Promise<void> {
  await store(log, { entries, hardState, mustSync: true });
}

/** Appends as a node does: in the turn, if the log does that. */
export async function store(log: WriteAheadLog, batch: LogBatch): Promise<void> {
  if (!log.appendInTurn(batch)) await log.append(batch);
}

/** All readable state of a log, as plain values. */
export function contentsOf(log: WriteAheadLog): {
  first: number;
  last: number;
  cutTerm: unknown;
  hardState: HardState;
  entries: unknown;
} {
  const [first, last] = [log.firstIndex(), log.lastIndex()];
  return {
    first,
    last,
    cutTerm: log.term(first - 1),
    hardState: log.hardState(),
    entries: first > last ? [] : plain(log.entries(first, last + 1, Infinity)),
  };
}

/** Data as plain arrays of bytes, whatever its class. */
export function plain(entries: readonly Entry[] | string): unknown {
  if (typeof entries === 'string') return entries;
  return entries.map(({ index, term, type, data }) => ({
    index,
    term,
    type,
    data: Buffer.from(data).toString('latin1'),
  }));
}

/** Recorded log messages, for tests that expect a warning. */
export function recordingLogger(): {
  readonly logger: Logger;
  readonly lines: { message: string; fields: LogFields | undefined }[];
} {
  const lines: { message: string; fields: LogFields | undefined }[] = [];
  const logger: Logger = { ...silentLogger, warn: (message, fields) => void lines.push({ message, fields }) };
  return { logger, lines };
}

/** The rejection of a promise. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it did not reject');
}
