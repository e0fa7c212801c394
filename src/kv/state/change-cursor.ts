import type { EngineCursor, EngineRow } from '../../ports/engine.js';
import { decodeChangeRow, firstChangeOf, type LoggedChange } from '../format/change-row.js';
import { changesFrom } from '../format/layout.js';
import type { StateReader } from './state-reader.js';

/** Rows read at once: about a megabyte, if all are full. */
const ROWS_MAX = 256;

/** A walk over the changes of some revisions, in order. Must be closed. */
export class ChangeCursor {
  readonly #cursor: EngineCursor;
  readonly #from: number;
  readonly #to: number;
  /** Rows that were read and not yet decoded. */
  #rows: readonly EngineRow[] = [];
  #next = 0;
  #done = false;

  /** @param revisions the first and the last */
  constructor(reader: Pick<StateReader, 'cursor'>, revisions: { readonly from: number; readonly to: number }) {
    this.#cursor = reader.cursor(changesFrom(revisions.from));
    this.#from = revisions.from;
    this.#to = revisions.to;
  }

  /** The next changes; none at the end. @param wanted their number, which the last row may exceed */
  async next(wanted: number): Promise<LoggedChange[]> {
    const changes: LoggedChange[] = [];
    while (changes.length < wanted) {
      const row = this.#rows[this.#next++] ?? (await this.#read(wanted - changes.length));
      if (row === undefined || firstChangeOf(row.value).revision > this.#to) {
        this.#done = true;
        break;
      }
      for (const change of decodeChangeRow(row.value)) {
        if (change.revision >= this.#from && change.revision <= this.#to) changes.push(change);
      }
    }
    return changes;
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }

  async #read(wanted: number): Promise<EngineRow | undefined> {
    if (this.#done) return undefined;
    this.#rows = await this.#cursor.next(Math.min(wanted, ROWS_MAX));
    this.#next = 1;
    return this.#rows[0];
  }
}
