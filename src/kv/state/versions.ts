import type { EngineCursor, EngineRange, EngineReader, EngineRow } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { compareBytes, equalBytes } from '../../util/bytes.js';
import { keyOf, modRevisionOf } from '../format/key-value.js';
import { newestIn, versionsIn } from '../format/history-row.js';
import { currentRange, historyEnd, historyKey, historyRange, type KeyRange } from '../format/layout.js';
import type { StateReader } from './state-reader.js';

/** Approximate bytes of one slice of a walk, which bounds the memory that the walk adds to its answer. */
const SLICE_BYTES = 1024 * 1024;
const SLICE_ROWS_MAX = 512;
const SLICE_ROWS_FIRST = 32;

/** Chooses the number of rows of the next slice by the size of the last ones. */
export class SliceSizer {
  #rows: number;

  /** @param expected rows that the walk needs in all: a smaller number makes the first slice smaller */
  constructor(expected = SLICE_ROWS_FIRST) {
    this.#rows = Math.max(1, Math.min(expected, SLICE_ROWS_FIRST));
  }

  get rows(): number {
    return this.#rows;
  }

  sawRows(rows: readonly EngineRow[]): void {
    let bytes = 0;
    for (const { key, value } of rows) bytes += key.length + value.length;
    this.saw(rows.length, bytes);
  }

  /** Takes the size of the last slice. */
  saw(rows: number, bytes: number): void {
    const fitting = Math.floor((SLICE_BYTES * rows) / (bytes + 1));
    this.#rows = Math.max(1, Math.min(fitting, SLICE_ROWS_MAX, this.#rows * 4));
  }
}

/** A walk over the encoded versions visible at one revision, by key. */
export interface VersionWalk {
  /** The next slice; empty at the end. */
  next(): Promise<readonly Uint8Array[]>;
  close(): Promise<void>;
}

/** A walk over the newest versions: the rows of one table. */
export class CurrentWalk implements VersionWalk {
  readonly #cursor: EngineCursor;
  readonly #sizer: SliceSizer;

  constructor(
    reader: StateReader,
    range: KeyRange,
    options: { readonly reverse: boolean; readonly expected?: number },
  ) {
    this.#cursor = reader.cursor({ ...currentRange(range), reverse: options.reverse });
    this.#sizer = new SliceSizer(options.expected);
  }

  async next(): Promise<readonly Uint8Array[]> {
    const rows = await this.#cursor.next(this.#sizer.rows);
    this.#sizer.sawRows(rows);
    return rows.map(({ value }) => value);
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }
}

/**
 * A walk over the versions at an older revision: the newest versions that are old enough, merged with the superseded
 * ones that were visible then. A key has at most one of the two.
 */
export class HistoricWalk implements VersionWalk {
  readonly #current: CurrentWalk;
  readonly #superseded: SupersededWalk;
  readonly #revision: number;
  #newest: Uint8Array[] = [];
  #older: Uint8Array[] = [];
  #newestDone = false;
  #olderDone = false;

  constructor(reader: StateReader, range: KeyRange, revision: number) {
    this.#revision = revision;
    this.#current = new CurrentWalk(reader, range, { reverse: false });
    this.#superseded = new SupersededWalk(reader, range, revision);
  }

  async next(): Promise<readonly Uint8Array[]> {
    while (this.#newest.length === 0 && !this.#newestDone) await this.#refillNewest();
    while (this.#older.length === 0 && !this.#olderDone) await this.#refillOlder();
    return this.#merge();
  }

  async close(): Promise<void> {
    await this.#current.close();
    await this.#superseded.close();
  }

  async #refillNewest(): Promise<void> {
    const slice = await this.#current.next();
    this.#newestDone = slice.length === 0;
    this.#newest = slice.filter((keyValue) => modRevisionOf(keyValue) <= this.#revision);
  }

  async #refillOlder(): Promise<void> {
    const slice = await this.#superseded.next();
    this.#olderDone = slice === undefined;
    this.#older = slice ?? [];
  }

