/** How large the parts of a table are. */
export interface TableSizes {
  /** A batch waits while the table is larger, in bytes. */
  readonly bytesMax: number;
  /** A generation takes no further batch from here on. */
  readonly generation: { readonly rows: number; readonly bytes: number };
  /** A larger batch goes past the table. */
  readonly batch: { readonly rows: number; readonly bytes: number };
  /** Size of one piece of memory for rows: a power of two, in bytes. */
  readonly slabBytes: number;
  /** Rows that are flushed as one batch at most, unless one batch has more. As many are gathered before a flush. */
  readonly flushRows: number;
}

const SLAB_BYTES_MAX = 1024 * 1024;
/** For a batch of more rows the table costs as much as it saves: LevelDB's cost of a row falls with their number. */
const BATCH_ROWS_MAX = 64;
const BATCH_BYTES_MAX = 256 * 1024;

/**
 * @param bytesMax bound on the memory of the table, in bytes. The last batch may exceed it.
 * @param flushRows see TableSizes; 1024 is enough for LevelDB
 */
export function tableSizes(bytesMax: number, flushRows = 1024): TableSizes {
  const generationBytes = Math.max(4096, Math.floor(bytesMax / 8));
  return {
    bytesMax,
    generation: { rows: 65_536, bytes: generationBytes },
    batch: { rows: BATCH_ROWS_MAX, bytes: Math.min(generationBytes, BATCH_BYTES_MAX) },
    slabBytes: Math.min(SLAB_BYTES_MAX, 2 ** Math.floor(Math.log2(generationBytes / 4))),
    flushRows,
  };
}
