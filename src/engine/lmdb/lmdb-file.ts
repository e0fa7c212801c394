import { LmdbReader } from './lmdb-reader.js';
import type { LoopShare } from './loop-share.js';
import { PAGE_BYTES, type NativeLmdb } from './native.js';
import { LmdbViews, type ViewBounds } from './views.js';
import type { Committed, WriterThread } from './writer-thread.js';

export interface LmdbFileOptions {
  readonly db: NativeLmdb;
  readonly writer: WriterThread;
  readonly share: LoopShare;
  readonly bounds: ViewBounds;
  readonly nowMs: () => number;
}

/** A database file, with what reads and writes it. */
export class LmdbFile {
  readonly db: NativeLmdb;
  readonly writer: WriterThread;
  readonly views: LmdbViews;
  /** Of the newest state. */
  readonly reader: LmdbReader;
  #usedPages: number;
  #pages: number;

  constructor({ db, writer, share, bounds, nowMs }: LmdbFileOptions) {
    const stats = db.getStats();
    this.#usedPages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
    this.#pages = stats.lastPageNumber + 1;
    this.db = db;
    this.writer = writer;
    this.views = new LmdbViews({ db, fileBytes: this.fileBytes, bounds, nowMs });
    this.reader = new LmdbReader({ db, views: this.views, share });
  }

  /** Of pages that hold rows. */
  get usedBytes(): number {
    return this.#usedPages * PAGE_BYTES;
  }

  get fileBytes(): number {
    return this.#pages * PAGE_BYTES;
  }

  committed({ lastPage, usedPages }: Committed): void {
    this.#pages = lastPage + 1;
    this.#usedPages = usedPages;
    this.views.committed(this.fileBytes);
  }

  async close(): Promise<void> {
    await this.reader.close();
    this.views.close();
    await this.writer.close();
    await this.db.close();
  }
}
