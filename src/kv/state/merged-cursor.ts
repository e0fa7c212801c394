import type { EngineCursor, EngineOperation, EngineRow } from '../../ports/engine.js';
import { compareBytes } from '../../util/bytes.js';

/** A walk over an engine's rows with changes laid over them that are not written yet. */
export class MergedCursor implements EngineCursor {
  readonly #base: EngineCursor;
  readonly #reverse: boolean;
  /** In the order of the walk, and inside its range. */
  readonly #laid: readonly EngineOperation[];
  #laidAt = 0;
  #rows: readonly EngineRow[] = [];
  #rowsAt = 0;
  #baseDone = false;

  constructor(options: {
    readonly base: EngineCursor;
    readonly laid: readonly EngineOperation[];
    readonly reverse: boolean;
  }) {
    this.#base = options.base;
    this.#laid = options.laid;
    this.#reverse = options.reverse;
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    const merged: EngineRow[] = [];
    while (merged.length < count) {
      if (this.#rowsAt === this.#rows.length && !this.#baseDone) await this.#refill(count);
      const row = this.#rows[this.#rowsAt];
      const operation = this.#laid[this.#laidAt];
      if (operation !== undefined && (row === undefined || this.#order(operation.key, row.key) <= 0)) {
        if (row !== undefined && compareBytes(operation.key, row.key) === 0) this.#rowsAt++;
        this.#laidAt++;
        if (operation.type === 'put') merged.push(operation);
      } else if (row !== undefined) {
        this.#rowsAt++;
        merged.push(row);
      } else {
        break;
      }
    }
    return merged;
  }

  seek(target: Uint8Array): void {
    this.#base.seek(target);
    this.#rows = [];
    this.#rowsAt = 0;
    this.#baseDone = false;
    const at = this.#laid.findIndex(({ key }) => this.#order(key, target) >= 0);
    this.#laidAt = at < 0 ? this.#laid.length : at;
  }

  close(): Promise<void> {
    return this.#base.close();
  }

  async #refill(count: number): Promise<void> {
    this.#rows = await this.#base.next(count);
    this.#rowsAt = 0;
    this.#baseDone = this.#rows.length === 0;
  }

  #order(left: Uint8Array, right: Uint8Array): number {
    return this.#reverse ? compareBytes(right, left) : compareBytes(left, right);
  }
}