  /** Merges until one side has to be refilled. The other side keeps its rest for the next slice. */
  #merge(): readonly Uint8Array[] {
    const merged: Uint8Array[] = [];
    let newestAt = 0;
    let olderAt = 0;
    for (;;) {
      const newest = this.#newest[newestAt];
      const older = this.#older[olderAt];
      if ((newest === undefined && !this.#newestDone) || (older === undefined && !this.#olderDone)) break;
      if (newest !== undefined && (older === undefined || compareBytes(keyOf(newest), keyOf(older)) < 0)) {
        merged.push(newest);
        newestAt++;
      } else if (older !== undefined) {
        merged.push(older);
        olderAt++;
      } else {
        break;
      }
    }
    this.#newest = this.#newest.slice(newestAt);
    this.#older = this.#older.slice(olderAt);
    return merged;
  }
}

/** A walk over the superseded versions that were visible at a revision. */
class SupersededWalk {
  readonly #cursor: EngineCursor;
  readonly #revision: number;
  readonly #sizer = new SliceSizer();
  /** Prefix of the current key, once its version is found or known not to exist. */
  #settled: Uint8Array | undefined;

  constructor(reader: StateReader, range: KeyRange, revision: number) {
    this.#cursor = reader.cursor(historyRange(range));
    this.#revision = revision;
  }

  /** @returns undefined at the end; a slice may be empty */
  async next(): Promise<Uint8Array[] | undefined> {
    const rows = await this.#cursor.next(this.#sizer.rows);
    if (rows.length === 0) return undefined;
    this.#sizer.sawRows(rows);
    const visible: Uint8Array[] = [];
    for (const { key, value } of rows) {
      const prefix = key.subarray(0, key.length - 8);
      if (this.#settled !== undefined && equalBytes(prefix, this.#settled)) continue;
      const version = newestIn(value, this.#revision);
      if (version === undefined) continue;
      this.#settled = prefix;
      if (version.end > this.#revision) visible.push(version.keyValue);
    }
    this.#leap(rows);
    return visible;
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }

  /** Skips the rest of a long history: seeks the key's version, or the next key. */
  #leap(rows: readonly EngineRow[]): void {
    const last = rows.at(-1);
    assert(last !== undefined, 'a slice without rows');
    const userKey = keyOf(defined(versionsIn(last.value)[0], 'a version').keyValue);
    const prefix = last.key.subarray(0, last.key.length - 8);
    const settled = this.#settled !== undefined && equalBytes(prefix, this.#settled);
    this.#cursor.seek(settled ? historyEnd(userKey) : historyKey(userKey, this.#revision));
  }
}

/** The version of one key that was visible at an older revision, if the newest one is too new or does not exist. */
export async function supersededAt(
  reader: StateReader,
  userKey: Uint8Array,
  revision: number,
): Promise<Uint8Array | undefined> {
  const cursor = reader.cursor({ gte: historyKey(userKey, revision), lt: historyEnd(userKey) });
  try {
    const [row] = await cursor.next(1);
    const version = row && newestIn(row.value, revision);
    return version !== undefined && version.end > revision ? version.keyValue : undefined;
  } finally {
    await cursor.close();
  }
}

const COUNT_ROWS = 1000;

/** Counts rows by walking. @returns undefined if there are more than `most` */
export async function countRows(
  reader: Pick<EngineReader, 'cursor'>,
  range: EngineRange,
  most: number,
): Promise<number | undefined> {
  const cursor = reader.cursor(range);
  let count = 0;
  try {
    for (let rows = await cursor.next(COUNT_ROWS); rows.length > 0; rows = await cursor.next(COUNT_ROWS)) {
      count += rows.length;
      if (count > most) return undefined;
    }
  } finally {
    await cursor.close();
  }
  return count;
}
