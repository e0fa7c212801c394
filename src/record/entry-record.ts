import type { Entry, EntryType } from '../raft/types.js';
import { defined } from '../util/assert.js';
import { KIND, RECORD_HEADER_BYTES, RecordReader, readInteger, recordBytes, sealRecord } from './record.js';

/** Numbers of the types, by position. A number is never reused for another type. */
const ENTRY_TYPES: readonly EntryType[] = ['normal', 'conf-change', 'conf-change-v2'];

/** The largest entry that a record can hold, in bytes of data. */
export const ENTRY_DATA_BYTES_MAX = 2 ** 32 - 1 - RECORD_HEADER_BYTES;

/** Length of an entry's record, in bytes. */
export function entryRecordBytes({ data }: Pick<Entry, 'data'>): number {
  return recordBytes(data.length);
}

/**
 * An entry together with its encoded form, which is made once: where the entry is proposed. Log and links copy the
 * record as it is. `data` is a view of it, so an entry that is kept keeps all of `source` in memory.
 */
export class EntryRecord implements Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  readonly data: Uint8Array;
  /** The buffer that holds the record. */
  readonly source: Buffer;
  /** Where the record begins in `source`. */
  readonly offset: number;

  constructor(fields: Entry & Pick<EntryRecord, 'source' | 'offset'>) {
    const { term, index, type, data, source, offset } = fields;
    this.term = term;
    this.index = index;
    this.type = type;
    this.source = source;
    this.offset = offset;
    this.data = data;
  }

  /** Offset in `source` after the record. */
  get end(): number {
    return this.offset + recordBytes(this.data.length);
  }

  /** Covers group, store, index, term, type and data. */
  get checksum(): number {
    return this.source.readUInt32LE(this.offset);
  }
}

/** Writes the record of an entry at `at`, copying its data. */
export function writeEntry(target: Buffer, at: number, { term, index, type, data }: Entry): EntryRecord {
  target.set(data, at + RECORD_HEADER_BYTES);
  return sealEntry(target, at, { term, index, type, data: dataAt(target, at, data.length) });
}

/** Writes the record of an entry around its data, which are in place: a view of `target`. */
export function sealEntry(target: Buffer, at: number, { term, index, type, data }: Entry): EntryRecord {
  sealRecord(target, at, {
    kind: KIND.entry,
    type: ENTRY_TYPES.indexOf(type),
    first: index,
    second: term,
    payloadBytes: data.length,
  });
  return new EntryRecord({ term, index, type, data, source: target, offset: at });
}

function dataAt(source: Buffer, at: number, bytes: number): Buffer {
  const start = at + RECORD_HEADER_BYTES;
  return source.subarray(start, start + bytes);
}

/**
 * Reads the entry whose record is at `at`, and checks it. Its data are a view of `source`, which must not change.
 * @returns why there is no entry, if so
 */
export function readEntry(source: Buffer, at: number): EntryRecord | string {
  return entryAt(new RecordReader(source), at);
}

/** Reads the entry of an intact record, without a check of its checksum. Its data are a view, as those of `readEntry`. */
export function knownEntry(source: Buffer, at: number): EntryRecord {
  const type = defined(entryTypeOf(source.readUInt8(at + 9)), 'the type of an intact entry');
  const data = dataAt(source, at, source.readUInt32LE(at + 4));
  const [index, term] = [readInteger(source, at + 20), readInteger(source, at + 28)];
  return new EntryRecord({ term, index, type, data, source, offset: at });
}

/** Reads the entries whose records fill [start, end) of `source`, as `readEntry` does. */
export function readEntries(
  source: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): readonly EntryRecord[] | string {
  const reader = new RecordReader(source);
  const entries: EntryRecord[] = [];
  for (let at = start; at < end;) {
    const entry = entryAt(reader, at);
    if (typeof entry === 'string') return entry;
    at = entry.end;
    if (at > end) return 'the bytes end inside a record';
    entries.push(entry);
  }
  return entries;
}

function entryAt(reader: RecordReader, at: number): EntryRecord | string {
  const problem = reader.read(at);
  if (problem !== undefined) return problem;
  const type = entryTypeOf(reader.type);
  if (reader.kind !== KIND.entry || type === undefined) return 'a record of an unknown kind';
  const { first: index, second: term, payloadBytes, source } = reader;
  return new EntryRecord({ term, index, type, data: dataAt(source, at, payloadBytes), source, offset: at });
}

/** The type with this number; undefined if there is none. */
export function entryTypeOf(number: number): EntryType | undefined {
  return ENTRY_TYPES[number];
}

/** The entry with its record, which is made now if it has none. */
export function recordOf(entry: Entry): EntryRecord {
  return entry instanceof EntryRecord ? entry : writeEntry(Buffer.allocUnsafe(entryRecordBytes(entry)), 0, entry);
}

/** The records of entries, in order, as few pieces: records that lie side by side become one. */
export function recordPieces(entries: readonly Entry[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let position = 0;
  while (position < entries.length) {
    const first = recordOf(defined(entries[position], 'entry'));
    let { end } = first;
    for (position += 1; position < entries.length; position += 1) {
      const next = entries[position];
      if (!(next instanceof EntryRecord) || next.source !== first.source || next.offset !== end) break;
      ({ end } = next);
    }
    pieces.push(first.source.subarray(first.offset, end));
  }
  return pieces;
}
