import { EngineOpenError } from '../errors.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { readVarint } from './snappy.js';

/** A table that is part of the database. */
export interface LiveTable {
  readonly number: number;
  /** Size of its file. */
  readonly bytes: number;
}

/** The tags of a record of the manifest ("version edit"). */
const COMPARATOR = 1;
const LOG_NUMBER = 2;
const NEXT_FILE = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
const PREVIOUS_LOG_NUMBER = 9;

/**
 * The tables that a manifest lists, by number. Other tables in the folder are left over from a crash, and may be
 * incomplete.
 * @param records of the manifest, in order
 * @throws EngineOpenError if a record has an unknown tag
 */
export function liveTables(records: readonly Buffer[]): readonly LiveTable[] {
  const tables = new Map<number, LiveTable>();
  for (const record of records) {
    const fields = new Fields(record);
    while (!fields.atEnd) applyField(tables, fields);
  }
  return [...tables.values()].sort((left, right) => left.number - right.number);
}

function applyField(tables: Map<number, LiveTable>, fields: Fields): void {
  const tag = fields.integer();
  switch (tag) {
    case COMPARATOR:
      fields.skipBytes();
      return;
    case LOG_NUMBER:
    case NEXT_FILE:
    case LAST_SEQUENCE:
    case PREVIOUS_LOG_NUMBER:
      fields.integer();
      return;
    case COMPACT_POINTER:
      fields.integer();
      fields.skipBytes();
      return;
    case DELETED_FILE:
      fields.integer();
      tables.delete(fields.integer());
      return;
    case NEW_FILE: {
      fields.integer();
      const table = { number: fields.integer(), bytes: fields.integer() };
      // The smallest and the largest key.
      fields.skipBytes();
      fields.skipBytes();
      tables.set(table.number, table);
      return;
    }
    default:
      throw new EngineOpenError(
        'damaged',
        `the manifest of the engine has a field with the unknown tag ${tag}; ${REBUILD_ADVICE}`,
      );
  }
}

/** Reads the fields of one record in order. */
class Fields {
  readonly #record: Buffer;
  #at = 0;

  constructor(record: Buffer) {
    this.#record = record;
  }

  get atEnd(): boolean {
    return this.#at >= this.#record.length;
  }

  integer(): number {
    const [value, end] = readVarint(this.#record, this.#at);
    this.#at = end;
    return value;
  }

  skipBytes(): void {
    const length = this.integer();
    this.#at += length;
  }
}
