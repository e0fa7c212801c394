import type { LogBatch, LogIdentity, LogStore } from '../ports/log.js';
import type { LogMiss } from '../raft/storage.js';
import type { Entry, HardState } from '../raft/types.js';
import { recordBytes } from '../record/record.js';
import { assert, AssertionError, assertNever, defined } from '../util/assert.js';
import { asError } from '../util/error.js';
import type { Logger } from '../util/logger.js';
import { BATCH_HEAD_BYTES, changeBytes } from './batch.js';
import type { Change, Cut, Placement } from './batch.js';
import { LogError } from './errors.js';
import { readEntries } from './reader.js';
import type { LogState } from './state.js';
import type { LogWriter } from './writer.js';

/** Bytes of one write, unless a single append is longer. Bounds the wait of the last append in the queue. */
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
 * The durable log (`LogStore`), in segments of a folder. Created by `openLog`.
 *
 * Appends join a queue. One flush at a time takes everything in it, as one batch, one write and one sync; the next
 * batch gathers meanwhile (group commit). Appended entries become visible in the index table and the cache after the
 * flush, so that no reader sees entries that may be lost.
 */
export class WriteAheadLog implements LogStore {
  readonly identity: LogIdentity;
  readonly failed: Promise<Error>;
  readonly #state: LogState;
  readonly #writer: LogWriter;
  readonly #release: () => Promise<void>;
  readonly #logger: Logger;
  #queue: Waiting[] = [];
  /** Resolves once no cut is in progress. */
  #cut: Promise<void> = Promise.resolve();
  /** Settles when the current flush ends. */
  #flushing: Promise<void> | undefined;
  /** A hard state that need not be synced and is not written yet. It is written with the next batch. */
  #buffered: HardState | undefined;
  /** The last index once the queue is written. */
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
    const newest = cached < end ? cache.range(cached, end) : [];
    const entries = low < cached ? [...this.#readDisk(low, cached), ...newest] : newest;
    if (entries.length !== end - low) {
      const held = `[${table.first}, ${table.next})`;
      throw new AssertionError(`${entries.length} entries for [${low}, ${end}) of ${held}`);
    }
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

  appendInTurn({ entries, hardState, mustSync }: LogBatch): boolean {
    if (this.#flushing !== undefined || (!mustSync && entries.length > 0)) return false;
    if (!mustSync && hardState === undefined) return true;
    this.#checkOpen();
    if (!mustSync) {
      this.#buffered = hardState;
      return true;
    }
    this.#checkOrder(entries);
    const changes = this.#withBuffered([{ kind: 'append', entries, hardState }]);
    try {
      const placement = this.#writer.writeInTurn(changes);
      if (placement === undefined) return false;
      this.#lastQueued = entries.at(-1)?.index ?? this.#lastQueued;
      this.#buffered = undefined;
      this.#takeUp(changes, placement);
      return true;
    } catch (error) {
      throw this.#fail(asError(error));
    }
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

  contentBytes(): number {
    return this.#writer.contentBytes;
  }

  beforeTail(index: number, tail: { readonly entries: number; readonly bytes: number }): number {
    const { table } = this.#state;
    const least = Math.max(index - tail.entries, table.first - 1);
    let at = Math.min(index, this.lastIndex());
    for (let bytes = 0; at > least; at -= 1) {
      bytes += BATCH_HEAD_BYTES + recordBytes(table.dataBytes(at));
      if (bytes > tail.bytes) break;
    }
    return at;
  }

  frees(index: number): boolean {
    return index >= this.firstIndex() && this.#oldestAfter(index) > this.#writer.oldestSequence;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** End of the entries of [low, high) that fit; the first one always fits. */
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
    if (first <= cut.index || first > this.#lastQueued + 1) {
      throw new AssertionError(`entry ${first} does not follow on [${cut.index}, ${this.#lastQueued}]`);
    }
    for (const [position, { index }] of entries.entries()) {
      if (index !== first + position) throw new AssertionError(`the entries from ${first} on are not contiguous`);
    }
  }

  /** Runs one cut at a time: each is checked against the result of the one before. */
  #afterCuts(cut: () => Promise<void>): Promise<void> {
    const done = this.#cut.then(() => {
      this.#checkOpen();
      return cut();
    });
    this.#cut = done.catch(() => undefined);
    return done;
  }

  async #applyCut(index: number, term: number): Promise<void> {
    // Queued appends may replace entries after the cut. Then more segments than needed stay, until the next cut.
    const oldest = this.#oldestAfter(index);
    await this.#enqueue({ kind: 'cut', cut: { index, term, oldest } }, true);
    try {
      await this.#writer.removeBefore(oldest);
    } catch (error) {
      this.#fail(asError(error));
      throw error;
    }
  }

  /** The oldest segment that the log needs after a cut at this index. */
  #oldestAfter(index: number): number {
    const { table } = this.#state;
    return table.has(index + 1) ? table.sequence(index + 1) : this.#writer.activeSequence;
  }

  async #enqueue(change: Change, sync: boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ change, sync, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    // Other appends of this turn join.
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
    const changes = this.#withBuffered(group.map(({ change }) => change));
    if (this.#buffered !== undefined) this.#state.hardState = this.#buffered;
    this.#buffered = undefined;
    const sync = group.some((waiting) => waiting.sync);
    const alone = this.#queue.length === 0;
    const placement = await this.#writer.write(changes, { sync, alone, state: () => stateChanges(this.#state) });
    this.#takeUp(changes, placement);
  }

  /** With the hard state that waits for the next batch, if there is one. */
  #withBuffered(changes: readonly Change[]): readonly Change[] {
    if (this.#buffered === undefined) return changes;
    return [{ kind: 'append', entries: [], hardState: this.#buffered }, ...changes];
  }

  #takeUp(changes: readonly Change[], { offsets }: Placement): void {
    const sequence = this.#writer.activeSequence;
    let slot = 0;
    for (const change of changes) {
      switch (change.kind) {
        case 'append':
          for (const entry of change.entries) {
            const offset = defined(offsets[slot], 'offset');
            this.#state.append(entry, { sequence, offset, dataBytes: entry.data.length });
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
   * There is no retry: a sync after a failed one may succeed although the data are lost. Reading the log after a
   * restart shows what is on disk.
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
      this.#logger.warn('cannot close the files of the failed log', { error: String(error) });
    } finally {
      await this.#release();
    }
  }
}

/** The records at the start of a new segment, which make it independent of earlier ones. */
export function stateChanges({ cut, hardState }: { cut: Cut; hardState: HardState }): readonly Change[] {
  return [
    { kind: 'cut', cut },
    { kind: 'append', entries: [], hardState },
  ];
}
