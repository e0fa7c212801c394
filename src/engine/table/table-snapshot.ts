import type { EngineCursor, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { EngineClosedError } from '../errors.js';
import type { KeyHash } from '../../util/key-hash.js';
import { TableCursor } from './table-cursor.js';
import { findRow } from './table.js';
import type { TableView } from './table-view.js';
import type { TableRow } from './table-walk.js';

export interface TableSnapshotOptions {
  readonly view: TableView;
  readonly hash: KeyHash;
  readonly pause: () => Promise<void>;
  /** Throws EngineClosedError once the engine is closed. */
  readonly assertEngineOpen: () => void;
  readonly onClose: (snapshot: TableSnapshot) => void;
  readonly onError: (error: unknown) => void;
}

export class TableSnapshot implements EngineSnapshot {
  readonly #options: TableSnapshotOptions;
  readonly #cursors = new Set<TableCursor>();
  #closed = false;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: TableSnapshotOptions) {
    this.#options = options;
    options.view.onMoved = () => {
      for (const cursor of this.#cursors) cursor.moved();
    };
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    const row = this.#find(key);
    return row === undefined ? this.#options.view.layers.base.value.get(key) : valueOf(row);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    const { base } = this.#options.view.layers;
    base.retain();
    try {
      return await readMany(keys, { find: (key) => this.#find(key), below: (rest) => base.value.getMany(rest) });
    } finally {
      base.release();
    }
  }

  cursor(range: EngineRange): EngineCursor {
    return this.cursorOf(range, () => undefined);
  }

  /** @param onClose called when the cursor is closed */
  cursorOf(range: EngineRange, onClose: () => void): EngineCursor {
    this.#assertOpen();
    const { view, pause, onError } = this.#options;
    const cursor = new TableCursor({
      view,
      range,
      pause,
      assertOwnerOpen: () => this.#assertOpen(),
      onClose: (closed) => {
        this.#cursors.delete(closed);
        onClose();
      },
      onError,
    });
    this.#cursors.add(cursor);
    return cursor;
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#closing = this.#release();
    }
    return this.#closing;
  }

  async #release(): Promise<void> {
    this.#options.onClose(this);
    const closing = [...this.#cursors].map((cursor) => cursor.close());
    this.#options.view.close();
    await Promise.all(closing);
  }

  #find(key: Uint8Array): TableRow | undefined {
    const { view, hash } = this.#options;
    const { generations } = view.layers;
    return generations.length === 0 ? undefined : findRow(generations, view.position, key, hash.of(key));
  }

  #assertOpen(): void {
    this.#options.assertEngineOpen();
    if (this.#closed) throw new EngineClosedError('the snapshot is closed');
  }
}

/** A copy of the value; undefined for a deleted row. */
export function valueOf({ generation, number }: TableRow): Uint8Array | undefined {
  return generation.isDeleted(number) ? undefined : generation.valueOf(number);
}

/** Reads many keys: from the table, and those that it does not decide from the engine below, in one go. */
export async function readMany(
  keys: readonly Uint8Array[],
  {
    find,
    below,
  }: {
    readonly find: (key: Uint8Array) => TableRow | undefined;
    readonly below: (keys: readonly Uint8Array[]) => Promise<readonly (Uint8Array | undefined)[]>;
  },
): Promise<readonly (Uint8Array | undefined)[]> {
  const rest: Uint8Array[] = [];
  const places: number[] = [];
  const values = keys.map((key, place) => {
    const row = find(key);
    if (row !== undefined) return valueOf(row);
    rest.push(key);
    places.push(place);
    return undefined;
  });
  if (rest.length === 0) return values;
  const found = await below(rest);
  for (const [at, place] of places.entries()) values[place] = found[at];
  return values;
}
