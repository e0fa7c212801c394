import { crc32 } from 'node:zlib';
import type { EngineReader, EngineRow } from '../../ports/engine.js';
import { scatter } from '../format/checksum.js';
import { modRevisionOf } from '../format/key-value.js';
import { decodeChangeRow } from '../format/change-row.js';
import { versionsIn } from '../format/history-row.js';
import { Table, tableOf, tableRange } from '../format/layout.js';
import { isOwnRow } from '../format/meta.js';
import type { StateReader } from '../state/state-reader.js';
import { SliceSizer } from '../state/versions.js';

/**
 * A hash of all versions that a read at a revision in [compacted, revision] can see, and of the revision that ended
 * each, if that is in the range. It is equal for the same logical state, wherever the rows are: a version may be the
 * newest on one member and superseded on another that has applied more, and discarded rows that are not yet swept do
 * not count. It is a sum, so the table and the order in which versions are read do not matter.
 */
export class VersionHash {
  readonly #revision: number;
  readonly #compactedRevision: number;
  #sum = 0;

  constructor(range: { readonly revision: number; readonly compactedRevision: number }) {
    this.#revision = range.revision;
    this.#compactedRevision = range.compactedRevision;
  }

  get value(): number {
    return this.#sum;
  }

  /** Adds a row of the engine. Rows that are not versions do not count. */
  add({ key, value }: EngineRow): void {
    const table = tableOf(key);
    if (table === Table.current) this.#add(value, Infinity);
    if (table !== Table.history) return;
    for (const { end, keyValue } of versionsIn(value)) this.#add(keyValue, end);
  }

  #add(keyValue: Uint8Array, end: number): void {
    const revision = this.#revision;
    if (modRevisionOf(keyValue) > revision || end <= this.#compactedRevision) return;
    this.#sum = (this.#sum + scatter(crc32(revisionBytes(end <= revision ? end : 0), crc32(keyValue)))) >>> 0;
  }
}

export interface HashVersionsOptions {
  readonly revision: number;
  /** The compacted revision of the reader, or a later one. */
  readonly compactRevision: number;
  readonly pause: () => Promise<void>;
}

/** The hash of a state at a revision, as if it were compacted at another. */
export async function hashVersions(
  reader: StateReader,
  { revision, compactRevision, pause }: HashVersionsOptions,
): Promise<number> {
  const hash = new VersionHash({ revision, compactedRevision: compactRevision });
  for (const table of [Table.current, Table.history]) {
    const cursor = reader.cursor(tableRange(table));
    const sizer = new SliceSizer();
    try {
      for (let rows = await cursor.next(sizer.rows); rows.length > 0; rows = await cursor.next(sizer.rows)) {
        for (const row of rows) hash.add(row);
        sizer.sawRows(rows);
        await pause();
      }
    } finally {
      await cursor.close();
    }
  }
  return hash.value;
}

/**
 * A hash of what all rows hold. It does not depend on how versions and changes are divided into rows. It differs between
 * members that have swept compacted rows to different points.
 */
export async function hashRows(reader: EngineReader, pause: () => Promise<void>): Promise<number> {
  const cursor = reader.cursor({});
  const sizer = new SliceSizer();
  let sum = 0;
  try {
    for (let rows = await cursor.next(sizer.rows); rows.length > 0; rows = await cursor.next(sizer.rows)) {
      for (const row of rows) for (const checksum of checksumsOf(row)) sum = (sum + scatter(checksum)) >>> 0;
      sizer.sawRows(rows);
      await pause();
    }
  } finally {
    await cursor.close();
  }
  return sum;
}

/** The checksums of what a row holds. */
function checksumsOf({ key, value }: EngineRow): readonly number[] {
  if (isOwnRow(key)) return [];
  const table = tableOf(key);
  if (table === Table.history) {
    return versionsIn(value).map(({ end, keyValue }) => crc32(revisionBytes(end), crc32(keyValue)));
  }
  if (table === Table.changes) {
    return decodeChangeRow(value).map(({ revision, sub, kind, key: userKey, previousRevision }) =>
      crc32(`${revision} ${sub} ${kind} ${previousRevision}`, crc32(userKey)),
    );
  }
  return [crc32(value, crc32(key))];
}

function revisionBytes(revision: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(revision);
  return bytes;
}
