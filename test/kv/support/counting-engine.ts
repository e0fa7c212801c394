import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import type { EngineCursor, EngineRange, EngineSnapshot } from '../../../src/ports/engine.js';
import { tableOf, type Table } from '../../../src/kv/format/layout.js';

/** An engine that counts open snapshots and, by table, the rows read by walks. */
export class CountingEngine extends MemoryEngine {
  openSnapshots = 0;
  readonly #rows = new Map<number, number>();

  /** Rows of a table read since the last call. */
  take(table: Table): number {
    const rows = this.#rows.get(table) ?? 0;
    this.#rows.delete(table);
    return rows;
  }

  override cursor(range: EngineRange): EngineCursor {
    return this.#counted(super.cursor(range));
  }

  override snapshot(): EngineSnapshot {
    const snapshot = super.snapshot();
    this.openSnapshots++;
    return {
      get: (key) => snapshot.get(key),
      getMany: (keys) => snapshot.getMany(keys),
      cursor: (range) => this.#counted(snapshot.cursor(range)),
      close: () => {
        this.openSnapshots--;
        return snapshot.close();
      },
    };
  }

  #counted(cursor: EngineCursor): EngineCursor {
    return {
      next: async (count) => {
        const rows = await cursor.next(count);
        for (const { key } of rows) {
          const table = tableOf(key) ?? -1;
          this.#rows.set(table, (this.#rows.get(table) ?? 0) + 1);
        }
        return rows;
      },
      seek: (target) => cursor.seek(target),
      close: () => cursor.close(),
    };
  }
}
