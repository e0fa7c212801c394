import type { Engine, EngineRow } from '../../../src/ports/engine.js';

export async function rowsOf(
  engine: Engine,
  range: { gte: Uint8Array; lt: Uint8Array },
): Promise<readonly EngineRow[]> {
  const cursor = engine.cursor(range);
  const rows: EngineRow[] = [];
  for (let slice = await cursor.next(100); slice.length > 0; slice = await cursor.next(100)) rows.push(...slice);
  await cursor.close();
  return rows;
}
