import type { EngineCursor, EngineRange, EngineReader } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { EngineClosedError } from '../errors.js';
import { unseal } from './checksum.js';
import { LevelCursor } from './level-cursor.js';
import { asCorruption, BYTES } from './native.js';
import type { NativeLevel, NativeSnapshot } from './native.js';

/** Reads of the newest state, or of a snapshot's; owns the cursors that it hands out. */
export class LevelReader implements EngineReader {
  readonly #level: NativeLevel;
  readonly #snapshot: NativeSnapshot | undefined;
  readonly #getOptions: { snapshot: NativeSnapshot; keyEncoding: 'view'; valueEncoding: 'view' } | undefined;
  readonly #cursors = new Set<LevelCursor>();
  #closed = false;

  constructor(level: NativeLevel, snapshot?: NativeSnapshot) {
    this.#level = level;
    this.#snapshot = snapshot;
    this.#getOptions = snapshot && { snapshot, ...BYTES };
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    let sealed: Uint8Array | undefined;
    try {
      // Two calls, because the binding has a faster path for the one without options.
      sealed = this.#getOptions === undefined ? this.#level.getSync(key) : this.#level.getSync(key, this.#getOptions);
    } catch (error) {
      throw asCorruption(error);
    }
    return sealed && unseal(key, sealed);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    let sealed: (Uint8Array | undefined)[];
    try {
      sealed = await this.#level.getMany([...keys], this.#getOptions ?? BYTES);
    } catch (error) {
      throw asCorruption(error);
    }
    return sealed.map((value, at) => value && unseal(defined(keys[at], 'a key that was read'), value));
  }

  cursor(range: EngineRange): EngineCursor {
    this.#assertOpen();
    const cursor = new LevelCursor({
      level: this.#level,
      snapshot: this.#snapshot,
      range,
      // A snapshot is read once, from end to end, to be sent to a peer: it must not push out what clients read.
      fillCache: this.#snapshot === undefined,
      onClose: (closed) => this.#cursors.delete(closed),
    });
    this.#cursors.add(cursor);
    return cursor;
  }

  /** Ends the cursors; no read succeeds afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#cursors].map((cursor) => cursor.close()));
  }

  #assertOpen(): void {
    if (this.#closed) throw new EngineClosedError(`the ${this.#snapshot ? 'snapshot' : 'engine'} is closed`);
  }
}
