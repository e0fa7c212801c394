import type { Engine, EngineCursor, EngineOperation, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { EMPTY } from '../../util/bytes.js';
import { EngineLife } from '../engine-life.js';
import { syncFolder } from '../home/generations.js';
import { replaceByCopy } from './compacted-copy.js';
import { LmdbFile } from './lmdb-file.js';
import { LmdbReader } from './lmdb-reader.js';
import { LmdbSnapshot } from './lmdb-snapshot.js';
import { LoopShare } from './loop-share.js';
import { shareBefore } from './page-share.js';
import { SliceEncoder, type Slice } from './slice.js';
import { DEFAULT_VIEW_BOUNDS, type ViewBounds } from './views.js';
import { openNative } from './native.js';
import { WriterThread, type Committed } from './writer-thread.js';

export interface LmdbEngineOptions {
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
  readonly #share = new LoopShare();
  readonly #openFile: (folder: string) => LmdbFile;
  #file: LmdbFile;
  /** Files in whose place another one is, while readers use them. */
  readonly #replaced = new Map<LmdbFile, Promise<void>>();
  readonly #encoder = new SliceEncoder();
  readonly #onWrite: ((ms: number) => void) | undefined;
  readonly #snapshots = new Set<LmdbSnapshot>();
  readonly #life = new EngineLife();
  /** Resolves when the last batch is done, whether it succeeded or not. */
  #lastWrite: Promise<void> = Promise.resolve();

  /** @throws EngineOpenError, and errors of LMDB */
  constructor({ folder, onWrite, viewBounds, nowMs = () => performance.now() }: LmdbEngineOptions) {
    this.folder = folder;
    this.#onWrite = onWrite;
    const [share, bounds] = [this.#share, viewBounds ?? DEFAULT_VIEW_BOUNDS];
    this.#openFile = (at) => new LmdbFile({ db: openNative(at), writer: new WriterThread(at), share, bounds, nowMs });
    this.#file = this.#openFile(folder);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#file.reader.get(key);
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#file.reader.getMany(keys);
  }

  cursor(range: EngineRange): EngineCursor {
    return this.#file.reader.cursor(range);
  }

  snapshot(): EngineSnapshot {
    this.#life.assertOpen();
    const { db, views } = this.#file;
    const view = views.acquire();
    const snapshot = new LmdbSnapshot({
      view,
      reader: new LmdbReader({ db, views, share: this.#share, view }),
      onClose: (closed) => {
        this.#snapshots.delete(closed);
        views.release(view);
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
      if (committed !== undefined) this.#file.committed(committed);
      for (const { views } of this.#replaced.keys()) views.expire();
    });
    this.#lastWrite = written.catch((error: unknown) => void this.#life.fail(error));
    await written;
  }

  async #writeSlices(first: Slice, left: Iterator<EngineOperation>): Promise<Committed | undefined> {
    const { writer } = this.#file;
    let { bytes, more } = first;
    try {
      // The thread takes a slice while the event loop has its turn.
      while (more) {
        await writer.write(bytes, false);
        ({ bytes, more } = this.#encoder.encode(left));
      }
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return await writer.write(bytes, true);
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

  /**
   * Everywhere: copies the rows into a file without free pages. Batches wait meanwhile, and reads do not. In a range LMDB has
   * nothing to do: it uses free pages again.
   */
  async compactRange(range?: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void> {
    this.#life.assertUsable();
    if (range !== undefined) return;
    const compacted = this.#lastWrite.then(() => this.#compactFile());
    this.#lastWrite = compacted.catch(() => undefined); // reported to the caller
    await compacted;
  }

  /** Of pages that hold rows. Free pages are not counted: later rows use them. */
  async sizeBytes(from: Uint8Array = EMPTY): Promise<number> {
    this.#life.assertOpen();
    const whole = this.#file.usedBytes;
    if (from.length === 0) return whole;
    return Math.round(whole * (1 - (await this.#shareBefore(from))));
  }

  freeBytes(): number {
    return this.#file.fileBytes - this.#file.usedBytes;
  }

  /** @throws the error of a failed write: then not all writes are durable */
  close(): Promise<void> {
    return this.#life.close(() => this.#shutDown());
  }

  async #compactFile(): Promise<void> {
    this.#life.assertNotFailed();
    const replaced = this.#file;
    this.#file = await replaceByCopy(replaced, this.folder, this.#openFile);
    const closed = new Promise<void>((resolve) => replaced.views.retire(resolve))
      .then(() => replaced.close())
      .then(() => void this.#replaced.delete(replaced));
    this.#replaced.set(
      replaced,
      closed.catch((error: unknown) => void this.#life.fail(error)),
    );
    try {
      await syncFolder(this.folder);
    } catch (error) {
      throw this.#life.fail(error);
    }
  }

  async #shareBefore(key: Uint8Array): Promise<number> {
    for (;;) {
      const file = this.#file;
      const view = file.views.acquire();
      try {
        const share = await shareBefore(this.folder, key);
        if (file === this.#file) return share;
      } catch (error) {
        // The view keeps no pages of the file that has taken its place.
        if (file === this.#file) throw error;
      } finally {
        file.views.release(view);
      }
    }
  }

  async #shutDown(): Promise<void> {
    await this.#lastWrite;
    try {
      this.#life.assertNotFailed();
    } finally {
      await Promise.all([...this.#snapshots].map((snapshot) => snapshot.close()));
      const replaced = [...this.#replaced];
      await Promise.all(replaced.map(([{ reader }]) => reader.close()));
      await Promise.all(replaced.map(([, closed]) => closed));
      await this.#file.close();
    }
  }
}
