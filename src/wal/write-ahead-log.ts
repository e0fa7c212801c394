import type { LogBatch, LogIdentity, LogStore } from '../ports/log.js';
import type { LogMiss } from '../raft/storage.js';
import type { Entry, HardState } from '../raft/types.js';
import { assert, assertNever, defined } from '../util/assert.js';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { changeBytes } from './batch.js';
import type { Change, Cut, Placement } from './batch.js';
import { LogError } from './errors.js';
import { readEntries } from './reader.js';
import type { LogState } from './state.js';
import type { LogWriter } from './writer.js';

/** One write takes no more than this, unless a single append is longer: the last in the queue must not wait for ever. */
const FLUSH_BYTES = 4 * 1024 * 1024;

export interface WriteAheadLogOptions {
  readonly identity: LogIdentity;
  readonly state: LogState;
  readonly writer: LogWriter;
  readonly release: () => Promise<void>;
  readonly logger: Logger;
}

interface Waiting {
  readonly change: Change;
  readonly sync: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The durable log (`LogStore`), as segments in a folder. Made by `openLog`.
 *
 * Appends join a queue. One flush at a time takes what waits there, as one batch, one write and one sync: while the
 * disk is busy with one, the next one gathers (group commit). What was appended is taken up into the table of the index
 * and the cache only once the flush is through, so that nobody reads what may yet be lost.
 */
export class WriteAheadLog implements LogStore {
  readonly identity: LogIdentity;
  readonly failed: Promise<Error>;
  readonly #state: LogState;
  readonly #writer: LogWriter;
  readonly #release: () => Promise<void>;
  readonly #logger: Logger;
  #queue: Waiting[] = [];
  /** Resolves once no cut is under way. */
  #cut: Promise<void> = Promise.resolve();
  /** Runs while something is flushed. */
  #flushing: Promise<void> | undefined;
  /** A hard state that need not be synced and was not written yet; it goes with the next batch. */
  #buffered: HardState | undefined;
  /** The last index once all that waits is written. */
  #lastQueued: number;
  #failure: Error | undefined;
  #settleFailed: (error: Error) => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor({ identity, state, writer, release, logger }: WriteAheadLogOptions) {
    this.identity = identity;
    this.#state = state;
    this.#writer = writer;
    this.#release = release;
    this.#logger = logger;
    this.#lastQueued = state.lastIndex;
    this.failed = new Promise((resolve) => {
      this.#settleFailed = resolve;
    });
  }

  hardState(): HardState {
    return this.#buffered ?? this.#state.hardState;
  }

  firstIndex(): number {
    return this.#state.cut.index + 1;
  }

  lastIndex(): number {
    return this.#state.lastIndex;
  }

  term(index: number): number | LogMiss {
    return this.#state.term(index);
  }

  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss {
    if (low < this.firstIndex()) return 'compacted';
    if (high > this.lastIndex() + 1) return 'unavailable';
    const { table, cache } = this.#state;
    const end = this.#fitting(low, high, maxBytes);
    const cached = Math.max(low, Math.min(end, cache.first));
    const entries = low < cached ? this.#readDisk(low, cached) : [];
    for (let index = cached; index < end; index += 1) entries.push(cache.get(index));
    assert(
      entries.length === end - low,
      `${entries.length} entries for [${low}, ${end}) of [${table.first}, ${table.next})`,
    );
    return entries;
  }

  async append({ entries, hardState, mustSync }: LogBatch): Promise<void> {
    this.#checkOpen();
    if (entries.length === 0) {
      if (hardState === undefined) return;
      if (!mustSync && this.#flushing === undefined) {
        this.#buffered = hardState;
        return;
      }
    }
    this.#checkOrder(entries);
    this.#lastQueued = entries.at(-1)?.index ?? this.#lastQueued;
    await this.#enqueue({ kind: 'append', entries, hardState }, mustSync);
  }

