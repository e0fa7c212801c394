import type { EngineCursor, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import type { LmdbReader } from './lmdb-reader.js';
import type { LmdbView } from './views.js';

export interface LmdbSnapshotOptions {
  /** Acquired for the snapshot. */
  readonly view: LmdbView;
  readonly reader: LmdbReader;
  /** Releases the view. */
  readonly onClose: (snapshot: LmdbSnapshot) => void;
}

export class LmdbSnapshot implements EngineSnapshot {
  readonly #options: LmdbSnapshotOptions;
  #closing: Promise<void> | undefined;

  constructor(options: LmdbSnapshotOptions) {
    this.#options = options;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#options.reader.get(key);
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#options.reader.getMany(keys);
  }

  cursor(range: EngineRange): EngineCursor {
    return this.#options.reader.cursor(range);
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #release(): Promise<void> {
    await this.#options.reader.close();
    this.#options.onClose(this);
  }
}
