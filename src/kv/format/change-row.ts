import type { EngineRow } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import { asBuffer } from '../../util/bytes.js';
import { changeKey, readRevision, writeRevision } from './layout.js';
import { WireReader } from './wire.js';
import { varintSize, writeVarint } from '../../util/protobuf-wire.js';

/** The change of one key in one revision, as the change log holds it. */
export interface LoggedChange {
  readonly revision: number;
  /** The position within the revision: the writes of a transaction share one. */
  readonly sub: number;
  readonly kind: 'put' | 'delete';
  readonly key: Uint8Array;
  /** The mod revision of the version that this change ended; 0 if the key did not exist. */
  readonly previousRevision: number;
  /** The mod revision in the key of the history row that holds that version; 0 without one. */
  readonly historyRow: number;
  /** Whether no version in that row ended later. A compaction removes the row with this change. */
  readonly endsHistoryRow: boolean;
}

/** Changes in one row. */
const CHANGES_MAX = 128;
/** Bytes of a row's value, unless the key of a single change is longer. */
const BYTES_MAX = 4096;

const HEADER_BYTES = 12;

const DELETE = 1;
const NEXT_REVISION = 2;
const HAS_PREVIOUS = 4;
const ENDS_HISTORY_ROW = 8;

/**
 * Encodes changes as rows. A row holds adjacent changes of a batch, since a row of its own costs an engine more than the
 * bytes of a change. Its key has the position of the last one: the first row at or after a position holds the changes
 * from there on.
 */
export class ChangeRowEncoder {
  #bytes = Buffer.allocUnsafeSlow(BYTES_MAX);
  #at = 0;
  #changes = 0;
  #revision = 0;
  #sub = 0;

  get isEmpty(): boolean {
    return this.#changes === 0;
  }

  /** Whether the change continues the row, and the row has room. */
  takes(change: LoggedChange): boolean {
    if (this.#changes === 0) return true;
    if (this.#changes === CHANGES_MAX || this.#at + sizeOf(change) > BYTES_MAX) return false;
    const { revision, sub } = change;
    return revision === this.#revision ? sub === this.#sub + 1 : revision === this.#revision + 1 && sub === 0;
  }

  /** Adds a change that the row takes. */
  add(change: LoggedChange): void {
    const { revision, sub, kind, key, previousRevision, historyRow, endsHistoryRow } = change;
    if (this.#changes === 0) this.#begin(change);
    const bytes = this.#bytes;
    let flags = kind === 'delete' ? DELETE : 0;
    if (revision !== this.#revision) flags |= NEXT_REVISION;
    if (previousRevision > 0) flags |= HAS_PREVIOUS;
    if (endsHistoryRow) flags |= ENDS_HISTORY_ROW;
    bytes[this.#at] = flags;
    let at = this.#at + 1;
    if (previousRevision > 0) {
      at = writeVarint(bytes, at, revision - previousRevision);
      at = writeVarint(bytes, at, previousRevision - historyRow);
    }
    at = writeVarint(bytes, at, key.length);
    bytes.set(key, at);
    this.#at = at + key.length;
    this.#revision = revision;
    this.#sub = sub;
    this.#changes++;
  }

  /** Ends the row. @returns bytes that the next row overwrites */
  finish(allocateKey?: (bytes: number) => Buffer): EngineRow {
    assert(this.#changes > 0, 'a row without changes');
    this.#changes = 0;
    return { key: changeKey(this.#revision, this.#sub, allocateKey), value: this.#bytes.subarray(0, this.#at) };
  }

  #begin(change: LoggedChange): void {
    const bytes = HEADER_BYTES + sizeOf(change);
    const wanted = Math.max(bytes, BYTES_MAX);
    if (wanted > BYTES_MAX || this.#bytes.length > BYTES_MAX) this.#bytes = Buffer.allocUnsafeSlow(wanted);
    this.#revision = change.revision;
    writeRevision(this.#bytes, 0, change.revision);
    this.#bytes.writeUInt32BE(change.sub, 8);
    this.#at = HEADER_BYTES;
  }
}

function sizeOf({ key, revision, previousRevision, historyRow }: LoggedChange): number {
  const previous =
    previousRevision > 0 ? varintSize(revision - previousRevision) + varintSize(previousRevision - historyRow) : 0;
  return 1 + previous + varintSize(key.length) + key.length;
}

/** The changes of a row, in order. Keys are views. @throws RangeError on bytes that are no such row */
export function decodeChangeRow(value: Uint8Array): LoggedChange[] {
  const changes: LoggedChange[] = [];
  let { revision, sub } = firstChangeOf(value);
  const reader = new WireReader(value, HEADER_BYTES);
  for (let first = true; !reader.done; first = false) {
    const flags = reader.varint();
    if (flags & NEXT_REVISION) {
      revision++;
      sub = 0;
    } else if (!first) sub++;
    const hasPrevious = (flags & HAS_PREVIOUS) !== 0;
    const previousRevision = hasPrevious ? revision - reader.varint() : 0;
    const historyRow = hasPrevious ? previousRevision - reader.varint() : 0;
    changes.push({
      revision,
      sub,
      kind: flags & DELETE ? 'delete' : 'put',
      key: reader.bytes(),
      previousRevision,
      historyRow,
      endsHistoryRow: (flags & ENDS_HISTORY_ROW) !== 0,
    });
  }
  return changes;
}

/** The position of the first change of a row. */
export function firstChangeOf(value: Uint8Array): { revision: number; sub: number } {
  const bytes = asBuffer(value);
  return { revision: readRevision(bytes, 0), sub: bytes.readUInt32BE(8) };
}
