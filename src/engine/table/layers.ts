import type { EngineSnapshot } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import type { Generation } from './generation.js';

/** Something that is in use until its last holder releases it. */
export class Held<T> {
  readonly value: T;
  readonly #onFree: (value: T) => void;
  #holders = 1;

  constructor(value: T, onFree: (value: T) => void) {
    this.value = value;
    this.#onFree = onFree;
  }

  retain(): this {
    assert(this.#holders > 0, 'what was freed is used');
    this.#holders++;
    return this;
  }

  release(): void {
    this.#holders--;
    assert(this.#holders >= 0, 'something is released twice');
    if (this.#holders === 0) this.#onFree(this.value);
  }
}

/** A generation in use, whose memory is taken for another once it is free. */
export type HeldGeneration = Held<Generation>;

/**
 * A state of the table: a snapshot of the engine below, and the generations over it, oldest first, that hold all rows
 * which the snapshot lacks. A generation may also hold rows that the snapshot has.
 */
export class Layers {
  readonly generations: readonly HeldGeneration[];
  readonly base: Held<EngineSnapshot>;

  constructor(generations: readonly HeldGeneration[], base: Held<EngineSnapshot>) {
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
