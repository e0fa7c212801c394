import type { EngineCursor, EngineRange, EngineReader } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { EngineClosedError } from '../errors.js';
import { unseal } from '../checksum.js';
import { LevelCursor } from './level-cursor.js';
import { asCorruption, BYTES } from './native.js';
import type { NativeLevel, NativeSnapshot } from './native.js';

/** Reads the newest state, or that of a snapshot. Owns its cursors. */
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
      // The binding has a faster path for calls without options.
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
      // A walk over a snapshot reads each block once, and must not displace blocks that clients read.
      fillCache: this.#snapshot === undefined,
      onClose: (closed) => this.#cursors.delete(closed),
    });
    this.#cursors.add(cursor);
    return cursor;
  }

  /** Closes the cursors. Later reads fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#cursors].map((cursor) => cursor.close()));
  }

  #assertOpen(): void {
    if (this.#closed) throw new EngineClosedError(`the ${this.#snapshot ? 'snapshot' : 'engine'} is closed`);
  }
}
