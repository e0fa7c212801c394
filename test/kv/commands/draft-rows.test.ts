import { expect } from 'chai';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { DraftRows } from '../../../src/kv/commands/draft-rows.js';
import { encodeKeyValue } from '../../../src/kv/format/key-value.js';
import { currentRange, historyRange, type RowRange } from '../../../src/kv/format/layout.js';
import { HotRows } from '../../../src/kv/state/hot-rows.js';
import type { View } from '../../../src/kv/state/view.js';
import type { EngineCursor } from '../../../src/ports/engine.js';

const ALL = { start: new Uint8Array(), end: undefined };
const REVISION = 9;

/** Each row as text. */
async function rowsOf(cursor: EngineCursor): Promise<string[]> {
  const rows = await cursor.next(100);
  await cursor.close();
  return rows.map(
    ({ key, value }) => `${Buffer.from(key).toString('latin1')}=${Buffer.from(value).toString('latin1')}`,
  );
}

const versionOf = (key: Uint8Array, modRevision: number): Uint8Array =>
  encodeKeyValue({ key, createRevision: 1, modRevision, version: 1, value: Buffer.from(`v${modRevision}`), lease: 0n });

describe('DraftRows', () => {
  /**
   * Rows for the engine are made in memory that each row overwrites. A walk keeps those that it sees: the commands of a
   * batch would delete and count other keys than they should.
   */
  for (const [table, range] of [
    ['current', currentRange(ALL)],
    ['history', historyRange(ALL)],
  ] as const satisfies readonly (readonly [string, RowRange])[]) {
    it(`shows walks over the ${table} table the rows that the engine gets`, async () => {
      const engine = new MemoryEngine();
      const base = { cursor: (wanted: RowRange) => engine.cursor(wanted) } as unknown as View;
      const draft = new DraftRows(base, { spend: () => undefined });
      for (const [sub, name] of ['a1', 'b2', 'c3', 'd4'].entries()) {
        const key = Buffer.from(name);
        draft.add(key[0] ?? 0, {
          kind: 'put',
          key,
          revision: REVISION,
          sub,
          previousRevision: sub + 1,
          keyValue: versionOf(key, REVISION),
          previous: versionOf(key, sub + 1),
        });
      }
      const walk = draft.cursor(range);
      await engine.write(draft.operations(undefined));
      const walked = await rowsOf(walk);
      expect(walked).to.have.length(4);
      expect(walked).to.deep.equal(await rowsOf(engine.cursor(range)));
    });
  }

  it('leaves the rows in use in the cache during a load, whose rows are cached once they are read', () => {
    for (const [count, cached] of [
      [100, true],
      [300, false],
    ] as const) {
      const draft = new DraftRows({} as unknown as View, { spend: () => undefined });
      const hotRows = new HotRows(1024 ** 2);
      hotRows.set(Buffer.from('k7'), 7, null);
      for (let at = 0; at < count; at++) {
        const key = Buffer.from(`k${at}`);
        const keyValue = versionOf(key, REVISION);
        const write = { kind: 'put', key, revision: REVISION, sub: at, previousRevision: 0, keyValue } as const;
        draft.add(at, { ...write, previous: undefined });
      }
      draft.refresh(hotRows);
      expect(hotRows.get(Buffer.from('k8'), 8) !== undefined, `a row of ${count}`).to.equal(cached);
      // A lookup had found that it does not exist.
      expect(hotRows.get(Buffer.from('k7'), 7)).to.deep.equal(versionOf(Buffer.from('k7'), REVISION));
    }
  });
});
