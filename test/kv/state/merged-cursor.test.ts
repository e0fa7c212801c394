import { expect } from 'chai';
import * as fc from 'fast-check';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { MergedCursor } from '../../../src/kv/state/merged-cursor.js';
import { OverlayTable } from '../../../src/kv/state/overlay-table.js';
import type { EngineOperation } from '../../../src/ports/engine.js';

const key = fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: 1, maxLength: 2 }).map((bytes) => Buffer.from(bytes));
const value = fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes));
const put = fc.record({ type: fc.constant('put' as const), key, value });
const operation: fc.Arbitrary<EngineOperation> = fc.oneof(
  put,
  fc.record({ type: fc.constant('delete' as const), key }),
);
type Move = { readonly seek: Uint8Array } | { readonly next: number };
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ next: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ seek: key }) },
);

describe('MergedCursor', () => {
  it('walks the rows of an engine and an unwritten batch as if the batch were written, in both directions and after seeks', async () => {
    const base = fc.array(put, { maxLength: 12 });
    const laid = fc.array(operation, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        base,
        laid,
        fc.boolean(),
        fc.array(move, { maxLength: 12 }),
        async (base, laid, reverse, moves) => {
          const before = new MemoryEngine();
          const after = new MemoryEngine();
          await before.write(base);
          await after.write([...base, ...laid]);
          const range = { gte: Buffer.from([0]), lt: Buffer.from([255, 255, 255]), reverse };
          const table = new OverlayTable();
          for (const [at, operation] of laid.entries()) {
            table.add(operation);
            if (at % 3 === 0) table.rows(range); // sorts the present rows
          }
          const merged = new MergedCursor({ base: before.cursor(range), overlay: table.rows(range), reverse });
          const plain = after.cursor(range);
          for (const move of moves) {
            if ('seek' in move) {
              merged.seek(move.seek);
              plain.seek(move.seek);
            } else {
              const rows = await merged.next(move.next);
              const wanted = await plain.next(move.next);
              expect(rows.map(({ key, value }) => [key, value])).to.deep.equal(
                wanted.map(({ key, value }) => [key, value]),
              );
            }
          }
          await merged.close();
          await plain.close();
        },
      ),
      { numRuns: 400, seed: 5 },
    );
  });
});
