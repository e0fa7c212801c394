import type { EngineOperation } from '../../ports/engine.js';
import type { ReusedBytes } from '../../util/reused-bytes.js';
import {
  changeKey,
  currentKey,
  encodeChangeValue,
  encodeHistoryValue,
  historyKey,
  type Allocate,
  type ChangeRow,
} from './layout.js';

/** What the rows of one write are made of. */
export interface WrittenVersion extends ChangeRow {
  /** The encoded mvccpb.KeyValue that a put made. */
  readonly keyValue: Uint8Array | undefined;
  /** The encoded version that it replaced or deleted. */
  readonly previous: Uint8Array | undefined;
}

/**
 * Makes the rows of writes. With memory that is used again, keys and values are valid until the next row is made:
 * for rows that an engine takes one by one.
 */
export class RowMaker {
  readonly #key: Allocate | undefined;
  readonly #value: Allocate | undefined;

  constructor(memory: { readonly key: ReusedBytes; readonly value: ReusedBytes } | undefined) {
    this.#key = memory && ((bytes) => memory.key.take(bytes));
    this.#value = memory && ((bytes) => memory.value.take(bytes));
  }

  /** A key of the current table. */
  currentKey(userKey: Uint8Array): Buffer {
    return currentKey(userKey, this.#key);
  }

  current({ key, keyValue }: WrittenVersion): EngineOperation {
    const engineKey = currentKey(key, this.#key);
    if (keyValue === undefined) return { type: 'delete', key: engineKey };
    return { type: 'put', key: engineKey, value: keyValue };
  }

  /** The row of the version before; undefined if there is none. */
  history({ key, revision, previous, previousRevision }: WrittenVersion): EngineOperation | undefined {
    if (previous === undefined) return undefined;
    return {
      type: 'put',
      key: historyKey(key, previousRevision, this.#key),
      value: encodeHistoryValue(revision, previous, this.#value),
    };
  }

  change(written: WrittenVersion): EngineOperation {
    return {
      type: 'put',
      key: changeKey(written.revision, written.sub, this.#key),
      value: encodeChangeValue(written, this.#value),
    };
  }
}

/** Makes rows in memory of their own. */
export const newRows = new RowMaker(undefined);
