import { withEither } from '../../util/abort.js';
import { EMPTY } from '../../util/bytes.js';
import { wordArgument } from '../calls/arguments.js';
import type { CallOptions } from '../calls/dispatcher.js';
import { cancelledError, timedOutError } from '../calls/ended-errors.js';
import { invalidArgument, RaftKvError } from '../errors.js';
import type { KeyRange } from '../keys/key-range.js';
import type { Consistency, RangeOptions, RangeResult } from '../keys/range.js';
import { boundedWait } from '../calls/bounded-wait.js';
import { outOfLine } from './cache-types.js';
import type { CacheAnswer, CacheReadOptions } from './cache-types.js';
import type { CacheSource } from './cache-source.js';
import type { Follower } from './follower.js';
import type { Keeper } from './keeper.js';
import type { Memory } from './memory.js';
import { Rounds } from './rounds.js';

const LEVELS: Readonly<Record<Consistency, Consistency>> = {
  default: 'default',
  consistent: 'consistent',
  stale: 'stale',
};

/** What a round has confirmed. */
interface Confirmed {
  readonly revision: number;
  /** The revision has every write that was acknowledged before this time, on the monotonic clock, in ms. */
  readonly sinceMs: number;
}

/** A read in progress. */
export interface Reading {
  readonly options: CacheReadOptions;
  readonly level: Consistency;
  readonly sinceMs: number;
  readonly deadlineMs: number;
}

/** A memory that can answer a read. */
export interface Ready {
  readonly memory: Memory;
  /** Upper bound of its age, in ms. */
  readonly ageMs: number;
}

export interface CacheReaderOptions {
  readonly source: CacheSource;
  /** The first key of the cache, at which rounds read. */
  readonly key: Uint8Array;
  readonly keeper: () => Keeper;
  /** The consistency of reads that specify none. */
  readonly consistency: Consistency;
  /** The caller's signal, which closes the cache. */
  readonly signal: AbortSignal | undefined;
  readonly closing: AbortSignal;
}

/** Decides for each read whether the memory can answer it, waits until it can, and otherwise asks the cluster. */
export class CacheReader {
  /** Reads answered from memory, and by the cluster. */
  readonly counts = { memory: 0, cluster: 0 };
  readonly #options: CacheReaderOptions;
  readonly #source: CacheSource;
  readonly #rounds: Rounds<Confirmed>;

