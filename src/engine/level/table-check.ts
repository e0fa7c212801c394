import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EngineCorruptionError } from '../../ports/engine.js';
import { crc32c, unmask } from './crc32c.js';
import { readVarint, snappyDecode } from './snappy.js';

/*
 * LevelDB is opened without checks of its own: it verifies no block that it reads. The checksum on each value catches a
 * wrong value; it cannot catch a row that is not found, or an older version of it that shows, because a bit of a key, of
 * a sequence number, of an index or of a bloom filter has flipped. The tables do carry checksums, so here they are
 * read and verified, block by block.
 *
 * A table: blocks, then a footer of 48 bytes that points to the index and to the filter's index. A pointer ("handle") is
 * two variable-length integers: offset and size. Each block is followed by its type (1 byte) and a masked CRC-32C (4).
 */

const FOOTER_BYTES = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const TRAILER_BYTES = 5;
/** After so much the event loop gets a turn: a few milliseconds of work. */
const TURN_BYTES = 128 * 1024;
/** The type of a compressed block. */
const SNAPPY = 1;

/**
 * Reads every table of a generation's folder.
 * @throws EngineCorruptionError naming the table and the place
 */
export async function checkTables(folder: string): Promise<{ tables: number; bytes: number }> {
  let tables = 0;
  let bytes = 0;
  for (const name of (await readdir(folder)).filter((entry) => /^\d+\.ldb$/.test(entry)).sort()) {
    const table = await readTable(join(folder, name));
    if (table === undefined) continue;
    await checkTable(table, join(folder, name));
    tables++;
    bytes += table.length;
  }
  return { tables, bytes };
}

/** Undefined where a compaction removed the table after it was listed. */
async function readTable(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/**
 * Data blocks, filter, filter's index and index lie end to end, so that every byte before the footer is under some
 * checksum, and a damaged handle leaves a gap.
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

/** The block as it is stored, with its type behind it. @throws RangeError */
function verified(table: Buffer, { offset, size }: Handle): Buffer {
  const stored = table.readUInt32LE(offset + size + 1);
  if (crc32c(table.subarray(offset, offset + size + 1)) !== unmask(stored)) throw new RangeError('a wrong checksum');
  return table.subarray(offset, offset + size + 1);
}

/** What an index block lists: entries of a key, which shares a prefix with the one before, and a handle. */
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
