import { openLevelEngine } from '../../src/engine/level/level-engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { describeCompliance } from './compliance.js';

describeCompliance('LevelDB', () => {
  const directory = makeTemporaryFolder('engine');
  const open = () =>
    openLevelEngine({ directory, logger: silentLogger, cacheBytes: 1 << 20, writeBufferBytes: 1 << 20 });
  return { open, reopen: open, cleanUp: async () => removeFolder(directory) };
});
