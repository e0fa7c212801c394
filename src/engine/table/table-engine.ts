import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine, EngineCursor, EngineOperation, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { LinkedList } from '../../util/linked-list.js';
import { Signal } from '../../util/signal.js';
import { EngineLife } from '../engine-life.js';
import { EngineClosedError } from '../errors.js';
import { copyOf } from '../operation.js';
import { Flusher } from './flusher.js';
import type { KeyHash } from '../../util/key-hash.js';
import { Table } from './table.js';
import { TableSnapshot, readMany, valueOf, type SnapshotOwner } from './table-snapshot.js';
import type { TableSizes } from './table-sizes.js';

export interface TableEngineOptions {
  /** The engine below, which nothing else writes to. The table closes it. */
  readonly base: Engine;
  readonly sizes: TableSizes;
  readonly hash: KeyHash;
  /** Awaited between two slices of work. Default: the next turn of the event loop. */
  readonly pause?: () => Promise<void>;
  /** Awaited before each batch that is flushed. Default: `pause`. */
  readonly beforeFlush?: () => Promise<void>;
}

/**
 * A table in memory in front of another engine. A batch is a batch of the table, at the cost of some copies; the table is
 * flushed to the engine below in the background, in batches that join whole ones. A crash therefore leaves a state after
 * some prefix of the batches, as the port demands, and loses what was not flushed: the log has it.
 *
 * The table is bounded: a batch waits while it is full. A large batch waits until the table is flushed and goes past it.
 * A failed flush is final: every later write is refused with its error.
 */
export class TableEngine implements Engine {
  readonly #options: TableEngineOptions;
  readonly #base: Engine;
  readonly #table: Table;
  readonly #flusher: Flusher;
  /** Those that are open. */
  readonly #snapshots = new LinkedList<TableSnapshot>();
  readonly #owner: SnapshotOwner;
  /** Set when memory was freed, for the write that waits for it. */
  readonly #freed = new Signal();
  /** Resolves when the last write that could not be done at once is done, whether it succeeded or not. */
  #lastWrite: Promise<void> = Promise.resolve();
  /** Writes that could not be done at once, and are not done. */
  #laterWrites = 0;
  readonly #life = new EngineLife();
  #retired = false;

