import { crc32 } from 'node:zlib';
import type { EngineReader, EngineRow } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import { scatter } from '../format/checksum.js';
import { Table, tableOf, tableRange } from '../format/layout.js';
import { pagesOf } from './row-pages.js';

/*
 * Records are what the store holds beside the key space: users, roles, whether authentication is on, leases, client sessions,
 * change feeds, and definitions of indexes. No revision counts their changes, so members are compared at an applied index. The
 * hash is a sum of the checksums of their rows, so that each change costs the same however many records there are.
 */

/** The tables whose rows are records. Their rows are written with `Draft.writeRecord`. */
const RECORD_TABLES: readonly Table[] = [
  Table.leases,
  Table.auth,
  Table.sessions,
  Table.sessionResults,
  Table.feeds,
  Table.feedPartitions,
  Table.indexes,
];

/** The hash after an entry that changed records. */
export interface RecordChange {
  /** Of the entry. */
  readonly index: number;
  /** The sum of all that the batch has added so far: see `DraftRecords.sum`. */
  readonly sum: number;
}

/** Changes that are remembered: some seconds of the most frequent ones. */
const KEPT_MAX = 65_536;

/** The hash of records now, and at the indexes of recent changes. */
export class RecordHashes {
  #hash: number;
  /** Of the entries that changed something, ascending; the first is where this history begins. */
  #indexes: number[];
  /** The hash from each of them on. */
  #hashes: number[];

  /** @param options.hash that of the records at the index */
  constructor({ index, hash }: { readonly index: number; readonly hash: number }) {
    this.#hash = hash;
    this.#indexes = [index];
    this.#hashes = [hash];
  }

  /** Takes over the changes of a batch. */
  changed(changes: readonly RecordChange[]): void {
    const before = this.#hash;
    for (const { index, sum } of changes) {
      this.#hash = addToSum(before, sum);
      this.#indexes.push(index);
      this.#hashes.push(this.#hash);
    }
    if (this.#indexes.length < 2 * KEPT_MAX) return;
    this.#indexes = this.#indexes.slice(-KEPT_MAX);
    this.#hashes = this.#hashes.slice(-KEPT_MAX);
  }

  /** The hash at an applied index; undefined if it is too long ago. */
  at(index: number): number | undefined {
    let low = 0;
    let high = this.#indexes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#indexes[middle] ?? Infinity) <= index) low = middle + 1;
      else high = middle;
    }
    return this.#hashes[low - 1];
  }
}

/** The hash of records as their rows hold them. @param pause awaited between pages */
export async function hashRecords(reader: EngineReader, pause: () => Promise<void>): Promise<number> {
  let sum = 0;
  for (const table of RECORD_TABLES) {
    for await (const rows of pagesOf(reader, tableRange(table))) {
      for (const row of rows) sum = addToSum(sum, recordChecksum(row));
      await pause();
    }
  }
  return sum;
}

/** What a row adds to the hash. @throws AssertionError if it is no record */
export function recordChecksum({ key, value }: EngineRow): number {
  assert(isRecord(key), 'a row of records');
  return scatter(crc32(value, crc32(key)));
}

/** Whether a row of the engine is a record. */
export function isRecord(key: Uint8Array): boolean {
  const table = tableOf(key);
  return RECORD_TABLES.some((known) => known === table);
}

/** Sums are modulo 2^32. */
export function addToSum(sum: number, checksum: number): number {
  return (sum + checksum) >>> 0;
}
