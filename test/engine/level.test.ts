import { expect } from 'chai';
import { LevelEngine } from '../../src/engine/level/level-engine.js';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { NativeLevel } from '../../src/engine/level/native.js';
import type { EngineOperation } from '../../src/ports/engine.js';
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

describe('a batch of large values on LevelDB', () => {
  const MIB = 1024 * 1024;
  const folder = makeTemporaryFolder('engine');

  after(() => removeFolder(folder));

  // Slices were bounded by operations alone: a command that deleted 100 values of 1 MB held the event loop for 0.2 s.
  it('is filled over several turns of the event loop', async () => {
    const engine = await openLevelEngine({ directory: folder, logger: silentLogger });
    const values = 40;
    let [inTurn, most] = [0, 0];
    function* operations(): Generator<EngineOperation, void, undefined> {
      for (let row = 0; row < values; row++) {
        inTurn += 1;
        most = Math.max(most, inTurn);
        setImmediate(() => (inTurn = 0));
        yield { type: 'put', key: Buffer.from(`k${row}`), value: Buffer.alloc(MIB / 2, row) };
      }
    }
    await engine.write(operations());
    expect(most).to.be.within(1, 6);
    expect(engine.get(Buffer.from(`k${values - 1}`))?.[0]).to.equal(values - 1);
    await engine.close();
  });
});