  constructor(options: CacheReaderOptions) {
    const { source } = options;
    this.#options = options;
    this.#source = source;
    this.#rounds = new Rounds(
      (level, timeoutMs) => this.#confirm(level, timeoutMs),
      () => source.now(),
    );
  }

  /** @throws RaftKvError `invalid-argument`, and `closed` or `cancelled` if the read has ended already */
  begin(options: CacheReadOptions): Reading {
    const level = wordArgument(options.consistency ?? this.#options.consistency, 'the consistency', LEVELS);
    if (options.maxStalenessMs !== undefined && level !== 'stale') {
      throw invalidArgument('maxStalenessMs requires the consistency "stale"');
    }
    const ended = this.#whyEnded(options.signal);
    if (ended !== undefined) throw ended;
    const sinceMs = this.#source.now();
    return { options, level, sinceMs, deadlineMs: sinceMs + (options.timeoutMs ?? this.#source.timeoutMs) };
  }

  /** The memory, once it can answer; undefined if the cluster has to. @throws RaftKvError */
  async memoryFor(reading: Reading): Promise<Ready | undefined> {
    const { follower } = this.#options.keeper();
    if (follower === undefined) return undefined;
    const { memory } = follower;
    const { level, options, deadlineMs } = reading;
    const { atLeastRevision = 0 } = options;
    const now = level === 'stale' && memory.revision >= atLeastRevision ? this.#ready(memory, options) : undefined;
    if (now !== undefined || !follower.isPresent) return now;
    const caughtUp = await boundedWait(this.#source, this.#caughtUp(follower, reading), {
      deadlineMs,
      signals: [options.signal, this.#options.closing],
      reason: () =>
        this.#whyEnded(options.signal) ?? timedOutError('the cache did not reach the revision of the read in time'),
    });
    return caughtUp && this.#options.keeper().follower === follower ? this.#ready(memory, options) : undefined;
  }

  /** Reads from the cluster. @throws RaftKvError */
  async pass(range: KeyRange, reading: Reading, more: RangeOptions): Promise<RangeResult & CacheAnswer> {
    const { options, level, sinceMs, deadlineMs } = reading;
    const timeoutMs = Math.max(1, Math.ceil(deadlineMs - this.#source.now()));
    const result = await this.read(range, { ...options, ...more, consistency: level, timeoutMs });
    const { revision, freshness } = result.header;
    const elapsedMs = Math.ceil(this.#source.now() - sinceMs);
    this.counts.cluster += 1;
    return { ...result, revision, ageMs: level === 'stale' ? freshness?.stalenessMs : elapsedMs, source: 'cluster' };
  }

  /** A range as a call of its own, which ends with the cache. @throws RaftKvError */
  async read(range: KeyRange, options: RangeOptions & CallOptions): Promise<RangeResult> {
    try {
      return await withEither([options.signal, this.#options.closing], async (signal) => {
        return await this.#source.range(range, { ...options, signal });
      });
    } catch (error) {
      throw this.#whyEnded(options.signal) ?? error;
    }
  }

  answered({ memory, ageMs }: Ready): CacheAnswer {
    this.counts.memory += 1;
    return { revision: memory.revision, ageMs, source: 'memory' };
  }

  ageOf({ asOfMs }: Memory): number {
    return Math.ceil(Math.max(0, this.#source.now() - asOfMs));
  }

  /** Makes sure, after an interruption, that the members do not hold a restored backup. */
  verify(): void {
    const deadlineMs = this.#source.now() + this.#source.timeoutMs;
    // A failure leaves the question to the next consistent read.
    this.#rounds.next('consistent', deadlineMs).catch(() => undefined);
  }

  /** The memory with its age; undefined if that exceeds the bound of the read. */
  #ready(memory: Memory, { maxStalenessMs = Number.POSITIVE_INFINITY }: CacheReadOptions): Ready | undefined {
    const ageMs = this.ageOf(memory);
    return ageMs <= maxStalenessMs ? { memory, ageMs } : undefined;
  }

  /** @returns whether the memory is as new as the read demands */
  async #caughtUp(follower: Follower, { level, options, deadlineMs }: Reading): Promise<boolean> {
    const { memory } = follower;
    if (!(await follower.reach(options.atLeastRevision ?? 0, { confirmed: false }))) return false;
    if (level === 'stale' && this.#ready(memory, options) !== undefined) return true;
    const { revision, sinceMs } = await this.#rounds.next(level === 'stale' ? 'consistent' : level, deadlineMs);
    if (!(await follower.reach(revision, { confirmed: true }))) return false;
    memory.vouch(sinceMs);
    return true;
  }

  /** A round: counts the keys at one position, so that the answer carries neither key nor value. */
  async #confirm(consistency: Consistency, timeoutMs: number): Promise<Confirmed> {
    const { source, key, closing, keeper } = this.#options;
    const { follower } = keeper();
    const before = follower?.memory.revision ?? 0;
    const sinceMs = source.now();
    const asked = { consistency, countOnly: true, timeoutMs, signal: closing };
    const { clusterId, revision } = (await source.range({ key, rangeEnd: EMPTY }, asked)).header;
    if (follower === undefined) return { revision, sinceMs };
    const held = follower.memory.clusterId;
    if (clusterId !== held) {
      keeper().drop(follower, outOfLine(`the cache holds keys of the cluster ${held}, and ${clusterId} has answered`));
    } else if (revision < before) {
      const message = `the cluster is at revision ${revision} and was at ${before}: it was restored from a backup`;
      keeper().drop(follower, outOfLine(message));
    }
    return { revision, sinceMs };
  }

  #whyEnded(given: AbortSignal | undefined): RaftKvError | undefined {
    const { source, signal, closing } = this.#options;
    if (given?.aborted === true) return cancelledError('not-applied', given);
    if (!closing.aborted) return undefined;
    if (signal?.aborted === true) return cancelledError('not-applied', signal);
    const message = source.closing.aborted ? 'the client is closed' : 'the cache is closed';
    return new RaftKvError({ code: 'closed', message, fate: 'not-applied', retryable: false });
  }
}
