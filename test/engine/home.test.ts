import { cpSync } from 'node:fs';
import { openLevelHome } from '../../src/engine/level/level-home.js';
import { MemoryHome } from '../../src/engine/memory/memory-home.js';
import { seededRandom } from '../../src/util/random.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { describeHome } from './home-compliance.js';

describeHome('memory', () => ({
  open: async () => new MemoryHome(),
  crash: async (home) => (home as MemoryHome).crash(seededRandom(1)),
  reopen: async (home) => (home as MemoryHome).crash(),
  cleanUp: async () => undefined,
}));

describeHome('LevelDB', () => {
  const folders = [makeTemporaryFolder('home')];
  const open = () => openLevelHome({ directory: folders.at(-1) ?? '', logger: silentLogger, cacheBytes: 1 << 20 });
  return {
    open,
    // A killed process leaves the present contents of the files.
    crash: async (home) => {
      const image = makeTemporaryFolder('home');
      cpSync(folders.at(-1) ?? '', image, { recursive: true });
      folders.push(image);
      await home.close();
      return await open();
    },
    reopen: open,
    cleanUp: async () => {
      for (const folder of folders.splice(0)) removeFolder(folder);
    },
  };
});
