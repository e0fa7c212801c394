import { basename, dirname } from 'node:path';
import type { EngineHome, ReplacedEngine } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import type { StoredEngine } from './engine-kind.js';
import { pointTo, removeGeneration, syncFolder, unstage, type NamedGeneration } from './generations.js';
import { openGeneration, openNewGeneration, openStagedGeneration, type Place } from './opening.js';

/** Opens or creates the engines of a directory, each a generation. @throws EngineOpenError */
export async function openHome<E extends StoredEngine>(place: Place<E>, logger: Logger): Promise<GenerationHome<E>> {
  const engine = await openGeneration(place);
  logger.debug('opened the engine', { folder: engine.folder });
  try {
    return new GenerationHome({ place, logger, engine, staged: await openStagedGeneration(place) });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** See `EngineHome`, and generations.ts for the layout on disk. */
export class GenerationHome<E extends StoredEngine> implements EngineHome {
  readonly #place: Place<E>;
  readonly #logger: Logger;
  #engine: E;
  #staged: E | undefined;
  #sealed: boolean;

  constructor(options: {
    readonly place: Place<E>;
    readonly logger: Logger;
    readonly engine: E;
    readonly staged: E | undefined;
  }) {
    this.#place = options.place;
    this.#logger = options.logger;
    this.#engine = options.engine;
    this.#staged = options.staged;
    this.#sealed = options.staged !== undefined;
  }

  get engine(): E {
    return this.#engine;
  }

  get staged(): E | undefined {
    return this.#staged;
  }

  async stage(): Promise<E> {
    await this.discard();
    this.#staged = await openNewGeneration(this.#place);
    return this.#staged;
  }

  async seal(): Promise<void> {
    const staged = defined(this.#staged, 'the staged engine');
    await staged.barrier();
    await syncFolder(staged.folder);
    await pointTo(this.#directory, this.#generationOf(staged), 'STAGED');
    this.#sealed = true;
  }

  async promote(): Promise<ReplacedEngine> {
    const staged = defined(this.#staged, 'the staged engine');
    assert(this.#sealed, 'only a sealed engine can be promoted');
    await pointTo(this.#directory, this.#generationOf(staged));
    await unstage(this.#directory);
    const replaced = this.#engine;
    this.#engine = staged;
    this.#staged = undefined;
    this.#sealed = false;
    this.#logger.info('engine replaced', { folder: staged.folder });
    return {
      release: async () => {
        await replaced.close();
        await removeGeneration(this.#directory, basename(replaced.folder));
      },
    };
  }

  async discard(): Promise<void> {
    const staged = this.#staged;
    if (staged === undefined) return;
    // The pointer is removed first: it must never name a partly removed generation.
    if (this.#sealed) await unstage(this.#directory);
    this.#staged = undefined;
    this.#sealed = false;
    await staged.close();
    await removeGeneration(this.#directory, basename(staged.folder));
  }

  async close(): Promise<void> {
    await Promise.all([this.#engine.close(), this.#staged?.close()]);
  }

  get #directory(): string {
    return dirname(this.#engine.folder);
  }

  #generationOf({ folder }: E): NamedGeneration {
    return { name: basename(folder), engine: this.#place.kind.name };
  }
}
