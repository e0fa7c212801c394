import type { GenerationHome } from '../home/generation-home.js';
import { openHome } from '../home/generation-home.js';
import type { LevelEngine, LevelEngineOptions } from './level-engine.js';
import { levelKind } from './level-kind.js';

/** Opens or creates the engines of a directory, each a generation. @throws EngineOpenError */
export function openLevelHome(options: LevelEngineOptions): Promise<GenerationHome<LevelEngine>> {
  return openHome({ directory: options.directory, kind: levelKind(options) }, options.logger);
}
