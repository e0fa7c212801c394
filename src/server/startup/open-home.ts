import { openHome } from '../../engine/home/generation-home.js';
import type { EngineName } from '../../engine/home/generations.js';
import { levelKind } from '../../engine/level/level-kind.js';
import { lmdbKind } from '../../engine/lmdb/lmdb-kind.js';
import type { EngineHome } from '../../ports/engine.js';
import type { Logger } from '../../util/logger.js';

export interface HomeOptions {
  readonly engine: EngineName;
  /** Created if missing. One engine at a time may hold it. */
  readonly directory: string;
  readonly logger: Logger;
  /** Sizes of LevelDB, in bytes. Default: see LevelEngineOptions. */
  readonly cacheBytes?: number;
  readonly writeBufferBytes?: number;
  /** File descriptors for tables of LevelDB. Default 1,000. */
  readonly maxOpenFiles?: number;
  /** Called with the time that each batch took to write, in ms. */
  readonly onWrite?: (ms: number) => void;
}

/** Opens or creates the engines of a directory. @throws EngineOpenError */
export function openEngineHome(options: HomeOptions): Promise<EngineHome> {
  const { engine, directory, logger } = options;
  if (engine === 'lmdb') return openHome({ directory, kind: lmdbKind(options) }, logger);
  return openHome({ directory, kind: levelKind(options) }, logger);
}
