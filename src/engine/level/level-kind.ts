import type { EngineKind } from '../home/engine-kind.js';
import { openGeneration } from '../home/opening.js';
import { LevelEngine, type LevelEngineOptions } from './level-engine.js';
import type { NativeOptions } from './native.js';
import { createLevel, levelOpenError, openLevel } from './opening.js';

/** Engines on LevelDB. */
export function levelKind(options: Omit<LevelEngineOptions, 'directory'>): EngineKind<LevelEngine> {
  const { logger, onWrite } = options;
  const native = nativeOptions(options);
  return {
    name: 'level',
    create: async (folder) => new LevelEngine({ level: await createLevel(folder, native), folder }, onWrite),
    open: async (folder) => new LevelEngine({ level: await openLevel(folder, native, logger), folder }, onWrite),
    openError: levelOpenError,
  };
}

/**
 * Opens or creates an engine on LevelDB, at the state after a prefix of the batches: it holds at least everything before
 * the last `barrier` or clean `close`, and of later batches those that LevelDB's own log has without a gap.
 * @throws EngineOpenError
 */
export async function openLevelEngine(options: LevelEngineOptions): Promise<LevelEngine> {
  return await openGeneration({ directory: options.directory, kind: levelKind(options) });
}

function nativeOptions(options: Omit<LevelEngineOptions, 'directory'>): NativeOptions {
  return {
    cacheBytes: options.cacheBytes ?? 64 * 1024 * 1024,
    writeBufferBytes: options.writeBufferBytes ?? 32 * 1024 * 1024,
    maxFileBytes: options.maxFileBytes ?? 8 * 1024 * 1024,
    maxOpenFiles: options.maxOpenFiles ?? 1000,
    compression: options.compression ?? true,
  };
}
