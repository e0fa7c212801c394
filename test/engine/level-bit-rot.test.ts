import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { LevelEngine } from '../../src/engine/level/level-engine.js';
import { checkTables } from '../../src/engine/level/table-check.js';
import { silentLogger } from '../../src/util/logger.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { bytes, get, put } from './compliance.js';

/** Fixed by default: some damage makes LevelDB's own assertions end the process, which is not a wrong answer. */
const SEED = Number(process.env['SEED'] ?? 1);
const ROWS = 300;
const key = (row: number): string => `key/${String(row).padStart(5, '0')}`;
const value = (row: number): string => `value of row ${row} `.repeat(8);

for (const compression of [true, false]) {
  describe(`a flipped bit in a table (compression ${compression ? 'on' : 'off'}, SEED=${SEED})`, () => {
    let folder: string;
    let table: string;
    let sound: Buffer;

    const open = (directory: string): Promise<LevelEngine> =>
      openLevelEngine({ directory, logger: silentLogger, compression });

    before(async () => {
      folder = makeTemporaryFolder('engine-rot');
      const engine = await open(join(folder, 'sound'));
      await engine.write(Array.from({ length: ROWS }, (_, row) => put(key(row), value(row))));
      await engine.close();
      const generation = join(folder, 'sound', 'gen-000001');
      table = readdirSync(generation).find((name) => name.endsWith('.ldb')) ?? '';
      sound = readFileSync(join(generation, table));
    });

    after(() => removeFolder(folder));

    const flipped = (bit: number): Buffer => {
      const damaged = Buffer.from(sound);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return damaged;
    };

    it('is found by the table check, wherever it is', async () => {
      const generation = join(folder, 'sound', 'gen-000001');
      expect(await checkTables(generation)).to.deep.equal({ tables: 1, bytes: sound.length, damage: [] });
      const missed: number[] = [];
      // Every offset in the small blocks and the footer at the end, and a sample of the data.
      for (let at = 0; at < sound.length; at += at < sound.length - 700 ? 97 : 3) {
        writeFileSync(join(generation, table), flipped(at * 8 + (at % 8)));
        const { damage } = await checkTables(generation);
        if (damage.length === 0) missed.push(sound.length - at);
      }
      writeFileSync(join(generation, table), sound);
      // The footer (48 bytes) is padded between its two handles and the magic number (8); the padding is never read.
      expect(missed.filter((fromEnd) => fromEnd > 48 || fromEnd <= 8)).to.deep.equal([]);
      expect(missed.length).to.be.at.most(36);
    });

    it('never makes a read return a value that was not written', async () => {
      const random = seededRandom(SEED);
      const outcomes = { right: 0, error: 0, missing: 0 };
      for (let round = 0; round < Number(process.env['ROUNDS'] ?? 10); round++) {
        const directory = join(folder, `flip-${round}`);
        cpSync(join(folder, 'sound'), directory, { recursive: true });
        writeFileSync(join(directory, 'gen-000001', table), flipped(randomInteger(random, 0, sound.length * 8)));
        const engine = await open(directory);
        for (let row = 0; row < ROWS; row++) {
          const read = tryGet(engine, key(row));
          if (read === 'error') outcomes.error++;
          else if (read === undefined) outcomes.missing++;
          else {
            expect(read).to.equal(value(row));
            outcomes.right++;
          }
        }
        await engine.close();
        removeFolder(directory);
      }
      expect(outcomes.error).to.be.greaterThan(0);
      // Missing rows without an error: only the check of the tables finds these.
      expect(outcomes.missing).to.be.lessThan(outcomes.right);
    });
  });
}

function tryGet(engine: LevelEngine, row: string): string | undefined {
  try {
    return get(engine, row);
  } catch (error) {
    // LevelDB reports a handle that points outside the file as an I/O error.
    expect(String(error)).to.match(/^EngineCorruptionError|IO error/);
    return 'error';
  }
}

describe('a value whose checksum is wrong', () => {
  it('is reported with its key in hex, by a point read and by a cursor', async () => {
    const folder = makeTemporaryFolder('engine-rot');
    const open = (): Promise<LevelEngine> =>
      openLevelEngine({ directory: folder, logger: silentLogger, compression: false });
    const engine = await open();
    await engine.write([put('a', 'sound'), put('b\x00', 'damaged'), put('c', 'sound')]);
    await engine.close();
    const generation = join(folder, 'gen-000001');
    const path = join(generation, readdirSync(generation).find((name) => name.endsWith('.ldb')) ?? '');
    const table = readFileSync(path);
    table.write('x', table.indexOf('damaged') + 3);
    writeFileSync(path, table);

    const reopened = await open();
    const cursor = reopened.cursor({});
    try {
      expect(get(reopened, 'a')).to.equal('sound');
      expect(() => reopened.get(bytes('b\x00')))
        .to.throw('the value of key 6200 fails its checksum')
        .with.property('name', 'EngineCorruptionError');
      expect(await cursor.next(10).then(() => 'rows', String)).to.equal(
        'EngineCorruptionError: the value of key 6200 fails its checksum',
      );
    } finally {
      await cursor.close();
      await reopened.close();
      removeFolder(folder);
    }
  });
});
