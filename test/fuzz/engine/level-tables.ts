import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineOpenError } from '../../../src/engine/errors.js';
import { liveTables } from '../../../src/engine/level/live-tables.js';
import { readManifest, repairManifest } from '../../../src/engine/level/manifest.js';
import { nativeLevel } from '../../../src/engine/level/native.js';
import { snappyDecode } from '../../../src/engine/level/snappy.js';
import { checkTables } from '../../../src/engine/level/table-check.js';
import { defined } from '../../../src/util/assert.js';
import { silentLogger } from '../../../src/util/logger.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import { scratchFile } from '../framework/scratch.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';
import { logOf, sized, varint } from './level-format.js';

interface Edit {
  readonly logNumber?: number;
  readonly lastSequence?: number;
  readonly deleted: readonly number[];
  readonly added: readonly { readonly number: number; readonly bytes: number }[];
}

function randomEdit(random: Random): Edit {
  const number = (): number => randomInteger(random, 1, 1_000);
  return {
    ...(chance(random, 0.5) ? { logNumber: number() } : {}),
    ...(chance(random, 0.5) ? { lastSequence: pick(random, [0, number(), 2 ** 40]) } : {}),
    deleted: Array.from({ length: randomSize(random, 3) }, number),
    added: Array.from({ length: randomSize(random, 3) }, () => ({ number: number(), bytes: number() })),
  };
}

function encodeEdit(random: Random, { logNumber, lastSequence, deleted, added }: Edit): Buffer {
  const key = sized(randomBytesOf(random, randomSize(random, 40)));
  return Buffer.concat([
    ...(chance(random, 0.3) ? [varint(1), sized(Buffer.from('leveldb.BytewiseComparator'))] : []),
    ...(logNumber === undefined ? [] : [varint(2), varint(logNumber)]),
    ...(chance(random, 0.3) ? [varint(9), varint(0)] : []),
    ...(chance(random, 0.3) ? [varint(3), varint(77)] : []),
    ...(lastSequence === undefined ? [] : [varint(4), varint(lastSequence)]),
    ...(chance(random, 0.3) ? [varint(5), varint(1), key] : []),
    ...deleted.flatMap((number) => [varint(6), varint(0), varint(number)]),
    ...added.flatMap(({ number, bytes }) => [varint(7), varint(0), varint(number), varint(bytes), key, key]),
  ]);
}

const MANIFESTS = 20;
const MANIFEST = 'MANIFEST-000004';

/**
 * A changed manifest of LevelDB is refused, or read without any record that was not written. The repair at a start keeps what
 * is read without it.
 */
export async function levelManifests(trial: Trial): Promise<void> {
  const { random } = trial;
  const edits = Array.from({ length: randomInteger(random, 1, 10) }, () => randomEdit(random));
  const records = edits.map((edit) => encodeEdit(random, edit));
  const { bytes: valid, ends } = logOf(records);
  const unknown = logOf([...records, varint(pick(random, [8, 10, 300]))]).bytes;
  const known = new Set(edits.map(textOf));
  const folder = scratchFile('manifest');
  mkdirSync(folder, { recursive: true });
  for (let input = 0; input < MANIFESTS; input += 1) {
    const bytes = pick(random, [valid, unknown, ...Array.from({ length: 8 }, () => mutated(random, valid))]);
    // A crash may leave a CURRENT that names the manifest before, which is gone.
    const current = pick(random, [MANIFEST, MANIFEST, MANIFEST, 'MANIFEST-000003', 'MANIFEST-000005', 'other']);
    await trial.feedSlowly(bytes, async (content) => {
      writeFileSync(join(folder, 'CURRENT'), `${current}\n`);
      writeFileSync(join(folder, MANIFEST), content);
      const seen = await orRefused(() => readManifest(folder));
      check(
        (seen ?? []).every((edit) => known.has(textOf(edit as Edit))),
        'a record that was not written',
      );
      // Of a manifest that was cut the last record may be lost, as it was not synced.
      const isIntact = ends.includes(content.length) && content.equals(valid.subarray(0, content.length));
      const isNamed = current === MANIFEST || current === 'MANIFEST-000003';
      check(seen !== undefined || !isIntact || !isNamed, 'intact records are refused');
      if ((await orRefused(async () => [await repairManifest(folder, silentLogger)])) === undefined) return;
      const repaired = await orRefused(() => readManifest(folder));
      check(seen === undefined || JSON.stringify(repaired) === JSON.stringify(seen), 'the repair changes the records');
    });
  }
}

/** Undefined if the manifest is refused. */
async function orRefused<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    check(error instanceof EngineOpenError, error instanceof Error ? String(error.stack) : String(error));
    return undefined;
  }
}

function textOf({ logNumber, lastSequence, deleted, added }: Edit): string {
  return JSON.stringify([logNumber, lastSequence, deleted, added]);
}

interface Tables {
  readonly folder: string;
  /** The largest table. */
  readonly path: string;
  readonly content: Buffer;
}

