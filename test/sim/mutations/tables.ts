import { over, patch, type Mutation, type Profile, type TestedBug } from './mutation.js';
import { crashes, snapshots } from './profiles.js';

/** Crashes of members whose tables hold much that is not flushed, over logs that are cut as soon as they may be. */
const lateFlushes: Profile = (drawn) =>
  over(crashes(drawn), {
    node: { snapshotCount: 5, logTailEntries: 0 },
    table: {
      sizes: {
        bytesMax: 1024 * 1024,
        generation: { rows: 10, bytes: 16 * 1024 },
        batch: { rows: 1000, bytes: 16 * 1024 },
        slabBytes: 4096,
        flushRows: 4,
      },
      flushMsMax: 100,
    },
  });

/** Bugs in the table in front of the engine. */
export const TABLES: readonly Mutation[] = [
  {
    name: 'label-ahead-of-the-table',
    story: 'rows that only the table holds count as flushed once the engine below has flushed',
    patches: [
      patch(
        'src/engine/table/table-engine.ts',
        '    await this.#flusher.drain();\n    this.#life.assertUsable();\n    return await this.#base.durableLabel(label);',
        '    return await this.#base.durableLabel(label);',
      ),
    ],
    profile: (drawn) => over(lateFlushes(drawn), { node: { logFlushBytes: 256 * 1024 * 1024 } }),
  },
  {
    name: 'flush-splits-a-batch',
    story: 'a flush ends in the middle of a batch, so data is there without its applied index',
    patches: [patch('src/engine/table/generation.ts', '    return end;\n', '    return Math.min(end, from + rows);\n')],
    profile: lateFlushes,
  },
  {
    name: 'row-lost-at-a-switch-of-generations',
    story: 'reads look into the newest generation only',
    patches: [
      patch(
        'src/engine/table/table.ts',
        'for (let at = generations.length - 1; at >= 0; at--) {',
        'for (let at = generations.length - 1; at === generations.length - 1; at--) {',
      ),
    ],
    profile: lateFlushes,
  },
  {
    name: 'flush-out-of-order',
    story: 'an older version of a row is flushed in place of the newest one of the batches that are joined',
    patches: [
      patch(
        'src/engine/table/generation.ts',
        'if (newer === 0 || newer > to) yield this.operation(number);',
        'const older = this.#older[number] ?? 0;\n      if (older <= from) yield this.operation(number);',
      ),
    ],
    profile: lateFlushes,
  },
  {
    name: 'table-outlives-its-engine',
    story: 'rows of the replaced state are read after a snapshot',
    patches: [
      patch(
        'src/engine/table/table-home.ts',
        '    replaced.retire();\n    this.#engine = this.#tableOver(this.#options.home.engine);\n',
        '    replaced.retire();\n    const { engine } = this.#options.home;\n    this.#engine = Object.assign(this.#tableOver(engine), { get: replaced.get.bind(replaced) });\n',
      ),
    ],
    profile: (drawn) => {
      const { table } = lateFlushes(drawn);
      return { ...snapshots(drawn), table };
    },
  },
];

/** Bugs that an engine hides which writes in an instant, as that of the simulator below the table. */
export const TABLES_TESTED: readonly TestedBug[] = [
  {
    name: 'table-ahead-of-its-log',
    story: 'the log is cut up to rows that only the table holds',
    patches: [
      patch(
        'src/engine/table/table-engine.ts',
        '    await this.#flusher.drain();\n    this.#life.assertUsable();\n    await this.#base.barrier();',
        '    await this.#base.barrier();',
      ),
    ],
    // Since cuts follow the labels, a barrier comes right after a flush: the simulator cannot tell the difference.
    tests: { file: 'test/engine/table.test.ts' },
  },
  {
    name: 'flushed-before-it-is-written',
    story: 'rows count as flushed while the engine below writes them',
    patches: [
      patch(
        'src/engine/table/flusher.ts',
        '        await base.write(operations);\n        table.flushedTo(end);\n        this.#settle(({ position }) => position <= end);\n',
        '        this.#settle(({ position }) => position <= end);\n        await base.write(operations);\n        table.flushedTo(end);\n',
      ),
    ],
    tests: { file: 'test/engine/table-barrier.test.ts' },
  },
  {
    name: 'memory-of-readers-not-counted',
    story: 'rows that are flushed and still being read do not count against the bound',
    patches: [
      patch(
        'src/engine/table/table.ts',
        'for (const generation of this.#used) bytes += generation.bytes;',
        'for (const { value } of this.#generations) bytes += value.bytes;',
      ),
    ],
    tests: { file: 'test/engine/table.test.ts', titles: 'counts the memory' },
  },
  {
    name: 'flush-while-a-state-is-replaced',
    story: 'rows are flushed to the old engine while a new one becomes current',
    patches: [patch('src/engine/table/table-home.ts', '    await current.pauseFlushing();\n')],
    tests: { file: 'test/engine/table-home.test.ts' },
  },
  {
    name: 'proposals-of-a-member-that-cannot-apply',
    story: 'a member whose table is full goes on to propose, and its log grows without bound',
    patches: [patch('src/node/loop/input-step.ts', 'if (!commits.full) input.proposals', 'input.proposals')],
    tests: { file: 'test/node/loop/full-table.test.ts' },
  },
];
