import type { EngineCursor, EngineRange, EngineReader, EngineRow } from '../../ports/engine.js';
import { Pacer } from '../../util/pacer.js';
import type { Caller, WorkTurns } from '../../util/work-turns.js';
import type { KeyRange } from '../format/layout.js';
import type { IndexTable } from '../indexes/index-table.js';
import type { StateReader } from '../state/state-reader.js';
import type { View } from '../state/view.js';

/** Cost of a step beside its rows, in units of `StateReader.spend`. */
const STEP_UNITS = 16;
/** Work between two pauses of one read, in the same units. */
const SLICE_UNITS = 1024;
/** Bytes that cost a unit. */
const UNIT_BYTES = 256;

/** A read was given up because its caller has gone. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/**
 * A published state as one read sees it. The steps of its walks share the turns of the event loop with those of all other
 * reads, and throw CallerGone once the caller has gone, so that abandoned reads do not keep the member busy.
 */
export class CallerReader implements StateReader {
  readonly #view: View;
  readonly #turns: WorkTurns;
  readonly #caller: Caller | undefined;
  #pacer: Pacer | undefined;

  constructor(view: View, turns: WorkTurns, caller: Caller | undefined) {
    this.#view = view;
    this.#turns = turns;
    this.#caller = caller;
  }

  get revision(): number {
    return this.#view.revision;
  }

  /** Of the last entry that this state contains. */
  get appliedIndex(): number {
    return this.#view.meta.appliedIndex;
  }

  get compactedRevision(): number {
    return this.#view.compactedRevision;
  }

  get indexes(): IndexTable {
    return this.#view.indexes;
  }

  /** All rows, including those outside the key space. */
  get rows(): EngineReader {
    const { rows } = this.#view;
    return {
      get: (key) => rows.get(key),
      getMany: (keys) => rows.getMany(keys),
      cursor: (range) => this.#shared(rows.cursor(range)),
    };
  }

  current(userKey: Uint8Array): Uint8Array | undefined {
    return this.#view.current(userKey);
  }

  hasLease(id: bigint): boolean {
    return this.#view.hasLease(id);
  }

  cursor(range: EngineRange): EngineCursor {
    return this.#shared(this.#view.cursor(range));
  }

  count(range: KeyRange): Promise<number> {
    return this.#view.count(range, this);
  }

  countAt(range: KeyRange, revision: number): Promise<number | undefined> {
    return this.#view.countAt(range, revision, this);
  }

  spend(units: number): Promise<void> | undefined {
    this.#pacer ??= new Pacer({ pause: this.pause, sliceUnits: SLICE_UNITS });
    return this.#pacer.spend(units);
  }

  /** Waits for a later turn in which there is time for a slice. */
  readonly pause = async (): Promise<void> => {
    const granted = await this.#turns.pause(SLICE_UNITS, this.#caller);
    if (!granted || this.#caller?.cancelled === true) throw new CallerGone();
  };

  #shared(cursor: EngineCursor): EngineCursor {
    return new SharedCursor(cursor, this.#turns, this.#caller);
  }
}

/** A cursor whose steps wait for their turns. */
class SharedCursor implements EngineCursor {
  readonly #cursor: EngineCursor;
  readonly #turns: WorkTurns;
  readonly #caller: Caller | undefined;
  /** The cost of the last step by its bytes: the next one is likely to cost as much. */
  #byteUnits = 0;

  constructor(cursor: EngineCursor, turns: WorkTurns, caller: Caller | undefined) {
    this.#cursor = cursor;
    this.#turns = turns;
    this.#caller = caller;
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    if (this.#caller?.cancelled === true) throw new CallerGone();
    const units = STEP_UNITS + Math.max(count, this.#byteUnits);
    const wait = this.#turns.enter(units, this.#caller);
    if (wait !== undefined && !(await wait)) throw new CallerGone();
    try {
      const rows = await this.#cursor.next(count);
      let bytes = 0;
      for (const { key, value } of rows) bytes += key.length + value.length;
      this.#byteUnits = bytes / UNIT_BYTES;
      return rows;
    } finally {
      this.#turns.leave(units);
    }
  }

  seek(target: Uint8Array): void {
    this.#cursor.seek(target);
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }
}
