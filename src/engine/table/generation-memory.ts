import { RowSlabs } from './row-slabs.js';

export type Column = Uint32Array<ArrayBuffer>;

/** Columns of rows, by number. Only the index must be zeros at the start. */
export interface RowColumns {
  /** Number of rows at the end of each batch, ascending. */
  readonly ends: Column;
  readonly address: Column;
  readonly keyLength: Column;
  readonly valueLength: Column;
  readonly hash: Column;
  /** Number + 1 of the version before, and of the version after; 0 where there is none. */
  readonly older: Column;
  readonly newer: Column;
  /** Open addressing, linear probing: number + 1 of the newest version of a key, or 0. Its size is a power of two. */
  readonly index: Column;
}

const ROWS_MIN = 1024;

/**
 * Memory of a generation, for another one once no reader uses it. V8 frees such memory only in a collection of the whole
 * heap, and starts one for every few megabytes of it.
 */
export interface GenerationMemory {
  readonly slabs: RowSlabs;
  readonly columns: RowColumns;
}

export function newMemory(slabBytes: number): GenerationMemory {
  const column = (): Column => new Uint32Array(ROWS_MIN);
  return {
    slabs: new RowSlabs(slabBytes),
    columns: {
      ends: column(),
      address: column(),
      keyLength: column(),
      valueLength: column(),
      hash: column(),
      older: column(),
      newer: column(),
      index: new Uint32Array(2 * ROWS_MIN),
    },
  };
}

/** The same memory without rows. */
export function cleared(memory: GenerationMemory): GenerationMemory {
  memory.slabs.clear();
  memory.columns.index.fill(0);
  return memory;
}
