import type {
  Engine,
  EngineCursor,
  EngineOperation,
  EngineRange,
  EngineRow,
  EngineSnapshot,
} from '../../ports/engine.js';
import { EMPTY } from '../../util/bytes.js';
import { randomInteger } from '../../util/random.js';
import type { Random } from '../../util/random.js';
import { EngineClosedError } from '../errors.js';
import { copyOf } from '../operation.js';
import { MemoryCursor, MemorySnapshot } from './memory-reader.js';
import type { MapRow } from '../../util/sorted-map.js';
import { find, insert, remove, sumFrom } from '../../util/sorted-map.js';
import type { Rows } from './memory-reader.js';

export interface MemoryEngineOptions {
  /** Maximum number of batches after a barrier whose states are kept for crashes. Default 100. */
  readonly crashStatesMax?: number;
}

/** The state after a number of batches. */
interface State {
  readonly batches: number;
  readonly map: Rows;
}

/**
 * An engine in memory, for tests and the simulator: it is deterministic and uses neither clock nor thread pool. Rows
 * that it returns are its own memory and must not be changed.
 */
export class MemoryEngine implements Engine {
  readonly #crashStatesMax: number;
  #state: State;
  /** States that a crash may leave, oldest first: that of the last barrier, then those of later batches. */
  #survivable: readonly State[];
  #labelled: { readonly label: number; readonly state: State };
  #phase: 'open' | 'closed' | 'crashed' = 'open';
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: MemoryEngineOptions = {}, initial?: Rows) {
    this.#crashStatesMax = options.crashStatesMax ?? 100;
    this.#state = { batches: 0, map: initial };
    this.#survivable = [this.#state];
    this.#labelled = { label: 0, state: this.#state };
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return find(this.#state.map, key)?.value;
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    return keys.map((key) => find(this.#state.map, key)?.value);
  }

  cursor(range: EngineRange): EngineCursor {
    this.#assertOpen();
    return new MemoryCursor(this.#state.map, range, () => this.#assertOpen());
  }

  snapshot(): EngineSnapshot {
    this.#assertOpen();
    return new MemorySnapshot(this.#state.map, () => this.#assertOpen());
  }

  /** Takes effect in a later turn, so that callers cannot rely on un-awaited writes. */
  async write(operations: Iterable<EngineOperation>): Promise<void> {
    this.#assertOpen();
    const copied = Array.from(operations, copyOf);
    const written = this.#lastWrite.then(() => this.#apply(copied));
    this.#lastWrite = written.catch(() => undefined);
    await written;
  }

  async barrier(): Promise<void> {
    this.#assertOpen();
    const durable = this.#state;
    await Promise.resolve();
    this.#assertNotCrashed();
    this.#makeDurable(durable);
  }

  /** The batches of a label become durable at the next call, as if a flush had ended meanwhile. */
  async durableLabel(label: number): Promise<number> {
    this.#assertOpen();
    const { label: durable, state } = this.#labelled;
    this.#makeDurable(state);
    this.#labelled = { label, state: this.#state };
    return durable;
  }

  async compactRange(): Promise<void> {
    this.#assertOpen();
  }

  freeBytes(): number {
    return 0;
  }

  /** Bytes of keys and values. */
  async sizeBytes(from: Uint8Array = EMPTY): Promise<number> {
    this.#assertOpen();
    return sumFrom(this.#state.map, from);
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    if (this.#phase !== 'open') return;
    this.#phase = 'closed';
    this.#survivable = [this.#state];
  }

  /**
   * Crashes the engine, which is unusable from then on; batches that had not resolved are lost. Returns the engine that
   * the next start opens: at the state of the last barrier or, with `random`, of any batch since, as LevelDB promises.
   * After a `close` it is the closed state.
   */
  crash(random?: Random): MemoryEngine {
    const chosen = random === undefined ? 0 : randomInteger(random, 0, this.#survivable.length);
    this.#phase = 'crashed';
    return new MemoryEngine({ crashStatesMax: this.#crashStatesMax }, this.#survivable[chosen]?.map);
  }

  #apply(operations: readonly EngineOperation[]): void {
    this.#assertNotCrashed();
    let { map } = this.#state;
    for (const operation of operations) {
      map = operation.type === 'put' ? insert(map, rowOf(operation)) : remove(map, operation.key);
    }
    this.#state = { batches: this.#state.batches + 1, map };
    const [barrier, ...later] = this.#survivable;
    // The barrier's state stays possible, as it does on disk; of the others, only the newest do.
    const kept = later.length < this.#crashStatesMax ? later : later.slice(1);
    this.#survivable = barrier === undefined ? [this.#state] : [barrier, ...kept, this.#state];
  }

  #makeDurable(state: State): void {
    // An overlapping call may have made a later state durable.
    if (state.batches <= (this.#survivable[0]?.batches ?? 0)) return;
    this.#survivable = [state, ...this.#survivable.filter(({ batches }) => batches > state.batches)];
  }

  #assertOpen(): void {
    this.#assertNotCrashed();
    if (this.#phase === 'closed') throw new EngineClosedError('the engine is closed');
  }

  #assertNotCrashed(): void {
    if (this.#phase === 'crashed') throw new EngineClosedError('the engine has crashed');
  }
}

function rowOf({ key, value }: EngineRow): MapRow<Uint8Array> {
  return { key, value, measure: key.length + value.length };
}
