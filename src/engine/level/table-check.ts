import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EngineCorruptionError } from '../../ports/engine.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { crc32c, unmask } from './crc32c.js';
import { liveTables } from './live-tables.js';
import { readManifest } from './manifest.js';
import { readVarint, snappyDecode } from './snappy.js';

/*
 * LevelDB is opened without its own checks and verifies no block. The checksum of each value detects a wrong value. It
 * does not detect a missing row, or an older version of it, after a flipped bit in a key, a sequence number, an index or
 * a bloom filter. The blocks of tables have checksums, which are verified here.
 *
 * A table: blocks, then a footer of 48 bytes that points to the index and to the index of the filter. A pointer
 * ("handle") is two variable-length integers: offset and size. Each block is followed by its type (1 byte) and a masked
 * CRC-32C (4).
 */

const FOOTER_BYTES = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const TRAILER_BYTES = 5;
/** Bytes that are checked in one turn of the event loop: a few milliseconds of work. */
const TURN_BYTES = 128 * 1024;
/** The type of a compressed block. */
const SNAPPY = 1;

export interface TablesChecked {
  readonly tables: number;
  readonly bytes: number;
  /** One for each damaged or missing table, in order of the table numbers. */
  readonly damage: readonly EngineCorruptionError[];
}

/**
 * Reads every table of a database that is not open, and verifies its checksums. Takes about ten seconds of work for
 * each gigabyte, in turns of a millisecond or two.
 * @param folder the folder of a generation
 * @throws EngineOpenError if the manifest, which lists the tables, is damaged
 */
export async function checkTables(folder: string): Promise<TablesChecked> {
  const damage: EngineCorruptionError[] = [];
  let tables = 0;
  let bytes = 0;
  for (const { number, bytes: expected } of liveTables(await readManifest(folder))) {
    const path = join(folder, `${String(number).padStart(6, '0')}.ldb`);
    tables++;
    try {
      const table = await readTable(path, expected);
      bytes += table.length;
      await checkTable(table, path);
    } catch (error) {
      if (!(error instanceof EngineCorruptionError)) throw error;
      damage.push(error);
    }
  }
  return { tables, bytes, damage };
}

async function readTable(path: string, expected: number): Promise<Buffer> {
  let table: Buffer;
  try {
    table = await readFile(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const why = error.code === 'ENOENT' ? 'is missing' : `cannot be read: ${systemReason(error)}`;
    throw new EngineCorruptionError(`table ${path} ${why}`, { cause: error });
  }
  if (table.length === expected) return table;
  throw new EngineCorruptionError(`table ${path} has ${table.length} bytes instead of ${expected}`);
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/**
 * Checks that data blocks, filter, filter index and index are contiguous: then a checksum covers every byte before the
 * footer, and a damaged handle leaves a gap.
 */
async function checkTable(table: Buffer, path: string): Promise<void> {
  let at = 0;
  let rested = 0;
  const next = ({ offset, size }: Handle): Buffer => {
    if (offset !== at || offset + size + TRAILER_BYTES > table.length) throw new RangeError('a gap between blocks');
    at = offset + size + TRAILER_BYTES;
    return verified(table, { offset, size });
  };
  try {
    const footer = table.length - FOOTER_BYTES;
    if (!table.subarray(-MAGIC.length).equals(MAGIC)) throw new RangeError('no table');
    const [filterIndex, afterFilterIndex] = readHandle(table, footer);
    const [index] = readHandle(table, afterFilterIndex);
    for (const handle of dataBlocks(verified(table, index))) {
      next(handle);
      if (at - rested < TURN_BYTES) continue;
      rested = at;
      await setImmediate();
    }
    next({ offset: at, size: filterIndex.offset - at - TRAILER_BYTES });
    next(filterIndex);
    next(index);
    if (at !== footer) throw new RangeError('a gap before the footer');
  } catch (error) {
    throw new EngineCorruptionError(`table ${path} is damaged near byte ${at}`, { cause: error });
  }
}

/** The stored block, followed by its type. @throws RangeError */
function verified(table: Buffer, { offset, size }: Handle): Buffer {
  const stored = table.readUInt32LE(offset + size + 1);
  if (crc32c(table.subarray(offset, offset + size + 1)) !== unmask(stored)) throw new RangeError('a wrong checksum');
  return table.subarray(offset, offset + size + 1);
}

/** The entries of an index block: each a key, which shares a prefix with the one before, and a handle. */
function dataBlocks(typed: Buffer): Handle[] {
  const stored = typed.subarray(0, -1);
  const block = typed.readUInt8(typed.length - 1) === SNAPPY ? snappyDecode(stored) : stored;
  const restarts = block.readUInt32LE(block.length - 4);
  const end = block.length - 4 * (restarts + 1);
  const handles: Handle[] = [];
  for (let at = 0; at < end;) {
    const [, afterShared] = readVarint(block, at);
    const [keyBytes, afterKeyBytes] = readVarint(block, afterShared);
    const [valueBytes, afterLengths] = readVarint(block, afterKeyBytes);
    const [handle] = readHandle(block, afterLengths + keyBytes);
    handles.push(handle);
    at = afterLengths + keyBytes + valueBytes;
  }
  return handles;
}

function readHandle(input: Buffer, start: number): [handle: Handle, end: number] {
  const [offset, afterOffset] = readVarint(input, start);
  const [size, end] = readVarint(input, afterOffset);
  return [{ offset, size }, end];
}