  constructor(options: TableEngineOptions) {
    this.#options = options;
    const { base, hash, sizes, pause = () => nextTurn() } = options;
    this.#base = base;
    this.#owner = {
      hash,
      pause,
      assertOpen: () => this.#life.assertOpen(),
      onClosed: (closed) => this.#snapshots.remove(closed),
      onError: (error) => this.#fail(error),
    };
    const onError = (error: unknown): void => this.#fail(error);
    this.#table = new Table({ base, hash, sizes, onFreed: () => this.#freed.set(), onError });
    this.#flusher = new Flusher({
      table: this.#table,
      base,
      flushRows: sizes.flushRows,
      flushBytes: sizes.bytesMax / 2,
      pause: options.beforeFlush ?? pause,
      onFailed: onError,
    });
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#life.assertOpen();
    const row = this.#table.find(key);
    return row === undefined ? this.#base.get(key) : valueOf(row);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#life.assertOpen();
    return await readMany(keys, {
      find: (key) => this.#table.find(key),
      below: (rest) => this.#base.getMany(rest),
    });
  }

  cursor(range: EngineRange): EngineCursor {
    const snapshot = this.#openSnapshot();
    return snapshot.cursorOf(range, () => void snapshot.close().catch((error: unknown) => this.#fail(error)));
  }

  snapshot(): EngineSnapshot {
    return this.#openSnapshot();
  }

  /** Copies the operations before it returns, unless the batch is large: those must stay as they are until it resolves. */
  async write(operations: Iterable<EngineOperation>): Promise<void> {
    this.#life.assertUsable();
    if (this.#retired) throw new EngineClosedError('the engine was replaced');
    const batch = takeBatch(operations, this.#options.sizes.batch);
    if (batch.rest === undefined && this.#laterWrites === 0 && this.#hasRoom()) {
      this.#add(batch);
      return;
    }
    const owned = batch.rest === undefined ? { first: batch.first.map(copyOf), rest: undefined } : batch;
    this.#laterWrites++;
    const written = this.#lastWrite.then(() => this.#writeLater(owned)).finally(() => this.#laterWrites--);
    this.#lastWrite = written.catch(() => undefined); // reported to the caller
    await written;
  }

  /** Flushes the table, and makes the engine below durable. */
  async barrier(): Promise<void> {
    this.#life.assertUsable();
    await this.#flusher.drain();
    this.#life.assertUsable();
    await this.#base.barrier();
  }

  /** Flushes the table, but not the engine below. */
  async durableLabel(label: number): Promise<number> {
    this.#life.assertUsable();
    await this.#flusher.drain();
    this.#life.assertUsable();
    return await this.#base.durableLabel(label);
  }

  async compactRange(range?: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void> {
    this.#life.assertUsable();
    await this.#flusher.drain();
    this.#life.assertUsable();
    await this.#base.compactRange(range);
  }

  /** The rows of the table are assumed to be distributed as those of the engine below. */
  async sizeBytes(from?: Uint8Array): Promise<number> {
    this.#life.assertOpen();
    const [whole, part] = await Promise.all([
      this.#base.sizeBytes(),
      from === undefined || from.length === 0 ? undefined : this.#base.sizeBytes(from),
    ]);
    const own = this.#table.unflushedBytes;
    if (part === undefined) return whole + own;
    return whole === 0 ? own : Math.round(part + (own * part) / whole);
  }

  freeBytes(): number {
    return this.#base.freeBytes();
  }

  /** @throws the error of a failed flush: then not all writes are durable */
  close(): Promise<void> {
    return this.#life.close(() => this.#shutDown(() => this.#flusher.drain()));
  }

  /** Resolves once nothing is being written to the engine below. Nothing will be until `resumeFlushing`. */
  async pauseFlushing(): Promise<void> {
    await this.#flusher.pause();
  }

  resumeFlushing(): void {
    this.#flusher.resume();
  }

  /**
   * Flushes nothing more, and takes no more writes: another engine holds a later state, durably. It can still be read, and
   * its barriers resolve.
   */
  retire(): void {
    this.#retired = true;
    this.#flusher.retire();
  }

  /** Drops what is not flushed, and closes open cursors and snapshots. The engine below stays open. */
  discard(): Promise<void> {
    return this.#life.close(() => this.#release());
  }

  #hasRoom(): boolean {
    return this.#table.bytes < this.#options.sizes.bytesMax;
  }

  #openSnapshot(): TableSnapshot {
    this.#life.assertOpen();
    const snapshot = new TableSnapshot(this.#table.openView(), this.#owner);
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  #add({ first }: Batch): void {
    this.#table.add(first);
    this.#flusher.check();
  }

  /** One at a time, in the order of the calls. */
  async #writeLater(batch: Batch): Promise<void> {
    if (batch.rest === undefined) {
      while (!this.#hasRoom() && !this.#life.hasFailed) {
        this.#flusher.check();
        await this.#freed.wait();
      }
      this.#life.assertNotFailed();
      this.#add(batch);
    } else {
      this.#life.assertNotFailed();
      await this.#writePast(joined(batch.first, batch.rest));
    }
  }

  /** Writes a batch to the engine below. What came before it is there first. */
  async #writePast(operations: Iterable<EngineOperation>): Promise<void> {
    try {
      await this.#flusher.drain();
      await this.#base.write(operations);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    this.#table.passedBy();
  }

  async #shutDown(flush: () => Promise<void>): Promise<void> {
    await this.#lastWrite;
    try {
      this.#life.assertNotFailed();
      await flush();
    } finally {
      await this.#release();
      await this.#base.close();
    }
  }

  async #release(): Promise<void> {
    await this.#flusher.stop(new EngineClosedError('the engine is closed'));
    await Promise.all([...this.#snapshots].map((snapshot) => snapshot.close()));
    this.#table.clear();
  }

  #fail(thrown: unknown): void {
    void this.#flusher.stop(this.#life.fail(thrown));
    this.#freed.set();
  }
}

interface Batch {
  /** Copies. */
  readonly first: readonly EngineOperation[];
  /** The rest of a large batch, as it was given. */
  readonly rest: Iterator<EngineOperation> | undefined;
}

function takeBatch(operations: Iterable<EngineOperation>, { rows, bytes }: TableSizes['batch']): Batch {
  const source = operations[Symbol.iterator]();
  const first: EngineOperation[] = [];
  let size = 0;
  while (first.length <= rows && size <= bytes) {
    const { done, value } = source.next();
    if (done === true) return { first, rest: undefined };
    first.push(copyOf(value));
    size += value.key.length + (value.type === 'put' ? value.value.length : 0);
  }
  return { first, rest: source };
}

function* joined(
  first: Iterable<EngineOperation>,
  rest: Iterator<EngineOperation>,
): Generator<EngineOperation, void, undefined> {
  yield* first;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}
