import type { EngineReader, EngineRow } from '../../ports/engine.js';
import type { RowRange } from '../format/layout.js';

/** Rows of one page at most. */
const PAGE_ROWS = 512;

/** The rows of a range, in order, a page at a time. */
export async function* pagesOf(
  reader: Pick<EngineReader, 'cursor'>,
  range: RowRange,
): AsyncGenerator<readonly EngineRow[], void, undefined> {
  const cursor = reader.cursor(range);
  try {
    for (let rows = await cursor.next(PAGE_ROWS); rows.length > 0; rows = await cursor.next(PAGE_ROWS)) yield rows;
  } finally {
    await cursor.close();
  }
}
