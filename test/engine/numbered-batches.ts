import type { Engine, EngineOperation, EngineReader } from '../../src/ports/engine.js';
import { asBuffer } from '../../src/util/bytes.js';
import { rowsOf } from './compliance.js';

/*
 * A history that reveals the effect of a crash. Batch n writes row n, overwrites one of the shared slots, deletes an old
 * row, and sets the applied index to n. So the state after n batches is known, and a missing, torn or extra batch shows.
 */

const SLOTS = 7;
const KEPT = 50;
const APPLIED = Buffer.from('applied');

const rowKey = (index: number): string => `row/${String(index).padStart(8, '0')}`;
const slotKey = (index: number): string => `slot/${index % SLOTS}`;
/** A few hundred bytes that hardly compress, so that a memtable of the smallest size fills up quickly. */
const rowValue = (index: number): string => {
  let state = index * 2654435761;
  let value = `${index}:`;
  while (value.length < 200) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    value += state.toString(36);
  }
  return value;
};

export function numberedBatch(index: number): EngineOperation[] {
  const operations: EngineOperation[] = [
    { type: 'put', key: Buffer.from(rowKey(index)), value: Buffer.from(rowValue(index)) },
    { type: 'put', key: Buffer.from(slotKey(index)), value: Buffer.from(String(index)) },
    { type: 'put', key: APPLIED, value: Buffer.from(String(index)) },
  ];
  if (index > KEPT) operations.push({ type: 'delete', key: Buffer.from(rowKey(index - KEPT)) });
  return operations;
}

export function appliedIndex(reader: EngineReader): number {
  const value = reader.get(APPLIED);
  return value === undefined ? 0 : Number(asBuffer(value).toString());
}

/** Every row of the engine, and the expected rows at its applied index. */
export async function compareWithHistory(
  engine: Engine,
): Promise<{ applied: number; actual: Map<string, string>; expected: Map<string, string> }> {
  const applied = appliedIndex(engine);
  const cursor = engine.cursor({});
  const actual = new Map(await rowsOf(cursor, 100));
  await cursor.close();
  return { applied, actual, expected: stateAfter(applied) };
}

function stateAfter(applied: number): Map<string, string> {
  const state = new Map<string, string>();
  if (applied > 0) state.set('applied', String(applied));
  for (let index = Math.max(1, applied - KEPT + 1); index <= applied; index++)
    state.set(rowKey(index), rowValue(index));
  for (let index = Math.max(1, applied - SLOTS + 1); index <= applied; index++)
    state.set(slotKey(index), String(index));
  return new Map([...state].sort(([a], [b]) => (a < b ? -1 : 1)));
}
