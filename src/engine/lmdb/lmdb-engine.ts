import type { Engine, EngineCursor, EngineOperation, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { EMPTY } from '../../util/bytes.js';
import { EngineLife } from '../engine-life.js';
import { LmdbReader } from './lmdb-reader.js';
import { LmdbSnapshot } from './lmdb-snapshot.js';
import { LoopShare } from './loop-share.js';
import { PAGE_BYTES, type NativeLmdb } from './native.js';
import { shareBefore } from './page-share.js';
import { SliceEncoder, type Slice } from './slice.js';
import { DEFAULT_VIEW_BOUNDS, LmdbViews, type ViewBounds } from './views.js';
import type { Committed, WriterThread } from './writer-thread.js';

export interface LmdbEngineOptions {
  readonly db: NativeLmdb;
  readonly writer: WriterThread;
  /** The folder of its generation. */
  readonly folder: string;
  /** Called with the time that each batch took to write, in ms. */
  readonly onWrite?: ((ms: number) => void) | undefined;
  readonly viewBounds?: ViewBounds | undefined;
  /** Monotonic. Default: that of the process. */
  readonly nowMs?: (() => number) | undefined;
}

/**
 * An engine on LMDB, a B+ tree. A batch is a transaction, which is synced before it is visible: there is nothing to flush. A failed
 * write is final: every later one is refused with the same error. See `Engine`.
 */
export class LmdbEngine implements Engine {
  readonly folder: string;
  readonly #db: NativeLmdb;
  readonly #writer: WriterThread;
  readonly #views: LmdbViews;
  readonly #share = new LoopShare();
  readonly #reader: LmdbReader;
  readonly #encoder = new SliceEncoder();
  readonly #onWrite: ((ms: number) => void) | undefined;
  readonly #snapshots = new Set<LmdbSnapshot>();
  readonly #life = new EngineLife();
  /** Resolves when the last batch is done, whether it succeeded or not. */
  #lastWrite: Promise<void> = Promise.resolve();
  /** Pages that hold rows. */
  #usedPages: number;

  constructor({ db, writer, folder, onWrite, viewBounds, nowMs = () => performance.now() }: LmdbEngineOptions) {
    this.folder = folder;
    this.#db = db;
    this.#writer = writer;
    this.#onWrite = onWrite;
    const stats = db.getStats();
    this.#usedPages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
    const fileBytes = (stats.lastPageNumber + 1) * PAGE_BYTES;
    this.#views = new LmdbViews({ db, fileBytes, bounds: viewBounds ?? DEFAULT_VIEW_BOUNDS, nowMs });
    this.#reader = new LmdbReader({ db, views: this.#views, share: this.#share });
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
    const view = this.#views.acquire();
    const snapshot = new LmdbSnapshot({
      view,
      reader: new LmdbReader({ db: this.#db, views: this.#views, share: this.#share, view }),
      onClose: (closed) => {
        this.#snapshots.delete(closed);
        this.#views.release(view);
      },
    });
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  /** Copies the bytes of the first slice before it returns. Further operations must stay as they are until it resolves. */
  async write(operations: Iterable<EngineOperation>): Promise<void> {
    this.#life.assertUsable();
    const left = operations[Symbol.iterator]();
    const first = this.#encoder.encode(left);
    if (first.bytes.length === 0 && !first.more) return await this.#lastWrite;
    const written = this.#lastWrite.then(async () => {
      this.#life.assertNotFailed();
      const startMs = performance.now();
      const committed = await this.#writeSlices(first, left);
      this.#onWrite?.(performance.now() - startMs);
      if (committed === undefined) return;
      this.#usedPages = committed.usedPages;
      this.#views.committed(committed.lastPage);
    });
    this.#lastWrite = written.catch((error: unknown) => void this.#life.fail(error));
    await written;
  }

  async #writeSlices(first: Slice, left: Iterator<EngineOperation>): Promise<Committed | undefined> {
    let { bytes, more } = first;
    try {
      // The thread takes a slice while the event loop has its turn.
      while (more) {
        await this.#writer.write(bytes, false);
        ({ bytes, more } = this.#encoder.encode(left));
      }
    } catch (error) {
      await this.#writer.abandon();
      throw error;
    }
    return await this.#writer.write(bytes, true);
  }

  /** Every batch is durable once it has resolved. */
  async barrier(): Promise<void> {
    this.#life.assertUsable();
  }

  /** See `barrier`. */
  async durableLabel(label: number): Promise<number> {
    this.#life.assertUsable();
    return label;
  }

  /** LMDB reuses free pages by itself. Its file keeps its size. */
  async compactRange(): Promise<void> {
    this.#life.assertUsable();
  }

  /** Pages that hold rows. Free pages of the file are not counted: later rows go there. */
  async sizeBytes(from: Uint8Array = EMPTY): Promise<number> {
    this.#life.assertOpen();
    const whole = this.#usedPages * PAGE_BYTES;
    if (from.length === 0) return whole;
    return Math.round(whole * (1 - (await this.#shareBefore(from))));
  }

  /** @throws the error of a failed write: then not all writes are durable */
  close(): Promise<void> {
    return this.#life.close(() => this.#shutDown());
  }

  async #shareBefore(key: Uint8Array): Promise<number> {
    const view = this.#views.acquire();
    try {
      return await shareBefore(this.folder, key);
    } finally {
      this.#views.release(view);
    }
  }

  async #shutDown(): Promise<void> {
    await this.#lastWrite;
    try {
      this.#life.assertNotFailed();
    } finally {
      await this.#reader.close();
      await Promise.all([...this.#snapshots].map((snapshot) => snapshot.close()));
      this.#views.close();
      await this.#writer.close();
      await this.#db.close();
    }
  }
}
