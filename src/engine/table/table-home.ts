import { randomInt } from 'node:crypto';
import type { Engine, EngineHome, ReplacedEngine } from '../../ports/engine.js';
import { KeyHash } from '../../util/key-hash.js';
import { TableEngine, type TableEngineOptions } from './table-engine.js';
import { tableSizes } from './table-sizes.js';

export interface TableHomeOptions extends Omit<TableEngineOptions, 'base'> {
  /** The home of the engines below. */
  readonly home: EngineHome;
}

/** Engines with a table in front of the current one. The staged engine has none: it is filled in large batches. */
export class TableHome implements EngineHome {
  readonly #options: TableHomeOptions;
  #engine: TableEngine;

  constructor(options: TableHomeOptions) {
    this.#options = options;
    this.#engine = this.#tableOver(options.home.engine);
  }

  get engine(): TableEngine {
    return this.#engine;
  }

  get staged(): Engine | undefined {
    return this.#options.home.staged;
  }

  stage(): Promise<Engine> {
    return this.#options.home.stage();
  }

  seal(): Promise<void> {
    return this.#options.home.seal();
  }

  /** Pauses flushing first: nothing of the replaced state may be written once another one is current. */
  async promote(): Promise<ReplacedEngine> {
    const replaced = this.#engine;
    const below = await this.#promoteBelow(replaced);
    replaced.retire();
    this.#engine = this.#tableOver(this.#options.home.engine);
    return {
      release: async () => {
        await replaced.discard();
        await below.release();
      },
    };
  }

  discard(): Promise<void> {
    return this.#options.home.discard();
  }

  async close(): Promise<void> {
    try {
      await this.#engine.close();
    } finally {
      await this.#options.home.close();
    }
  }

  async #promoteBelow(current: TableEngine): Promise<ReplacedEngine> {
    await current.pauseFlushing();
    try {
      return await this.#options.home.promote();
    } catch (error) {
      current.resumeFlushing();
      throw error;
    }
  }

  #tableOver(base: Engine): TableEngine {
    return new TableEngine({ ...this.#options, base });
  }
}

/**
 * A home with tables of this size, whose hash has a seed of its own.
 * @param bytesMax 0 for no table
 * @param flushRows see TableSizes
 */
export function withTable(home: EngineHome, bytesMax: number, flushRows?: number): EngineHome {
  if (bytesMax === 0) return home;
  return new TableHome({ home, hash: newTableHash(), sizes: tableSizes(bytesMax, flushRows) });
}

/** With a seed that no client can know, so that keys made to collide in one process do not in another. */
export function newTableHash(): KeyHash {
  return new KeyHash([randomInt(2 ** 32), randomInt(2 ** 32)]);
}
