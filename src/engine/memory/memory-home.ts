import type { EngineHome, ReplacedEngine } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import type { Random } from '../../util/random.js';
import { MemoryEngine } from './memory-engine.js';
import type { MemoryEngineOptions } from './memory-engine.js';

interface Staged {
  readonly engine: MemoryEngine;
  sealed: boolean;
}

/** Engines in memory. As with LevelDB, a staged engine survives a crash if it was sealed. */
export class MemoryHome implements EngineHome {
  readonly #options: MemoryEngineOptions;
  #engine: MemoryEngine;
  #staged: Staged | undefined;

  constructor(options: MemoryEngineOptions = {}, engine = new MemoryEngine(options)) {
    this.#options = options;
    this.#engine = engine;
  }

  get engine(): MemoryEngine {
    return this.#engine;
  }

  get staged(): MemoryEngine | undefined {
    return this.#staged?.engine;
  }

  async stage(): Promise<MemoryEngine> {
    await this.discard();
    const engine = new MemoryEngine(this.#options);
    this.#staged = { engine, sealed: false };
    return engine;
  }

  async seal(): Promise<void> {
    const staged = defined(this.#staged, 'the staged engine');
    await staged.engine.barrier();
    staged.sealed = true;
  }

  async promote(): Promise<ReplacedEngine> {
    const staged = defined(this.#staged, 'the staged engine');
    assert(staged.sealed, 'only a sealed engine can be promoted');
    // An await point, so that a crash can come before and after the promotion.
    await Promise.resolve();
    const replaced = this.#engine;
    this.#engine = staged.engine;
    this.#staged = undefined;
    return { release: () => replaced.close() };
  }

  async discard(): Promise<void> {
    const staged = this.#staged;
    this.#staged = undefined;
    await staged?.engine.close();
  }

  async close(): Promise<void> {
    await Promise.all([this.#engine.close(), this.#staged?.engine.close()]);
  }

  /** Crashes the home, which is unusable from then on; returns what the next start finds. See `MemoryEngine.crash`. */
  crash(random?: Random): MemoryHome {
    const staged = this.#staged;
    const next = new MemoryHome(this.#options, this.#engine.crash(random));
    const survivor = staged?.engine.crash(random);
    if (staged?.sealed === true && survivor !== undefined) next.#staged = { engine: survivor, sealed: true };
    return next;
  }
}
