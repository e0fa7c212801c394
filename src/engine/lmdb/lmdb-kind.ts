import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../util/logger.js';
import { EngineOpenError } from '../errors.js';
import type { EngineKind } from '../home/engine-kind.js';
import { openHome, type GenerationHome } from '../home/generation-home.js';
import { openGeneration, reasonOf } from '../home/opening.js';
import { removeCopy } from './compacted-copy.js';
import { LmdbEngine } from './lmdb-engine.js';
import { checkMeta } from './meta-check.js';
import { DATA_FILE } from './native.js';
import { reserveSpace } from './reserved-space.js';
import type { ViewBounds } from './views.js';

export interface LmdbOptions {
  /** Called with the time that each batch took to write, in ms. */
  readonly onWrite?: ((ms: number) => void) | undefined;
  /** Bounds on the pages that are kept for readers. */
  readonly viewBounds?: ViewBounds | undefined;
  /** Monotonic. Default: that of the process. */
  readonly nowMs?: (() => number) | undefined;
}

/** Engines on LMDB. */
export function lmdbKind(options: LmdbOptions = {}): EngineKind<LmdbEngine> {
  return {
    name: 'lmdb',
    create: async (folder) => {
      await reserveSpace(folder, true);
      const engine = openIn(folder, options);
      // LMDB writes the first pages without a sync.
      await syncFile(join(folder, DATA_FILE));
      return engine;
    },
    open: async (folder) => {
      await removeCopy(folder);
      await checkMeta(folder);
      await reserveSpace(folder, false);
      return openIn(folder, options);
    },
    openError: (directory, error) =>
      new EngineOpenError('failed', `cannot open the engine in ${directory}: ${reasonOf(error)}`, error),
  };
}

/** Opens or creates an engine on LMDB, at the state after the last batch that resolved, or one later. @throws EngineOpenError */
export function openLmdbEngine(options: LmdbOptions & { readonly directory: string }): Promise<LmdbEngine> {
  return openGeneration({ directory: options.directory, kind: lmdbKind(options) });
}

/** Opens or creates the engines of a directory, each a generation. @throws EngineOpenError */
export function openLmdbHome(
  options: LmdbOptions & { readonly directory: string; readonly logger: Logger },
): Promise<GenerationHome<LmdbEngine>> {
  return openHome({ directory: options.directory, kind: lmdbKind(options) }, options.logger);
}

function openIn(folder: string, options: LmdbOptions): LmdbEngine {
  return new LmdbEngine({ folder, ...options });
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
