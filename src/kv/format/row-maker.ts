import type { EngineOperation, EngineRow } from '../../ports/engine.js';
import { ReusedBytes } from '../../util/reused-bytes.js';
import { ChangeRowEncoder, type LoggedChange } from './change-row.js';
import { HistoryRowEncoder, type SupersededVersion } from './history-row.js';
import { currentKey } from './layout.js';

/** What the rows of one write are made of. */
export interface WrittenVersion extends Omit<LoggedChange, 'historyRow' | 'endsHistoryRow'> {
  /** The encoded mvccpb.KeyValue that a put made. */
  readonly keyValue: Uint8Array | undefined;
  /** The encoded version that it replaced or deleted. */
  readonly previous: Uint8Array | undefined;
}

/** The row of the current table that a write leaves, in memory of its own. */
export function currentRow({ key, keyValue }: WrittenVersion): EngineOperation {
  return currentOperation(currentKey(key), keyValue);
}

function currentOperation(key: Uint8Array, keyValue: Uint8Array | undefined): EngineOperation {
  return keyValue === undefined ? { type: 'delete', key } : { type: 'put', key, value: keyValue };
}

/**
 * Makes rows in memory that is used again: key and value are valid until the next row is made, for an engine that takes
 * them one by one.
 */
export class RowMaker {
  readonly #keys = new ReusedBytes();
  readonly #allocateKey = (bytes: number): Buffer => this.#keys.take(bytes);
  readonly #changes = new ChangeRowEncoder();
  readonly #history = new HistoryRowEncoder();

  /** A key of the current table. */
  currentKey(userKey: Uint8Array): Buffer {
    return currentKey(userKey, this.#allocateKey);
  }

  current({ key, keyValue }: WrittenVersion): EngineOperation {
    return currentOperation(this.currentKey(key), keyValue);
  }

  /**
   * Adds a version to the row in progress, whose versions are all of one key, newest first. See `HistoryRowEncoder`.
   * @returns false if the row has no room; an empty row has
   */
  addToHistory(version: SupersededVersion): boolean {
    if (!this.#history.takes(version.keyValue)) return false;
    this.#history.add(version);
    return true;
  }

  /** Ends the row. @param oldest the mod revision of the last version that it took */
  history(userKey: Uint8Array, oldest: number): EngineOperation {
    return putOf(this.#history.finish(userKey, oldest, this.#allocateKey));
  }

  /** The rows of changes, which are in order. */
  *changes(changes: Iterable<LoggedChange>): Generator<EngineOperation, void, undefined> {
    const encoder = this.#changes;
    for (const change of changes) {
      if (!encoder.takes(change)) yield putOf(encoder.finish(this.#allocateKey));
      encoder.add(change);
    }
    if (!encoder.isEmpty) yield putOf(encoder.finish(this.#allocateKey));
  }
}

function putOf({ key, value }: EngineRow): EngineOperation {
  return { type: 'put', key, value };
}
