import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine, EngineCursor, EngineOperation, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { EMPTY } from '../../util/bytes.js';
import type { Logger } from '../../util/logger.js';
import { EngineLife } from '../engine-life.js';
import { Sealer } from '../checksum.js';
import { LevelReader } from './level-reader.js';
import { LevelSnapshot } from './level-snapshot.js';
import type { NativeLevel } from './native.js';
import { FlushedLabels } from './flushed-labels.js';
import { logNames } from './log-files.js';

/** Sizes in bytes. */
export interface LevelEngineOptions {
  /** Created if missing. One engine at a time may hold it. */
  readonly directory: string;
  readonly logger: Logger;
  /** Memory for uncompressed blocks. Default 64 MiB. */
  readonly cacheBytes?: number;
  /** Size of the memtable before it is flushed; up to twice as much is in memory. Default 32 MiB. */
  readonly writeBufferBytes?: number;
  /** Size of one table. Default 8 MiB. */
  readonly maxFileBytes?: number;
  /** File descriptors for tables. Default 1,000. */
  readonly maxOpenFiles?: number;
  /** Whether to compress blocks with Snappy, at little cost. Default true. */
  readonly compression?: boolean;
  /** Called with the time that each batch took to write, in ms. */
  readonly onWrite?: (ms: number) => void;
}

/** Operations that go into a batch in one turn of the event loop, unless their values are large: a few milliseconds of work. */
const SLICE_OPERATIONS = 2048;
/** Bytes of values after which a slice ends: copied twice and checked, they take as long. */
const SLICE_BYTES = 1024 * 1024;

/** A database that is open, in its folder. */
export interface Opened {
  readonly level: NativeLevel;
  readonly folder: string;
}

type Batch = ReturnType<NativeLevel['batch']>;

/** Copies one slice of the operations. @returns whether there may be more */
function fillSlice(batch: Batch, operations: Iterator<EngineOperation>, sealer: Sealer): boolean {
  let bytes = 0;
  for (let taken = 0; taken < SLICE_OPERATIONS && bytes < SLICE_BYTES; taken++) {
    const { done, value: operation } = operations.next();
    if (done === true) return false;
    if (operation.type === 'put') {
      batch.put(operation.key, sealer.seal(operation.key, operation.value));
      bytes += operation.value.length;
    } else batch.del(operation.key);
  }
  return true;
}

/** See `Engine`. A failed write or flush is final: every later one is refused with the same error. */
export class LevelEngine implements Engine {
  readonly #level: NativeLevel;
  readonly #folder: string;
  readonly #reader: LevelReader;
  readonly #sealer = new Sealer();
  readonly #onWrite: ((ms: number) => void) | undefined;
  readonly #snapshots = new Set<LevelSnapshot>();
  readonly #life = new EngineLife();
  /** Resolves when the last batch is done, whether it succeeded or not. */
  #lastWrite: Promise<void> = Promise.resolve();
  #lastBarrier: Promise<void> = Promise.resolve();
  readonly #labels = new FlushedLabels();
  /** Number of batches that have resolved, and of those known to be flushed. */
  #written = 0;
  #flushed = 0;

  /** The folder of its generation. */
  get folder(): string {
    return this.#folder;
  }

  /** @param onWrite see LevelEngineOptions */
  constructor({ level, folder }: Opened, onWrite?: (ms: number) => void) {
    this.#level = level;
    this.#folder = folder;
    this.#reader = new LevelReader(level);
    this.#onWrite = onWrite;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(key);
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#reader.getMany(keys);
  }

  cursor(range: EngineRange): EngineCursor {
    return this.#reader.cursor(range);
  }

