import type { EngineCursor, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { LevelReader } from './level-reader.js';
import type { NativeLevel, NativeSnapshot } from './native.js';

export class LevelSnapshot implements EngineSnapshot {
  readonly #native: NativeSnapshot;
  readonly #reader: LevelReader;
  readonly #onClose: (snapshot: LevelSnapshot) => void;
  #closing: Promise<void> | undefined;

  constructor(level: NativeLevel, onClose: (snapshot: LevelSnapshot) => void) {
    this.#native = level.snapshot();
    this.#reader = new LevelReader(level, this.#native);
    this.#onClose = onClose;
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

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  /** Closes the cursors first: the binding holds a snapshot while a cursor uses it. */
  async #release(): Promise<void> {
    this.#onClose(this);
    await this.#reader.close();
    await this.#native.close();
  }
}
