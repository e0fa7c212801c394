import type { EngineCursor, EngineRow } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';

/** A cursor that takes time to make: it is made by the first call of `next`, and can be moved from then on. */
export class LateCursor implements EngineCursor {
  readonly #make: () => Promise<EngineCursor>;
  #cursor: EngineCursor | undefined;

  constructor(make: () => Promise<EngineCursor>) {
    this.#make = make;
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    this.#cursor ??= await this.#make();
    return await this.#cursor.next(count);
  }

  seek(target: Uint8Array): void {
    defined(this.#cursor, 'the cursor').seek(target);
  }

  async close(): Promise<void> {
    await this.#cursor?.close();
  }
}
