import type { EngineSnapshot } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import type { Generation } from './generation.js';

/** A value that is freed when its last holder releases it. */
export class Shared<T> {
  readonly value: T;
  readonly #onFree: (value: T) => void;
  #holders = 1;

  constructor(value: T, onFree: (value: T) => void) {
    this.value = value;
    this.#onFree = onFree;
  }

  retain(): this {
    assert(this.#holders > 0, 'a freed value is used');
    this.#holders++;
    return this;
  }

  release(): void {
    this.#holders--;
    assert(this.#holders >= 0, 'a value is released twice');
    if (this.#holders === 0) this.#onFree(this.value);
  }
}

/** A generation with a count of its holders. Its memory is reused once it is freed. */
export type SharedGeneration = Shared<Generation>;

/**
 * A state of the table: a snapshot of the engine below, and the generations over it, oldest first, that hold all rows
 * which the snapshot lacks. A generation may also hold rows that the snapshot has.
 */
export class Layers {
  readonly generations: readonly SharedGeneration[];
  readonly base: Shared<EngineSnapshot>;

  constructor(generations: readonly SharedGeneration[], base: Shared<EngineSnapshot>) {
    this.generations = generations;
    this.base = base;
  }

  retain(): this {
    for (const generation of this.generations) generation.retain();
    this.base.retain();
    return this;
  }

  release(): void {
    for (const generation of this.generations) generation.release();
    this.base.release();
  }
}
