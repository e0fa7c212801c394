import { cpSync } from 'node:fs';
import { openLevelHome } from '../../src/engine/level/level-home.js';
import { openLmdbHome } from '../../src/engine/lmdb/lmdb-kind.js';
import { MemoryHome } from '../../src/engine/memory/memory-home.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { TableHome } from '../../src/engine/table/table-home.js';
import { tableSizes } from '../../src/engine/table/table-sizes.js';
import type { EngineHome } from '../../src/ports/engine.js';
import { seededRandom } from '../../src/util/random.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { describeHome, type HomeHarness } from './home-compliance.js';

describeHome('memory', () => ({
  open: async () => new MemoryHome(),
  crash: async (home) => (home as MemoryHome).crash(seededRandom(1)),
  reopen: async (home) => (home as MemoryHome).crash(),
  cleanUp: async () => undefined,
}));

describeHome('LevelDB', levelHarness);

describeHome('LMDB', lmdbHarness);

function levelHarness(): HomeHarness {
  return folderHarness((directory) => openLevelHome({ directory, logger: silentLogger, cacheBytes: 1 << 20 }));
}

function lmdbHarness(): HomeHarness {
  return folderHarness((directory) => openLmdbHome({ directory, logger: silentLogger }));
}

function folderHarness(openIn: (directory: string) => Promise<EngineHome>): HomeHarness {
  const folders = [makeTemporaryFolder('home')];
  const open = () => openIn(folders.at(-1) ?? '');
  return {
    open,
    // A killed process leaves the present contents of the files.
    crash: async (home) => {
      const image = makeTemporaryFolder('home');
      // Not LMDB's file of locks: a process loses its locks on a file when it closes another descriptor of it.
      cpSync(folders.at(-1) ?? '', image, { recursive: true, filter: (path) => !path.endsWith('lock.mdb') });
      folders.push(image);
      await home.close();
      return await open();
    },
    reopen: open,
    cleanUp: async () => {
      for (const folder of folders.splice(0)) removeFolder(folder);
    },
  };
}

/** The homes below, by the table's. */
const below = new WeakMap<EngineHome, EngineHome>();
const tableOver = (home: EngineHome): EngineHome => {
  const table = new TableHome({ home, sizes: tableSizes(1 << 20), hash: new KeyHash([1, 2]) });
  below.set(table, home);
  return table;
};
const memoryBelow = (home: EngineHome): MemoryHome => below.get(home) as MemoryHome;

describeHome('a table over memory', () => ({
  open: async () => tableOver(new MemoryHome()),
  crash: async (home) => tableOver(memoryBelow(home).crash(seededRandom(1))),
  reopen: async (home) => tableOver(memoryBelow(home).crash()),
  cleanUp: async () => undefined,
}));

for (const [name, makeHarness] of Object.entries({ LevelDB: levelHarness, LMDB: lmdbHarness })) {
  describeHome(`a table over ${name}`, () => {
    const harness = makeHarness();
    return {
      ...harness,
      open: async () => tableOver(await harness.open()),
      crash: async (home) => tableOver(await harness.crash(home)),
      reopen: async () => tableOver(await harness.open()),
    };
  });
}
