import { join } from 'node:path';
import type { SoundBatch } from './batch-check.js';
import { logFiles } from './log-files.js';
import type { LogFile } from './log-files.js';
import type { LogStart } from './log-start.js';
import { walkLog } from './log-walk.js';

/*
 * LevelDB's log is written without syncs. After a loss of power any of its pages may be missing or have old content.
 * LevelDB skips damage and replays what follows, which leaves a hole. So its batches are checked before LevelDB opens:
 * each begins with the sequence after the last one of the batch before. What follows the first break is cut off.
 */

/** What to do before LevelDB opens. */
export interface LogChain {
  /** Batches and bytes that LevelDB may replay. */
  readonly batches: number;
  readonly bytes: number;
  /** Logs to cut, and the size to cut them to. */
  readonly cuts: readonly { readonly path: string; readonly toBytes: number }[];
  /** Why the chain ended before the end of the last log. */
  readonly stop?: 'damaged' | 'refused' | 'unknown-start';
}

/**
 * Finds the longest sound chain of batches.
 * @param folder the folder of a generation
 * @param start undefined if it is unknown: then nothing may be replayed
 */
export async function checkLogs(folder: string, start: LogStart | undefined): Promise<LogChain> {
  const files = await logFiles(folder);
  const needed = files.filter(({ number }) => start === undefined || number >= start.logNumber);
  if (start === undefined) return nothing(folder, needed);
  const chain = new Chain(start);
  const cuts: { path: string; toBytes: number }[] = [];
  let bytes = 0;
  let stop: LogChain['stop'];
  for (const { name, number, bytes: size } of needed) {
    const path = join(folder, name);
    if (stop !== undefined) {
      if (size > 0) cuts.push({ path, toBytes: 0 });
      continue;
    }
    const walked = await walkLog(path, (batch) => chain.accept(batch, number));
    bytes += walked.soundBytes;
    stop = walked.stop;
    if (stop !== undefined) cuts.push({ path, toBytes: walked.soundBytes });
  }
  if (!chain.hasKnownStart) return nothing(folder, needed);
  return { batches: chain.batches, bytes, cuts, ...(stop === undefined ? {} : { stop }) };
}

function nothing(folder: string, files: readonly LogFile[]): LogChain {
  const filled = files.filter(({ bytes }) => bytes > 0);
  const cuts = filled.map(({ name }) => ({ path: join(folder, name), toBytes: 0 }));
  return { batches: 0, bytes: 0, cuts, ...(cuts.length === 0 ? {} : { stop: 'unknown-start' }) };
}

/** The batches so far. */
class Chain {
  readonly #start: LogStart;
  /** The sequence of the next batch. */
  #next: number | undefined;
  batches = 0;

  constructor(start: LogStart) {
    this.#start = start;
    const { flushedMin, flushedMax } = start;
    this.#next = flushedMin === flushedMax ? flushedMax + 1 : undefined;
  }

  /** Whether a batch continues the chain. @param log number of its log */
  accept({ sequence, count }: SoundBatch, log: number): boolean {
    const continues = this.#next === undefined ? this.#mayBegin(sequence, log) : sequence === this.#next;
    if (!continues) return false;
    this.#next = sequence + count;
    this.batches++;
    return true;
  }

  /**
   * False if the first batch could be one that the tables hold. With bounds only, it is certain for a chain that leads
   * beyond the upper one. An old page in place of the first one has batches of an earlier log, all of them in the tables.
   * They cannot lead there, because the first batch after those in the tables lies at the start of the log, where the old
   * page is.
   */
  get hasKnownStart(): boolean {
    const { flushedMin, flushedMax } = this.#start;
    return flushedMin === flushedMax || this.batches === 0 || (this.#next ?? 0) > flushedMax + 1;
  }

  /** The first log may have lost all its batches, and a later one does not prove what was before. */
  #mayBegin(sequence: number, log: number): boolean {
    const { logNumber, flushedMin, flushedMax } = this.#start;
    return log === logNumber && sequence > flushedMin && sequence <= flushedMax + 1;
  }
}