  snapshot(): EngineSnapshot {
    this.#life.assertOpen();
    const snapshot = new LevelSnapshot(this.#level, (closed) => this.#snapshots.delete(closed));
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  /**
   * Copies the bytes of the first slice before it returns. Further operations must stay as they are until it resolves.
   */
  async write(operations: Iterable<EngineOperation>): Promise<void> {
    this.#life.assertUsable();
    // A chained batch takes a third less time than an array of operations, at every size.
    const batch = this.#level.batch();
    const left = operations[Symbol.iterator]();
    const large = fillSlice(batch, left, this.#sealer);
    // One at a time: two writes on the thread pool could overtake each other.
    const written = this.#lastWrite.then(async () => {
      this.#life.assertNotFailed();
      // A large batch is filled over several turns, so that the member does not miss its heartbeats.
      for (let more = large; more; more = fillSlice(batch, left, this.#sealer)) await nextTurn();
      const startMs = performance.now();
      await batch.write();
      this.#onWrite?.(performance.now() - startMs);
      this.#written++;
    });
    this.#lastWrite = written.catch((error: unknown) => void this.#life.fail(error));
    await written;
  }

  async barrier(): Promise<void> {
    this.#life.assertUsable();
    await this.#flushUpTo(this.#written);
  }

  async durableLabel(label: number): Promise<number> {
    this.#life.assertUsable();
    return this.#labels.add(label, await logNames(this.#folder));
  }

  async compactRange(range?: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void> {
    this.#life.assertUsable();
    if (range !== undefined) {
      await this.#level.compactRange(range.gte, range.lt);
      return;
    }
    const last = await this.#lastKey();
    if (last !== undefined) await this.#level.compactRange(EMPTY, last);
  }

  freeBytes(): number {
    return 0;
  }

  /** Size of the current tables and LevelDB's log, without what open snapshots keep. */
  async sizeBytes(from: Uint8Array = EMPTY): Promise<number> {
    this.#life.assertOpen();
    // First, and awaited: a promise that rejects before it is awaited would end the process.
    const names = await logNames(this.#folder);
    this.#life.assertOpen();
    const [tables, behind, ...logs] = await Promise.all([
      this.#level.approximateSize(EMPTY, BEYOND),
      from.length === 0 ? 0 : this.#level.approximateSize(EMPTY, from),
      ...names.map((name) => sizeOf(join(this.#folder, name))),
    ]);
    // The keys in the log are unknown. Its rows are assumed to be distributed as those of the tables.
    const part = behind === 0 ? 1 : Math.max(0, tables - behind) / tables;
    return Math.round(logs.reduce((sum, size) => sum + size, tables) * part);
  }

  /** @throws the error of a failed write or flush: then not all writes are durable */
  close(): Promise<void> {
    return this.#life.close(() => this.#shutDown());
  }

  async #shutDown(): Promise<void> {
    await this.#lastWrite;
    try {
      this.#life.assertNotFailed();
      await this.#flushUpTo(this.#written);
    } finally {
      await this.#reader.close();
      await Promise.all([...this.#snapshots].map((snapshot) => snapshot.close()));
      await this.#level.close();
    }
  }

  /** Flushes one at a time. Calls that arrive meanwhile share the next flush. */
  async #flushUpTo(target: number): Promise<void> {
    const flushed = this.#lastBarrier.then(async () => {
      this.#life.assertNotFailed();
      if (this.#flushed >= target) return;
      const covered = this.#written;
      await flushMemtable(this.#level, this.#folder);
      this.#flushed = covered;
    });
    this.#lastBarrier = flushed.catch((error: unknown) => void this.#life.fail(error));
    await flushed;
  }

  async #lastKey(): Promise<Uint8Array | undefined> {
    const cursor = this.cursor({ reverse: true, keysOnly: true });
    try {
      const [row] = await cursor.next(1);
      return row?.key;
    } finally {
      await cursor.close();
    }
  }
}

/** Above all keys that are likely to exist. Only size estimates depend on it. */
const BEYOND = new Uint8Array(64).fill(0xff);

/**
 * Writes the memtable to a table, syncs it, and records it in the synced manifest. LevelDB offers this only as the
 * first step of a compaction, so this compacts an empty range. LevelDB reports no error, but it starts a new log file
 * first and removes the old ones after the manifest is synced: their absence proves the flush.
 */
async function flushMemtable(level: NativeLevel, folder: string): Promise<void> {
  const before = await logNames(folder);
  await level.compactRange(EMPTY, EMPTY);
  const after = await logNames(folder);
  const kept = before.filter((name) => after.includes(name));
  if (kept.length > 0 || after.length === 0) {
    throw new Error(`the engine could not flush its memtable: ${folder} still needs ${kept.join(', ') || 'a log'}`);
  }
}

async function sizeOf(path: string): Promise<number> {
  // A flush may have removed the log since the listing.
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
