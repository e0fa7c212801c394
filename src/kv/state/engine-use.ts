import type { Engine } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';

/** An engine with a count of its open views. A replaced engine is closed when the last view is. */
export class EngineUse {
  readonly engine: Engine;
  #views = 0;
  #onIdle: (() => void) | undefined;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  viewOpened(): void {
    this.#views++;
  }

  viewClosed(): void {
    this.#views--;
    assert(this.#views >= 0, 'a view is closed twice');
    if (this.#views === 0) this.#onIdle?.();
  }

  /** Resolves once no view is open. No further one may be opened. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#views === 0) resolve();
      else this.#onIdle = resolve;
    });
  }
}
