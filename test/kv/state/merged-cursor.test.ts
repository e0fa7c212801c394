import { expect } from 'chai';
import * as fc from 'fast-check';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { MergedCursor } from '../../../src/kv/state/merged-cursor.js';
import type { EngineOperation } from '../../../src/ports/engine.js';
import { bytesToLatin1, compareBytes } from '../../../src/util/bytes.js';

const key = fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: 1, maxLength: 2 }).map((bytes) => Buffer.from(bytes));
const value = fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes));
const put = fc.record({ type: fc.constant('put' as const), key, value });
const operation: fc.Arbitrary<EngineOperation> = fc.oneof(
  put,
  fc.record({ type: fc.constant('delete' as const), key }),
);
const selector = (row: EngineOperation): string => bytesToLatin1(row.key);
type Move = { readonly seek: Uint8Array } | { readonly next: number };
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ next: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ seek: key }) },
);

describe('a cursor with unwritten rows laid over it', () => {
  it('walks, back and forth and after a seek, as one over the written state does', async () => {
    const base = fc.array(put, { maxLength: 12 });
    const laid = fc.uniqueArray(operation, { maxLength: 8, selector });
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
          const range = { gte: Buffer.from([0]), reverse };
          const sorted = laid.toSorted((left, right) => compareBytes(left.key, right.key));
          if (reverse) sorted.reverse();
          const merged = new MergedCursor({ base: before.cursor(range), laid: sorted, reverse });
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
