import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import { logStart } from '../../src/engine/level/log-start.js';
import { walkLog } from '../../src/engine/level/log-walk.js';
import type { VersionEdit } from '../../src/engine/level/version-edit.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import type { Random } from '../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { logsIn } from './log-damage.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const BLOCK_BYTES = 32 * 1024;
/** Bytes of a log before the value of a batch with one operation and a key of one byte; the value has a checksum of 4. */
const BEFORE_VALUE_BYTES = 7 + 12 + 1 + 2 + 3;

interface Found {
  readonly sequence: number;
  readonly count: number;
}

describe("walking LevelDB's log", () => {
  let directory: string;

  beforeEach(() => {
    directory = makeTemporaryFolder('engine-walk');
  });

  afterEach(() => removeFolder(directory));

  /** LevelDB's log of these batches, from a running engine. */
  const logOf = async (name: string, batches: readonly (readonly EngineOperation[])[]): Promise<string> => {
    const running = join(directory, name);
    const engine = await openLevelEngine({
      directory: running,
      logger: silentLogger,
      writeBufferBytes: 64 * 1024 ** 2,
    });
    for (const batch of batches) await engine.write(batch);
    const [log = ''] = logsIn(running);
    const copy = join(directory, `${name}.log`);
    writeFileSync(copy, readFileSync(log));
    await engine.close();
    return copy;
  };

  const walked = async (log: string): Promise<{ found: Found[]; soundBytes: number; bytes: number; stop?: string }> => {
    const found: Found[] = [];
    const result = await walkLog(log, (batch) => {
      found.push(batch);
      return true;
    });
    return { found, ...result };
  };

  /** What a whole log has. */
  const expected = (batches: readonly (readonly EngineOperation[])[]): Found[] => {
    let sequence = 1;
    return batches.map(({ length: count }) => {
      const batch = { sequence, count };
      sequence += count;
      return batch;
    });
  };

  it(`finds every batch, of any size (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const batches = Array.from({ length: 300 }, () => randomBatch(random));
    batches.push([put(900_000, 1)]);
    const log = await logOf('any', batches);
    const { found, soundBytes, bytes, stop } = await walked(log);
    expect(found).to.deep.equal(expected(batches));
    expect([soundBytes, stop]).to.deep.equal([bytes, undefined]);
  }).timeout(300_000);

  it('finds every batch, wherever a block ends in it', async () => {
    // One batch ends so many bytes before the end of a block. If 7 are left, LevelDB writes a fragment without payload.
    for (let left = 0; left < 20; left++) {
      const value = BLOCK_BYTES - left - BEFORE_VALUE_BYTES - 4;
      const batches = [
        [put(value, 0)],
        [put(100, 1), { type: 'delete' as const, key: Buffer.from('key') }],
        [put(9, 2)],
      ];
      const log = await logOf(`left-${left}`, batches);
      const { found, stop } = await walked(log);
      expect(found, `${left} bytes left`).to.deep.equal(expected(batches));
      expect(stop).to.equal(undefined);
    }
  }).timeout(300_000);

  it('ends after the last whole batch, wherever the log is cut', async () => {
    const batches = Array.from({ length: 30 }, (_, index) => [put(100 + index * 150, index), put(10, index)]);
    const content = readFileSync(await logOf('cut', batches));
    const whole = expected(batches);
    const cut = join(directory, 'part.log');
    let last = 0;
    for (let end = 0; end <= content.length; end++) {
      if (end >= 100 && end < content.length - 100 && end % 613 > 0) continue;
      writeFileSync(cut, content.subarray(0, end));
      const { found, soundBytes, bytes, stop } = await walked(cut);
      expect(found).to.deep.equal(whole.slice(0, found.length));
      expect(found.length, 'batches of a longer part').to.be.at.least(last);
      expect(soundBytes).to.be.at.most(end);
      expect(stop).to.equal(soundBytes < bytes ? 'damaged' : undefined);
      last = found.length;
    }
    expect(last).to.equal(batches.length);
  }).timeout(300_000);

  it('finds no batch at or after a flipped bit, wherever it is', async () => {
    const batches = Array.from({ length: 12 }, (_, index) => [put(3000, index), put(10, index)]);
    const content = readFileSync(await logOf('flip', batches));
    const flipped = join(directory, 'flipped.log');
    for (let at = 0; at < content.length; at += 211) {
      const changed = Buffer.from(content);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at & 7)), at);
      writeFileSync(flipped, changed);
      const { soundBytes, found } = await walked(flipped);
      expect(soundBytes).to.be.at.most(at);
      expect(found).to.deep.equal(expected(batches).slice(0, found.length));
    }
  }).timeout(300_000);
});

describe('the start of the logs that LevelDB replays', () => {
  const edit = (fields: Partial<VersionEdit>): VersionEdit => ({ deleted: [], added: [], ...fields });

  it('is exact after an open, and lies between two flushes after one', () => {
    const opened = [edit({}), edit({ logNumber: 5, previousLogNumber: 0, lastSequence: 70 })];
    expect(logStart(opened)).to.deep.equal({ logNumber: 5, flushedMin: 70, flushedMax: 70 });
    const compacted = [...opened, edit({ logNumber: 5, lastSequence: 90 })];
    expect(logStart(compacted)).to.deep.equal({ logNumber: 5, flushedMin: 70, flushedMax: 70 });
    const flushed = [...compacted, edit({ logNumber: 9, lastSequence: 120 })];
    expect(logStart(flushed)).to.deep.equal({ logNumber: 9, flushedMin: 70, flushedMax: 120 });
    const again = [...flushed, edit({ logNumber: 12, lastSequence: 150 })];
    expect(logStart(again)).to.deep.equal({ logNumber: 12, flushedMin: 120, flushedMax: 150 });
  });

  it('is unknown with fields that LevelDB 1.20 does not write', () => {
    expect(logStart([])).to.equal(undefined);
    expect(logStart([edit({ logNumber: 5 })])).to.equal(undefined);
    expect(logStart([edit({ logNumber: 5, previousLogNumber: 4, lastSequence: 70 })])).to.equal(undefined);
    expect(logStart([edit({ logNumber: 5, lastSequence: 2 ** 60 })])).to.equal(undefined);
  });
});

function put(valueBytes: number, fill: number): EngineOperation {
  return { type: 'put', key: Buffer.from('k'), value: Buffer.alloc(valueBytes, fill) };
}

/** Most are small, some cover many blocks. */
function randomBatch(random: Random): EngineOperation[] {
  const bytesMax = random.next() < 0.1 ? 100_000 : 500;
  return Array.from({ length: randomInteger(random, 1, 20) }, (_, index): EngineOperation => {
    const key = Buffer.alloc(randomInteger(random, 1, 200), index);
    if (random.next() < 0.3) return { type: 'delete', key };
    return { type: 'put', key, value: Buffer.alloc(randomInteger(random, 0, bytesMax), index) };
  });
}
