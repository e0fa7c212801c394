import type { EngineCursor, EngineRange, EngineSnapshot } from '../../ports/engine.js';
import { EngineClosedError } from '../errors.js';
import type { KeyHash } from '../../util/key-hash.js';
import type { Linked } from '../../util/linked-list.js';
import { TableCursor } from './table-cursor.js';
import { findRow } from './table.js';
import type { TableView } from './table-view.js';
import type { TableRow } from './table-walk.js';

/** What all snapshots of an engine share. */
export interface SnapshotOwner {
  readonly hash: KeyHash;
  readonly pause: () => Promise<void>;
  /** Throws EngineClosedError once the engine is closed. */
  readonly assertOpen: () => void;
  readonly onClosed: (snapshot: TableSnapshot) => void;
  readonly onError: (error: unknown) => void;
}

const CLOSED = Promise.resolve();

/** A state of the table and the engine below. Each batch that is published opens one, and most are closed unread. */
export class TableSnapshot implements EngineSnapshot, Linked<TableSnapshot> {
  before: TableSnapshot | undefined;
  after: TableSnapshot | undefined;
  readonly #view: TableView;
  readonly #owner: SnapshotOwner;
  /** Those that are open; undefined before the first. */
  #cursors: Set<TableCursor> | undefined;
  #isClosed = false;
  #closing = CLOSED;

  constructor(view: TableView, owner: SnapshotOwner) {
    this.#view = view;
    this.#owner = owner;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    const row = this.#find(key);
    return row === undefined ? this.#view.layers.base.value.get(key) : valueOf(row);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#assertOpen();
    const { base } = this.#view.layers;
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
    const cursors = (this.#cursors ??= this.#trackMoves());
    const { pause, onError } = this.#owner;
    const cursor = new TableCursor({
      view: this.#view,
      range,
      pause,
      assertOwnerOpen: () => this.#assertOpen(),
      onClose: (closed) => {
        cursors.delete(closed);
        onClose();
      },
      onError,
    });
    cursors.add(cursor);
    return cursor;
  }

  close(): Promise<void> {
    // The last cursor may close its snapshot again.
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#closing = this.#release();
    }
    return this.#closing;
  }

  #trackMoves(): Set<TableCursor> {
    const cursors = new Set<TableCursor>();
    this.#view.onMoved = () => {
      for (const cursor of cursors) cursor.moved();
    };
    return cursors;
  }

  #release(): Promise<void> {
    this.#owner.onClosed(this);
    const closing = [...(this.#cursors ?? [])].map((cursor) => cursor.close());
    this.#view.close();
    return closing.length === 0 ? CLOSED : Promise.all(closing).then(() => undefined);
  }

  #find(key: Uint8Array): TableRow | undefined {
    const { generations } = this.#view.layers;
    if (generations.length === 0) return undefined;
    return findRow(generations, this.#view.position, key, this.#owner.hash.of(key));
  }

  #assertOpen(): void {
    this.#owner.assertOpen();
    if (this.#isClosed) throw new EngineClosedError('the snapshot is closed');
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
