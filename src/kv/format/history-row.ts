import type { EngineRow } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import { asBuffer } from '../../util/bytes.js';
import { modRevisionOf } from './key-value.js';
import { historyKey, readRevision, writeRevision } from './layout.js';
import { WireReader } from './wire.js';
import { varintSize, writeVarint } from '../../util/protobuf-wire.js';

/** A version that is no longer the newest of its key. */
export interface SupersededVersion {
  /** The revision that replaced or deleted it: it is visible below that. */
  readonly end: number;
  /** The encoded mvccpb.KeyValue. */
  readonly keyValue: Uint8Array;
}

const END_BYTES = 8;

/** Bytes of a row's value, unless a single version is longer. */
const BYTES_MAX = 16 * 1024;

/**
 * Encodes versions of one key as rows, newest first. A row holds adjacent versions that one batch superseded, since a
 * hundred writes to a key would otherwise be a hundred rows. Its key has the mod revision of the oldest one: the first
 * row at or after the position of a revision holds the version that was visible then.
 */
export class HistoryRowEncoder {
  #bytes = Buffer.allocUnsafeSlow(BYTES_MAX);
  #at = 0;

  /** Whether the row has room for a version. */
  takes(keyValue: Uint8Array): boolean {
    return this.#at === 0 || this.#at + sizeOf(keyValue) <= BYTES_MAX;
  }

  /** Adds a version that the row takes, older than all others in it. */
  add({ end, keyValue }: SupersededVersion): void {
    if (this.#at === 0) this.#begin(sizeOf(keyValue));
    writeRevision(this.#bytes, this.#at, end);
    const at = writeVarint(this.#bytes, this.#at + END_BYTES, keyValue.length);
    this.#bytes.set(keyValue, at);
    this.#at = at + keyValue.length;
  }

  /** Ends the row. @returns bytes that the next row overwrites @param oldest the mod revision of the oldest version */
  finish(userKey: Uint8Array, oldest: number, allocateKey?: (bytes: number) => Buffer): EngineRow {
    assert(this.#at > 0, 'a row without versions');
    const value = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    return { key: historyKey(userKey, oldest, allocateKey), value };
  }

  #begin(bytes: number): void {
    const wanted = Math.max(bytes, BYTES_MAX);
    if (wanted > BYTES_MAX || this.#bytes.length > BYTES_MAX) this.#bytes = Buffer.allocUnsafeSlow(wanted);
  }
}

function sizeOf(keyValue: Uint8Array): number {
  return END_BYTES + varintSize(keyValue.length) + keyValue.length;
}

/** A row of one version, in memory of its own. */
export function historyRow(userKey: Uint8Array, version: SupersededVersion): EngineRow {
  const { end, keyValue } = version;
  const value = Buffer.allocUnsafe(sizeOf(keyValue));
  writeRevision(value, 0, end);
  value.set(keyValue, writeVarint(value, END_BYTES, keyValue.length));
  return { key: historyKey(userKey, modRevisionOf(keyValue)), value };
}

/** The versions of a row, newest first, as views. @throws RangeError on bytes that are no such row */
export function versionsIn(value: Uint8Array): SupersededVersion[] {
  const versions: SupersededVersion[] = [];
  const bytes = asBuffer(value);
  for (let at = 0; at < bytes.length;) {
    const end = readRevision(bytes, at);
    const keyValue = new WireReader(bytes, at + END_BYTES).bytes();
    versions.push({ end, keyValue });
    at = keyValue.byteOffset - bytes.byteOffset + keyValue.length;
  }
  return versions;
}

/** The newest version of a row that is not newer than a revision. */
export function newestIn(value: Uint8Array, revision: number): SupersededVersion | undefined {
  return versionsIn(value).find(({ keyValue }) => modRevisionOf(keyValue) <= revision);
}
