import type { Engine, EngineOperation, EngineSnapshot } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { Generation } from './generation.js';
import type { KeyHash } from '../../util/key-hash.js';
import { LinkedList } from '../../util/linked-list.js';
import { Shared, Layers, type SharedGeneration } from './layers.js';
import { cleared, newMemory, type GenerationMemory } from './generation-memory.js';
import type { TableSizes } from './table-sizes.js';
import { TableView } from './table-view.js';
import type { TableRow } from './table-walk.js';

export interface TableOptions {
  /** The engine below. */
  readonly base: Engine;
  readonly hash: KeyHash;
  readonly sizes: TableSizes;
  /** Called when memory of the table was freed. */
  readonly onFreed: () => void;
  /** Called with an error of closing a snapshot of the engine below. */
  readonly onError: (error: unknown) => void;
}

/** Whole batches to be written to the engine below as one. */
export interface FlushUnit {
  readonly operations: Iterable<EngineOperation>;
  /** The position behind it. */
  readonly end: number;
}

/**
 * Rows that the engine below may lack, in generations, and the views on both. A position counts the rows that were
 * written to the table: those before `flushed` are in the engine below, and `visible` counts all of them.
 */
export class Table {
  readonly #options: TableOptions;
  /** Oldest first; rows are appended to the last. Replaced as a whole. */
  #generations: readonly SharedGeneration[] = [];
  /** All that are in use, by the table or by readers. */
  readonly #used = new Set<Generation>();
  readonly #spare: GenerationMemory[] = [];
  /** Views that show rows which are not flushed, in the order of their positions. */
  readonly #views = new LinkedList<TableView>();
  readonly #onViewClosed = (view: TableView): void => this.#views.remove(view);
  /** The layers of the newest view, for the next one; undefined once they are outdated. */
  #layers: Layers | undefined;
  #visible = 0;
  #flushed = 0;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  get visible(): number {
    return this.#visible;
  }

  get flushed(): number {
    return this.#flushed;
  }

  /** Memory of all generations in use, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const generation of this.#used) bytes += generation.bytes;
    return bytes;
  }

  /** Memory of the generations that hold rows which the engine below may lack, in bytes. */
  get unflushedBytes(): number {
    return this.#visible === this.#flushed ? 0 : this.#generations.reduce((sum, { value }) => sum + value.bytes, 0);
  }

  /** Adds a batch and shows it to readers, all in this turn. */
  add(operations: readonly EngineOperation[]): void {
    const { rows, bytes } = this.#options.sizes.generation;
    const last = this.#generations.at(-1)?.value;
    const generation = last === undefined || last.count >= rows || last.bytes >= bytes ? this.#addGeneration() : last;
    for (const operation of operations) generation.append(operation, this.#options.hash.of(operation.key));
    generation.endBatch();
    this.#visible = generation.first + generation.count;
  }

  /** Called once the engine below holds a batch that is not in the table, and everything before it. */
  passedBy(): void {
    assert(this.#visible === this.#flushed, 'a batch went past the table before the rows in it');
    this.clear();
  }

  /** The newest version of a key; undefined if the engine below decides. */
  find(key: Uint8Array): TableRow | undefined {
    if (this.#generations.length === 0) return undefined;
    return findRow(this.#generations, this.#visible, key, this.#options.hash.of(key));
  }

  /** The state that readers see now. */
  openView(): TableView {
    const allFlushed = this.#visible === this.#flushed;
    const generations = allFlushed ? NONE : this.#generations;
    let layers = this.#layers;
    if (layers?.generations !== generations) {
      layers?.release();
      layers = new Layers(generations, this.#baseSnapshot());
      for (const generation of generations) generation.retain();
      this.#layers = layers;
    }
    const view = new TableView(this.#visible, layers.retain(), this.#onViewClosed);
    if (!allFlushed) this.#views.add(view);
    return view;
  }

  /** The next batches to flush: up to the next position at which a view is, so that the engine below can take it over. */
  nextUnit(): FlushUnit {
    const generation = defined(
      this.#generations.find(({ value }) => value.first + value.count > this.#flushed),
      'a generation to flush',
    ).value;
    const from = this.#flushed - generation.first;
    const view = this.#views.first;
    const rowsMax = Math.min(this.#options.sizes.flushRows, (view?.position ?? Infinity) - this.#flushed);
    const to = generation.batchEnd(from, rowsMax);
    return { operations: generation.operations(from, to), end: generation.first + to };
  }

  /**
   * Called once the engine below holds all rows before a position. Its state is then that of the views at the position,
   * which let go of the table.
   */
  flushedTo(position: number): void {
    assert(position > this.#flushed && position <= this.#visible, 'a flush out of order');
    this.#flushed = position;
    this.#dropLayers();
    let layers: Layers | undefined;
    for (let view = this.#views.first; view !== undefined && view.position <= position; view = this.#views.first) {
      assert(view.position === position, 'a view was flushed over');
      this.#views.remove(view);
      layers ??= new Layers(NONE, this.#baseSnapshot());
      view.move(layers.retain());
    }
    layers?.release();
    this.#dropFlushed();
  }

  /** Lets go of everything. Views that are open keep what they need. */
  clear(): void {
    this.#dropLayers();
    for (const generation of this.#generations) generation.release();
    this.#generations = [];
  }

  /** Later views take a new snapshot of the engine below. */
  #dropLayers(): void {
    this.#layers?.release();
    this.#layers = undefined;
  }

  #addGeneration(): Generation {
    const memory = this.#spare.pop() ?? newMemory(this.#options.sizes.slabBytes);
    const generation = new Generation(this.#visible, memory);
    this.#used.add(generation);
    this.#generations = [...this.#generations, new Shared(generation, (freed) => this.#free(freed))];
    return generation;
  }

  #dropFlushed(): void {
    const kept = this.#generations.filter(({ value }) => value.first + value.count > this.#flushed);
    const dropped = this.#generations.slice(0, this.#generations.length - kept.length);
    this.#generations = kept;
    for (const generation of dropped) generation.release();
  }

  /** No reader uses the generation any more, so that its memory can hold other rows. */
  #free(generation: Generation): void {
    this.#used.delete(generation);
    if (this.#spare.length < SPARES_MAX) this.#spare.push(cleared(generation.memory));
    this.#options.onFreed();
  }

  #baseSnapshot(): Shared<EngineSnapshot> {
    const { base, onError } = this.#options;
    return new Shared(base.snapshot(), (snapshot) => void snapshot.close().catch(onError));
  }
}

const NONE: readonly SharedGeneration[] = [];
/** Generations whose memory waits for others, at most. */
const SPARES_MAX = 2;

/** The newest version of a key before a position. @param generations oldest first */
export function findRow(
  generations: readonly SharedGeneration[],
  position: number,
  key: Uint8Array,
  hash: number,
): TableRow | undefined {
  for (let at = generations.length - 1; at >= 0; at--) {
    const generation = generations[at]?.value;
    if (generation === undefined || generation.first >= position) continue;
    const number = generation.find(key, hash, position - generation.first);
    if (number >= 0) return { generation, number };
  }
  return undefined;
}
