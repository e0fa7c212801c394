import type { EngineCursor, EngineRow } from '../../ports/engine.js';
import { compareBytes } from '../../util/bytes.js';
import { Table, type RowRange } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { decodeSince, placeOfEntry, readEndedKey, rowsOfPlaces } from './index-rows.js';

/** Rows read at once. */
const ROWS_MAX = 256;

/** Places of one table that were visible at a revision, in the order of a walk. */
class PlacesOfTable {
  readonly #cursor: EngineCursor;
  readonly #placeIn: (row: EngineRow) => Uint8Array | undefined;
  #places: readonly Uint8Array[] = [];
  #at = 0;
  #done = false;

  /** @param placeIn the place of a row; undefined if it was not visible */
  constructor(cursor: EngineCursor, placeIn: (row: EngineRow) => Uint8Array | undefined) {
    this.#cursor = cursor;
    this.#placeIn = placeIn;
  }

  /** Whether the first place is known, or that there is none. */
  get isFilled(): boolean {
    return this.#done || this.#at < this.#places.length;
  }

  get first(): Uint8Array | undefined {
    return this.#places[this.#at];
  }

  shift(): void {
    this.#at++;
  }

  /** Reads on. @returns the rows read */
  async read(): Promise<number> {
    const rows = await this.#cursor.next(ROWS_MAX);
    this.#done = rows.length === 0;
    this.#places = rows.flatMap((row) => this.#placeIn(row) ?? []);
    this.#at = 0;
    return rows.length;
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }
}

/** A walk over the places that an index had at a revision. Must be closed. */
export class EntryWalk {
  readonly #reader: StateReader;
  readonly #tables: readonly PlacesOfTable[];
  readonly #sign: 1 | -1;

  constructor(
    reader: StateReader,
    { range, revision, reverse }: { readonly range: RowRange; readonly revision: number; readonly reverse: boolean },
  ) {
    this.#reader = reader;
    this.#sign = reverse ? -1 : 1;
    const entries = reader.cursor({ ...rowsOfPlaces(Table.entries, range), reverse });
    const tables = [
      new PlacesOfTable(entries, ({ key, value }) => (decodeSince(value) <= revision ? placeOfEntry(key) : undefined)),
    ];
    // At the newest revision no entry that has ended is visible.
    if (revision < reader.revision) {
      const ended = reader.cursor({ ...rowsOfPlaces(Table.endedEntries, range), reverse });
      tables.push(
        new PlacesOfTable(ended, ({ key, value }) => {
          const { place, end } = readEndedKey(key);
          return decodeSince(value) <= revision && revision < end ? place : undefined;
        }),
      );
    }
    this.#tables = tables;
  }

  /** The next place; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    let first: PlacesOfTable | undefined;
    for (const table of this.#tables) {
      while (!table.isFilled) {
        const rest = this.#reader.spend(await table.read());
        if (rest !== undefined) await rest;
      }
      if (table.first === undefined) continue;
      if (first?.first === undefined || this.#sign * compareBytes(table.first, first.first) < 0) first = table;
    }
    const place = first?.first;
    first?.shift();
    return place;
  }

  async close(): Promise<void> {
    for (const table of this.#tables) await table.close();
  }
}
