import type { EngineCursor, EngineRange, EngineReader } from '../../ports/engine.js';
import { ReusedBytes } from '../../util/reused-bytes.js';
import { unseal } from '../checksum.js';
import { EngineClosedError } from '../errors.js';
import { LmdbCursor } from './lmdb-cursor.js';
import type { LoopShare } from './loop-share.js';
import { asCorruption, type NativeLmdb } from './native.js';
import { isLong, storedKeyOf, writeShort } from './stored-keys.js';
import type { LmdbView, LmdbViews } from './views.js';

/** Keys of which the pages are read together on the thread pool. */
const PREFETCHED_KEYS = 256;

export interface LmdbReaderOptions {
  readonly db: NativeLmdb;
  readonly views: LmdbViews;
  readonly share: LoopShare;
  /** The state of a snapshot; undefined for the newest. */
  readonly view?: LmdbView | undefined;
}

/** Reads the newest state, or that of a snapshot. Owns its cursors. */
export class LmdbReader implements EngineReader {
  readonly #options: LmdbReaderOptions;
  readonly #cursors = new Set<LmdbCursor>();
  readonly #keys = new ReusedBytes();
  #closed = false;

  constructor(options: LmdbReaderOptions) {
    this.#options = options;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    const { view, views } = this.#options;
    return this.#read(key, view ?? views.current);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    const { db, views, share } = this.#options;
    const view = this.#acquire();
    try {
      const values: (Uint8Array | undefined)[] = [];
      for (let at = 0; at < keys.length; at += PREFETCHED_KEYS) {
        const some = keys.slice(at, at + PREFETCHED_KEYS);
        await db.prefetch(some.map((key) => storedKeyOf(key)));
        for (const key of some) {
          const value = await share.run(() => {
            this.#assertOpen();
            return this.#read(key, view);
          });
          values.push(value);
        }
      }
      return values;
    } finally {
      views.release(view);
    }
  }

  cursor(range: EngineRange): EngineCursor {
    this.#assertOpen();
    const { db, views, share } = this.#options;
    const view = this.#acquire();
    const onClose = (closed: LmdbCursor): void => {
      this.#cursors.delete(closed);
      views.release(view);
    };
    const cursor = new LmdbCursor({ db, view, range, share, onClose });
    this.#cursors.add(cursor);
    return cursor;
  }

  /** Closes the cursors. Later reads fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#cursors].map((cursor) => cursor.close()));
  }

  #read(key: Uint8Array, view: LmdbView): Uint8Array | undefined {
    view.assertOpen();
    const stored = isLong(key) ? storedKeyOf(key) : writeShort(key, this.#keys.take(key.length + 1));
    let sealed: Uint8Array | undefined;
    try {
      sealed = this.#options.db.getBinary(stored, view.options);
    } catch (error) {
      throw asCorruption(error);
    }
    return sealed && unseal(stored, sealed);
  }

  #acquire(): LmdbView {
    const { view, views } = this.#options;
    if (view === undefined) return views.acquire();
    view.holders++;
    return view;
  }

  #assertOpen(): void {
    if (this.#closed) throw new EngineClosedError(`the ${this.#options.view ? 'snapshot' : 'engine'} is closed`);
  }
}
