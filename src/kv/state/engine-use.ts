import type { Engine } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';

/** An engine that views are open on: one that was replaced is given up once the last reader has gone. */
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

  /** Resolves once no view is open. No more may be opened from here on. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#views === 0) resolve();
      else this.#onIdle = resolve;
    });
  }
}
