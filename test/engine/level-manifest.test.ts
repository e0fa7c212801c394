import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { crc32c } from '../../src/engine/level/crc32c.js';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { put } from './compliance.js';
import { crashImage } from './crash-image.js';

const SECTOR = 512;
const BLOCK = 32 * 1024;

describe("LevelDB's manifest after a crash", () => {
  let folder: string;
  let image: string;
  /** The offset of each barrier's manifest record. */
  let boundaries: number[];

  /** An engine with four barriers whose manifest records, because of long keys, are longer than two sectors. */
  beforeEach(async () => {
    folder = makeTemporaryFolder('engine-manifest');
    const running = join(folder, 'running');
    image = join(folder, 'image');
    const engine = await openLevelEngine({ directory: running, logger: silentLogger });
    boundaries = [];
    for (let barrier = 1; barrier <= 4; barrier++) {
      const manifest = manifestIn(running);
      boundaries.push(readFileSync(manifest).length);
      await engine.write(longKeys(barrier, 900));
      await engine.barrier();
    }
    crashImage(running, image);
    await engine.close();
  });

  afterEach(() => removeFolder(folder));

  const openedAt = async (directory: string): Promise<string> => {
    try {
      const engine = await openLevelEngine({ directory, logger: silentLogger });
      const cursor = engine.cursor({ reverse: true, keysOnly: true });
      const [row] = await cursor.next(1);
      const applied = Number(Buffer.from(row?.key ?? []).toString('latin1', 0, 4));
      await engine.close();
      return `applied ${applied}`;
    } catch (error) {
      return error instanceof Error && 'reason' in error ? String(error.reason) : String(error);
    }
  };

  /** Opens a copy of the image whose manifest was changed. */
  const openChanged = async (name: string, change: (manifest: Buffer) => Buffer): Promise<string> => {
    const copy = join(folder, name);
    cpSync(image, copy, { recursive: true });
    const path = manifestIn(copy);
    writeFileSync(path, change(readFileSync(path)));
    return openedAt(copy);
  };

  it('computes CRC-32C as published', () => {
    // RFC 3720, appendix B.4.
    expect(crc32c(Buffer.alloc(32)).toString(16)).to.equal('8a9136aa');
    expect(crc32c(Buffer.alloc(32, 0xff)).toString(16)).to.equal('62a8ab43');
    expect(crc32c(Buffer.from('123456789')).toString(16)).to.equal('e3069283');
  });

  // LevelDB truncates an incomplete manifest record, but refuses one with a missing sector inside: a power loss during
  // a flush would have cost the member its data.
  it('falls back by one flush when any sectors of the unsynced record are missing', async () => {
    const last = boundaries[3] ?? 0;
    const length = readFileSync(manifestIn(image)).length;
    const sectors: number[] = [];
    for (let at = last - (last % SECTOR); at < length; at += SECTOR) sectors.push(at);
    expect(sectors.length).to.be.at.least(3);
    for (let missing = 1; missing < 2 ** sectors.length; missing++) {
      const opened = await openChanged(`torn-${missing}`, (manifest) => {
        for (const [bit, at] of sectors.entries()) {
          if (missing & (1 << bit)) manifest.fill(0, Math.max(at, last), Math.min(at + SECTOR, length));
        }
        return manifest;
      });
      expect(opened, `missing ${missing.toString(2)}`).to.equal('applied 3');
    }
  });

  it('falls back by one flush when the unsynced record ends early', async () => {
    const last = boundaries[3] ?? 0;
    for (const kept of [0, 3, 7, 100, 513]) {
      expect(await openChanged(`short-${kept}`, (manifest) => manifest.subarray(0, last + kept))).to.equal('applied 3');
    }
  });

  it('falls back by one flush when the unsynced record is torn anywhere across a block of 32 KiB', async () => {
    const running = join(folder, 'long');
    const engine = await openLevelEngine({ directory: running, logger: silentLogger });
    let before = 0;
    let length = 0;
    let barrier = 0;
    while (Math.floor(before / BLOCK) === Math.floor(length / BLOCK)) {
      barrier++;
      before = readFileSync(manifestIn(running)).length;
      await engine.write(longKeys(barrier, 2000));
      await engine.barrier();
      length = readFileSync(manifestIn(running)).length;
    }
    removeFolder(image);
    crashImage(running, image);
    await engine.close();
    expect(await openChanged('whole', (manifest) => manifest)).to.equal(`applied ${barrier}`);
    const boundary = BLOCK * Math.floor(length / BLOCK);
    for (const end of [boundary - 9, boundary - 1, boundary, boundary + 3, boundary + 7, boundary + 8]) {
      const opened = await openChanged(`cut-${end}`, (manifest) => manifest.subarray(0, Math.max(end, before + 1)));
      expect(opened, `cut at ${end}`).to.equal(`applied ${barrier - 1}`);
    }
  });

  // LevelDB treats a record with a zeroed header as preallocated space and skips the rest of the block. It opened at
  // applied index 1, and removed the tables of the three later flushes.
  it('refuses a manifest with damage in its synced part', async () => {
    const early = boundaries[1] ?? 0;
    expect(await openChanged('zeroed', (manifest) => manifest.fill(0, early, early + SECTOR))).to.equal('damaged');
    expect(
      await openChanged('flipped', (manifest) => {
        manifest.writeUInt8(manifest.readUInt8(early + 40) ^ 4, early + 40);
        return manifest;
      }),
    ).to.equal('damaged');
    expect(await openChanged('empty', () => Buffer.alloc(0))).to.equal('damaged');
  });

  it('uses the successor of a missing manifest that CURRENT names', async () => {
    const generation = join(image, 'gen-000001');
    writeFileSync(join(generation, 'CURRENT'), 'MANIFEST-000001\n');
    expect(await openedAt(image)).to.equal('applied 4');
    expect(await openedAt(image), 'and again').to.equal('applied 4');
  });

  it('refuses to open if the manifest that CURRENT names is missing and the others are older or ambiguous', async () => {
    const generation = join(image, 'gen-000001');
    const ambiguous = join(folder, 'ambiguous');
    cpSync(image, ambiguous, { recursive: true });
    writeFileSync(join(generation, 'CURRENT'), 'MANIFEST-000900\n');
    expect(await openedAt(image)).to.equal('damaged');
    writeFileSync(join(ambiguous, 'gen-000001', 'CURRENT'), 'MANIFEST-000001\n');
    writeFileSync(join(ambiguous, 'gen-000001', 'MANIFEST-000777'), '');
    expect(await openedAt(ambiguous)).to.equal('damaged');
  });
});

function manifestIn(directory: string): string {
  const generation = join(directory, 'gen-000001');
  return join(generation, readFileSync(join(generation, 'CURRENT'), 'latin1').trimEnd());
}

/** Key ranges of different barriers do not overlap, so that no compaction adds records. */
function longKeys(barrier: number, length: number): EngineOperation[] {
  const prefix = String(barrier).padStart(4, '0');
  return ['k', 'l'].map((letter) => put(prefix + letter.repeat(length), 'x'));
}
