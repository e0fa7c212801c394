import { basename, dirname } from 'node:path';
import type { EngineHome, ReplacedEngine } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { pointTo, removeGeneration, syncFolder, unstage } from './generations.js';
import { LevelEngine, openingOptions, openLevelEngine } from './level-engine.js';
import type { LevelEngineOptions } from './level-engine.js';
import { openNewGeneration, openStagedGeneration } from './opening.js';
import type { OpeningOptions } from './opening.js';

/** Opens or creates the engines of a directory, each a generation. @throws EngineOpenError */
export async function openLevelHome(options: LevelEngineOptions): Promise<LevelHome> {
  const engine = await openLevelEngine(options);
  const opening = openingOptions(options);
  try {
    const staged = await openStagedGeneration(opening);
    const { onWrite } = options;
    return new LevelHome({
      opening,
      engine,
      staged: staged === undefined ? undefined : new LevelEngine(staged, onWrite),
      onWrite,
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** See `EngineHome`, and generations.ts for the layout on disk. */
export class LevelHome implements EngineHome {
  readonly #opening: OpeningOptions;
  readonly #onWrite: ((ms: number) => void) | undefined;
  #engine: LevelEngine;
  #staged: LevelEngine | undefined;
  #sealed: boolean;

  constructor(options: {
    readonly opening: OpeningOptions;
    readonly engine: LevelEngine;
    readonly staged: LevelEngine | undefined;
    readonly onWrite: ((ms: number) => void) | undefined;
  }) {
    this.#opening = options.opening;
    this.#onWrite = options.onWrite;
    this.#engine = options.engine;
    this.#staged = options.staged;
    this.#sealed = options.staged !== undefined;
  }

  get engine(): LevelEngine {
    return this.#engine;
  }

  get staged(): LevelEngine | undefined {
    return this.#staged;
  }

  async stage(): Promise<LevelEngine> {
    await this.discard();
    this.#staged = new LevelEngine(await openNewGeneration(this.#opening), this.#onWrite);
    return this.#staged;
  }

  async seal(): Promise<void> {
    const staged = defined(this.#staged, 'the staged engine');
    await staged.barrier();
    await syncFolder(staged.folder);
    await pointTo(this.#directory, basename(staged.folder), 'STAGED');
    this.#sealed = true;
  }

  async promote(): Promise<ReplacedEngine> {
    const staged = defined(this.#staged, 'the staged engine');
    assert(this.#sealed, 'only a sealed engine can be promoted');
    await pointTo(this.#directory, basename(staged.folder));
    await unstage(this.#directory);
    const replaced = this.#engine;
    this.#engine = staged;
    this.#staged = undefined;
    this.#sealed = false;
    this.#opening.logger.info('engine replaced', { folder: staged.folder });
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
}
