import type { Entry } from '../raft/types.js';
import { readEntry } from '../record/entry-record.js';
import { recordBytes } from '../record/record.js';
import { asBuffer } from '../util/bytes.js';
import { damagedError } from './errors.js';
import type { IndexTable, Location } from './index-table.js';
import { segmentName } from './segment.js';
import type { Segment } from './segment.js';

/** Bytes of one read, unless a single entry is longer. */
const READ_BYTES = 1024 * 1024;

export interface DiskReadOptions {
  readonly table: IndexTable;
  readonly segment: (sequence: number) => Segment;
  readonly low: number;
  readonly high: number;
}

/** Reads the entries in [low, high), all of which are in the table. @throws LogError if they are damaged */
export function readEntries({ table, segment, low, high }: DiskReadOptions): Entry[] {
  const entries: Entry[] = [];
  while (low + entries.length < high) {
    const group = neighbours(table, low + entries.length, high);
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) break;
    const { file } = segment(first.sequence);
    const end = last.offset + recordBytes(last.dataBytes);
    const bytes = asBuffer(file.readSync(first.offset, end - first.offset));
    for (const location of group)
      entries.push(decodeEntry(bytes, { table, base: first.offset, location, index: low + entries.length }));
  }
  return entries;
}

/** Locations of the entries, from an index on, that fit into one read. */
function neighbours(table: IndexTable, from: number, high: number): readonly Location[] {
  const group: Location[] = [];
  for (let index = from; index < high; index += 1) {
    const location = table.locate(index);
    const [first = location] = group;
    const end = location.offset + recordBytes(location.dataBytes);
    if (group.length > 0 && (location.sequence !== first.sequence || end - first.offset > READ_BYTES)) break;
    group.push(location);
  }
  return group;
}

interface Wanted {
  readonly table: IndexTable;
  /** Offset of the bytes in the segment. */
  readonly base: number;
  readonly location: Location;
  readonly index: number;
}

function decodeEntry(bytes: Buffer, { table, base, location, index }: Wanted): Entry {
  const { offset, dataBytes, sequence } = location;
  const entry = readEntry(bytes, offset - base);
  const file = segmentName(sequence);
  if (typeof entry === 'string') throw damagedError({ file, offset, what: entry });
  if (entry.index !== index || entry.term !== table.term(index) || entry.data.length !== dataBytes)
    throw damagedError({ file, offset, what: `it does not hold entry ${index}` });
  return entry;
}
