import { expect } from 'chai';
import { LevelEngine, openLevelEngine } from '../../src/engine/level/level-engine.js';
import type { NativeLevel } from '../../src/engine/level/native.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { describeCompliance } from './compliance.js';

describeCompliance('LevelDB', () => {
  const directory = makeTemporaryFolder('engine');
  const open = () =>
    openLevelEngine({ directory, logger: silentLogger, cacheBytes: 1 << 20, writeBufferBytes: 1 << 20 });
  return { open, reopen: open, cleanUp: async () => removeFolder(directory) };
});

describe('the size of an engine on LevelDB', () => {
  let folder: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('engine');
  });

  afterEach(() => removeFolder(folder));

  /**
   * LevelDB was opened before the names of its logs were read. If it failed meanwhile, its rejection was unhandled, and
   * Node ends a process for that.
   */
  it('rejects for its caller, without an unhandled rejection, if LevelDB fails at once', async () => {
    const approximateSize = () => Promise.reject(new Error('LevelDB fails'));
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    const others = process.rawListeners('unhandledRejection') as ((reason: unknown) => void)[];
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', note);
    try {
      const engine = new LevelEngine({ level: { approximateSize } as unknown as NativeLevel, folder });
      const error: unknown = await engine.sizeBytes().catch((reason: unknown) => reason);
      expect(String(error)).to.contain('LevelDB fails');
      await new Promise(setImmediate);
      expect(unhandled).to.deep.equal([]);
    } finally {
      process.off('unhandledRejection', note);
      for (const other of others) process.on('unhandledRejection', other);
    }
  });
});
