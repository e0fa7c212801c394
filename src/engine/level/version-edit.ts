import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { EngineOpenError } from '../errors.js';
import { readVarint } from './snappy.js';

/** A table that is part of the database. */
export interface LiveTable {
  readonly number: number;
  /** Size of its file. */
  readonly bytes: number;
}

/** One record of the manifest: a change of the set of tables, and counters. Missing counters are unchanged. */
export interface VersionEdit {
  /** Number of the oldest log whose batches are not all in tables. */
  readonly logNumber?: number;
  /** Number of a log before it that is needed too; 0 for none. LevelDB 1.20 writes no other value. */
  readonly previousLogNumber?: number;
  /** A sequence at or after the last one in the tables, and at most the last one written. */
  readonly lastSequence?: number;
  /** In this order: tables that are removed, and tables that are added. */
  readonly deleted: readonly number[];
  readonly added: readonly LiveTable[];
}

/** The tags of the fields. */
const COMPARATOR = 1;
const LOG_NUMBER = 2;
const NEXT_FILE = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
const PREVIOUS_LOG_NUMBER = 9;

/** @throws EngineOpenError if a record has an unknown tag */
export function readEdit(record: Buffer): VersionEdit {
  const fields = new Fields(record);
  const edit = { deleted: [] as number[], added: [] as LiveTable[] } as Mutable<VersionEdit>;
  while (!fields.atEnd) readField(edit, fields);
  return edit;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

function readField(edit: Mutable<VersionEdit>, fields: Fields): void {
  const tag = fields.integer();
  switch (tag) {
    case COMPARATOR:
      fields.skipBytes();
      return;
    case LOG_NUMBER:
      edit.logNumber = fields.integer();
      return;
    case NEXT_FILE:
      fields.integer();
      return;
    case LAST_SEQUENCE:
      edit.lastSequence = fields.integer();
      return;
    case PREVIOUS_LOG_NUMBER:
      edit.previousLogNumber = fields.integer();
      return;
    case COMPACT_POINTER:
      fields.integer();
      fields.skipBytes();
      return;
    case DELETED_FILE:
      fields.integer();
      edit.deleted.push(fields.integer());
      return;
    case NEW_FILE:
      fields.integer();
      edit.added.push({ number: fields.integer(), bytes: fields.integer() });
      // The smallest and the largest key.
      fields.skipBytes();
      fields.skipBytes();
      return;
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
