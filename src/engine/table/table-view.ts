import type { Linked } from '../../util/linked-list.js';
import type { Layers } from './layers.js';

/** A state of the table at a position, for as long as readers need it. */
export class TableView implements Linked<TableView> {
  /** Rows of the table that it shows: all that were written before. */
  readonly position: number;
  before: TableView | undefined;
  after: TableView | undefined;
  #layers: Layers;
  readonly #onClose: (view: TableView) => void;
  /** Called when other layers hold the state: those before should be released soon. */
  onMoved: (() => void) | undefined;

  /** @param layers which it takes over */
  constructor(position: number, layers: Layers, onClose: (view: TableView) => void) {
    this.position = position;
    this.#layers = layers;
    this.#onClose = onClose;
  }

  get layers(): Layers {
    return this.#layers;
  }

  /** Takes over other layers that hold the same state. */
  move(layers: Layers): void {
    const before = this.#layers;
    this.#layers = layers;
    before.release();
    this.onMoved?.();
  }

  close(): void {
    this.#onClose(this);
    this.#layers.release();
  }
}
