import type { EngineCursor, EngineOperation, EngineRow } from '../../ports/engine.js';
import { compareBytes } from '../../util/bytes.js';
import { firstAt, type OverlayRows } from './overlay-table.js';

/** A walk over an engine's rows with a batch's writes as an overlay. */
export class MergedCursor implements EngineCursor {
  readonly #base: EngineCursor;
  readonly #reverse: boolean;
  readonly #overlay: OverlayRows;
  readonly #isHidden: ((key: Uint8Array) => boolean) | undefined;
  /** The next operation of the overlay; outside of its range at the end of the walk. */
  #overlayAt: number;
  #rows: readonly EngineRow[] = [];
  #rowsAt = 0;
  #baseDone = false;

  /** @param options.isHidden whether to leave out a row of the engine */
  constructor(options: {
    readonly base: EngineCursor;
    readonly overlay: OverlayRows;
    readonly reverse: boolean;
    readonly isHidden?: ((key: Uint8Array) => boolean) | undefined;
  }) {
    this.#base = options.base;
    this.#overlay = options.overlay;
    this.#reverse = options.reverse;
    this.#isHidden = options.isHidden;
    this.#overlayAt = this.#reverse ? this.#overlay.to - 1 : this.#overlay.from;
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    const merged: EngineRow[] = [];
    while (merged.length < count) {
      while (this.#rowsAt === this.#rows.length && !this.#baseDone) await this.#refill(count);
      const row = this.#rows[this.#rowsAt];
      const operation = this.#laid();
      if (operation !== undefined && (row === undefined || this.#order(operation.key, row.key) <= 0)) {
        if (row !== undefined && compareBytes(operation.key, row.key) === 0) this.#rowsAt++;
        this.#overlayAt += this.#reverse ? -1 : 1;
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
    const { operations, from, to } = this.#overlay;
    const at = this.#reverse ? firstAt(operations, target, true) - 1 : firstAt(operations, target, false);
    this.#overlayAt = this.#reverse ? Math.min(at, to - 1) : Math.max(at, from);
  }

  close(): Promise<void> {
    return this.#base.close();
  }

  #laid(): EngineOperation | undefined {
    const { operations, from, to } = this.#overlay;
    return this.#overlayAt >= from && this.#overlayAt < to ? operations[this.#overlayAt] : undefined;
  }

  async #refill(count: number): Promise<void> {
    const rows = await this.#base.next(count);
    const isHidden = this.#isHidden;
    this.#rows = isHidden === undefined ? rows : rows.filter(({ key }) => !isHidden(key));
    this.#rowsAt = 0;
    this.#baseDone = rows.length === 0;
  }

  #order(left: Uint8Array, right: Uint8Array): number {
    return this.#reverse ? compareBytes(right, left) : compareBytes(left, right);
  }
}