  compact(index: number): Promise<void> {
    return this.#afterCuts(async () => {
      if (index < this.firstIndex()) return;
      const term = this.term(index);
      assert(typeof term === 'number', `the log cannot be cut at ${index}: its last entry is ${this.lastIndex()}`);
      await this.#applyCut(index, term);
    });
  }

  resetTo({ index, term }: { readonly index: number; readonly term: number }): Promise<void> {
    return this.#afterCuts(async () => {
      if (index < this.firstIndex()) return;
      if (this.term(index) !== term) this.#lastQueued = index;
      await this.#applyCut(index, term);
    });
  }

  sizeBytes(): number {
    return this.#writer.sizeBytes;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** One past the last of [low, high) whose data fits; the first fits always. */
  #fitting(low: number, high: number, maxBytes: number): number {
    let bytes = 0;
    for (let index = low; index < high; index += 1) {
      bytes += this.#state.table.dataBytes(index);
      if (bytes > maxBytes && index > low) return index;
    }
    return high;
  }

  #readDisk(low: number, high: number): Entry[] {
    try {
      return readEntries({
        table: this.#state.table,
        segment: (sequence) => this.#writer.segment(sequence),
        low,
        high,
      });
    } catch (error) {
      this.#fail(asError(error));
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw new LogError('closed', 'the log is closed');
  }

  #checkOrder(entries: readonly Entry[]): void {
    const first = entries[0]?.index;
    if (first === undefined) return;
    const { cut } = this.#state;
    assert(
      first > cut.index && first <= this.#lastQueued + 1,
      `entry ${first} does not follow on [${cut.index}, ${this.#lastQueued}]`,
    );
    assert(
      entries.every(({ index }, position) => index === first + position),
      `the entries from ${first} on are not contiguous`,
    );
  }

  /** One cut at a time: each is checked against what the one before has left. */
  #afterCuts(cut: () => Promise<void>): Promise<void> {
    const done = this.#cut.then(() => {
      this.#checkOpen();
      return cut();
    });
    this.#cut = done.catch(() => undefined);
    return done;
  }

  async #applyCut(index: number, term: number): Promise<void> {
    const { table } = this.#state;
    // Appends that wait may overwrite what lies behind the cut: then more than needed stays, until the next cut.
    const oldest = table.has(index + 1) ? table.sequence(index + 1) : this.#writer.activeSequence;
    await this.#enqueue({ kind: 'cut', cut: { index, term, oldest } }, true);
    try {
      await this.#writer.removeBefore(oldest);
    } catch (error) {
      this.#fail(asError(error));
      throw error;
    }
  }

  async #enqueue(change: Change, sync: boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ change, sync, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    // Whatever else this turn appends comes along.
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#failure === undefined) {
      const group = this.#takeGroup();
      try {
        await this.#write(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = this.#fail(asError(error));
        for (const { reject } of group) reject(failure);
      }
    }
    this.#flushing = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0;
    const fitting = this.#queue.findIndex(({ change }, position) => {
      bytes += changeBytes(change);
      return bytes > FLUSH_BYTES && position > 0;
    });
    return this.#queue.splice(0, fitting === -1 ? this.#queue.length : fitting);
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const changes = group.map(({ change }) => change);
    if (this.#buffered !== undefined) {
      changes.unshift({ kind: 'append', entries: [], hardState: this.#buffered });
      this.#state.hardState = this.#buffered;
      this.#buffered = undefined;
    }
    const sync = group.some((waiting) => waiting.sync);
    const placement = await this.#writer.write(changes, { sync, state: () => stateChanges(this.#state) });
    this.#takeUp(changes, placement);
  }

  #takeUp(changes: readonly Change[], { offsets, seeds }: Placement): void {
    const sequence = this.#writer.activeSequence;
    let slot = 0;
    for (const change of changes) {
      switch (change.kind) {
        case 'append':
          for (const entry of change.entries) {
            const offset = defined(offsets[slot], 'offset');
            const seed = defined(seeds[slot], 'seed');
            this.#state.append(entry, { sequence, offset, seed, dataBytes: entry.data.length });
            slot += 1;
          }
          if (change.hardState !== undefined) this.#state.hardState = change.hardState;
          break;
        case 'cut':
          this.#state.applyCut(change.cut);
          break;
        case 'successor':
          break;
        default:
          assertNever(change);
      }
    }
  }

  /**
   * A sync that failed once may succeed at the next call with the data gone, so there is no second try: who reads the
   * log again after a restart finds out what is really there.
   */
  #fail(error: Error): Error {
    const failure = (this.#failure ??= error);
    this.#settleFailed(failure);
    for (const { reject } of this.#queue.splice(0)) reject(failure);
    return failure;
  }

  async #close(): Promise<void> {
    await this.#flushing;
    try {
      if (this.#failure === undefined) {
        if (this.#buffered !== undefined) await this.#write([]);
        await this.#writer.seal();
      }
      await this.#writer.close();
    } catch (error) {
      if (this.#failure === undefined) throw this.#fail(asError(error));
      this.#logger.warn('the files of the failed log cannot be closed', { error: String(error) });
    } finally {
      await this.#release();
    }
  }
}

/** What a new segment repeats, so that it means something without those before it. */
export function stateChanges({ cut, hardState }: { cut: Cut; hardState: HardState }): readonly Change[] {
  return [
    { kind: 'cut', cut },
    { kind: 'append', entries: [], hardState },
  ];
}
