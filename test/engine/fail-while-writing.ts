import type { Worker } from 'node:worker_threads';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { put } from './compliance.js';

// Writes to an engine on LMDB, and fails in one way. Prints what resolved and what failed, a line each.

const [directory = '', how = '', rows = ''] = process.argv.slice(2);
const ROWS = Number(rows);
const ROWS_OF_SMALL_BATCH = 100;
const value = 'v'.repeat(500);

const threads: Worker[] = [];
process.on('worker', (thread) => void threads.push(thread));
const engine = await openLmdbEngine({ directory });
await engine.write([put('first', '1')]);
console.log('first');

function* rowsUntil(end: () => void): Generator<EngineOperation, void, undefined> {
  for (let row = 0; row < ROWS; row++) yield put(`row-${row}`, value);
  end();
  yield put('row-last', value);
}

let written = 0;
const failing: Readonly<Record<string, () => Promise<void>>> = {
  exit: () => engine.write(rowsUntil(() => process.exit(5))),
  'stop-thread': () => engine.write(rowsUntil(() => void threads[0]?.terminate())),
  'large-batch': () => engine.write(rowsUntil(() => undefined)),
  'small-batches': async () => {
    for (;;) {
      const batch = Array.from({ length: ROWS_OF_SMALL_BATCH }, (_, at) => put(`row-${written + at}`, value));
      await engine.write(batch);
      written += batch.length;
    }
  },
};

try {
  await failing[how]?.();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  if ('code' in error) console.log(`${written}\n${String(error.code)} ${error.message}`);
  else console.log(error.message);
}
await engine.close().catch(() => undefined);