let tables: Promise<Tables> | undefined;

/** A closed database with a table that LevelDB has written. */
async function makeTables(): Promise<Tables> {
  const folder = scratchFile('tables');
  const level = nativeLevel(folder, {
    cacheBytes: 1e6,
    writeBufferBytes: 1e6,
    maxFileBytes: 1e6,
    maxOpenFiles: 20,
    compression: true,
  });
  await level.open();
  const rows = Array.from({ length: 300 }, (_, at) => ({
    type: 'put' as const,
    key: Buffer.from(`key ${String(at).padStart(6, '0')}`),
    value: Buffer.from(`value ${at} `.repeat(1 + (at % 9))),
  }));
  await level.batch(rows);
  await level.compactRange(Buffer.from([0]), Buffer.from([255]));
  await level.close();
  const [table] = liveTables(await readManifest(folder));
  const name = defined(
    readdirSync(folder).find((file) => Number(/^(\d+)\.ldb$/.exec(file)?.[1]) === table?.number),
    'a table',
  );
  return { folder, path: join(folder, name), content: readFileSync(join(folder, name)) };
}

const TABLE_INPUTS = 20;
/** The footer has two handles, and is filled up to the magic number with bytes that have no meaning. */
const FOOTER_BYTES = 48;

/** A changed table of LevelDB is reported as damaged. */
export async function levelTables(trial: Trial): Promise<void> {
  const { random } = trial;
  tables ??= makeTables();
  const { folder, path, content } = await tables;
  for (let input = 0; input < TABLE_INPUTS; input += 1) {
    const bytes = chance(random, 0.05) ? content : sameLength(random, content);
    await trial.feedSlowly(bytes, async (changed) => {
      writeFileSync(path, changed);
      const { damage } = await checkTables(folder);
      const isSame =
        changed.subarray(0, -FOOTER_BYTES).equals(content.subarray(0, -FOOTER_BYTES)) &&
        changed.length === content.length;
      if (changed.equals(content))
        check(damage.length === 0, `an intact table is refused: ${String(damage[0]?.cause)}`);
      else if (!isSame) check(damage.length === 1, 'damage is not found');
    });
  }
}

/** Mostly of the length that the manifest states: any other is refused at once. */
function sameLength(random: Random, content: Buffer): Buffer {
  const bytes = mutated(random, content);
  if (chance(random, 0.1)) return bytes;
  return Buffer.concat([bytes.subarray(0, content.length), Buffer.alloc(Math.max(0, content.length - bytes.length))]);
}

const SNAPPY_INPUTS = 200;

/** Blocks of Snappy: what any encoder may write is decoded, and others are refused or have the length that they state. */
export function snappyBlocks(trial: Trial): void {
  const { random } = trial;
  for (let input = 0; input < SNAPPY_INPUTS; input += 1) {
    const { block, content } = randomBlock(random);
    if (chance(random, 0.3)) {
      trial.feed(block, (bytes) =>
        check(!bytes.equals(block) || snappyDecode(bytes).equals(content), 'another content'),
      );
      continue;
    }
    trial.feed(mutated(random, block), (bytes) => {
      try {
        snappyDecode(bytes);
      } catch (error) {
        check(error instanceof RangeError, String(error));
      }
    });
  }
}

/** Literals and copies of all kinds. */
function randomBlock(random: Random): { readonly block: Buffer; readonly content: Buffer } {
  const parts: Buffer[] = [];
  let content: Buffer = Buffer.alloc(0);
  for (let count = randomInteger(random, 0, 10); count > 0; count -= 1) {
    if (content.length === 0 || chance(random, 0.4)) {
      const literal = randomBytesOf(random, 1 + randomSize(random, chance(random, 0.1) ? 300 : 70));
      const size = literal.length - 1;
      parts.push(
        size < 60
          ? Buffer.from([size << 2])
          : size < 256
            ? Buffer.from([60 << 2, size])
            : Buffer.from([61 << 2, size & 255, size >> 8]),
        literal,
      );
      content = Buffer.concat([content, literal]);
      continue;
    }
    const offset = 1 + randomSize(random, content.length - 1);
    const kind = pick(random, [1, 2, 3]);
    const size = kind === 1 ? randomInteger(random, 4, 12) : randomInteger(random, 1, 65);
    if (kind === 1 && offset < 2048)
      parts.push(Buffer.from([((offset >> 8) << 5) | ((size - 4) << 2) | 1, offset & 255]));
    else if (kind === 3) parts.push(Buffer.from([((size - 1) << 2) | 3, offset & 255, offset >> 8, 0, 0]));
    else parts.push(Buffer.from([((size - 1) << 2) | 2, offset & 255, offset >> 8]));
    for (let left = size; left > 0; left -= 1)
      content = Buffer.concat([content, content.subarray(-offset, content.length - offset + 1)]);
  }
  return { block: Buffer.concat([varint(content.length), ...parts]), content };
}
