import { over, patch, type Mutation, type Profile, type TestedBug } from './mutation.js';
import { crashes, deposed } from './profiles.js';

/** Calls that time out before their command is applied. */
const lateResults: Profile = (drawn) =>
  over(deposed(drawn), {
    keys: 4,
    clients: 6,
    paceMs: 10,
    requestMs: drawn.node.electionMs / 2,
    mix: { ...drawn.mix, put: 8 },
  });

/** Many writes, so that memory is used again soon. */
const manyWrites: Profile = (drawn) =>
  over(crashes(drawn), { clients: 6, paceMs: 5, mix: { put: 8, get: 3, txn: 3, delete: 1, compact: 0, past: 2 } });

/** Bugs in memory and slots that are used again. */
export const MEMORY: readonly Mutation[] = [
  {
    name: 'slot-of-a-late-answer-used-again',
    story: 'a command takes the slot of one whose caller has given up, and gets its late answer',
    patches: [patch('src/server/requests/awaited-answers.ts', '++this.#sequence }', '++this.#sequence % 8 }')],
    profile: lateResults,
  },
  {
    name: 'record-in-the-place-of-another',
    story: 'two records of a slab share their memory',
    patches: [patch('src/record/recorder.ts', '    this.#used += bytes;\n')],
    profile: manyWrites,
  },
  {
    name: 'slab-of-records-used-again',
    story: 'a full slab is written from its beginning, while entries in it wait for the log and the other members',
    patches: [
      patch(
        'src/record/recorder.ts',
        '      this.#slab = new RecordMemory(SLAB_BYTES, this).source;\n',
        '      if (this.#slab.length === 0) this.#slab = new RecordMemory(SLAB_BYTES / 32, this).source;\n',
      ),
      patch('src/record/recorder.ts', 'SHARED_BYTES_MAX = SLAB_BYTES / 8', 'SHARED_BYTES_MAX = SLAB_BYTES / 64'),
    ],
    profile: manyWrites,
  },
  {
    name: 'table-keeps-rows-in-reused-memory',
    story: 'the table keeps rows of a batch that the next row overwrites',
    patches: [
      patch('src/engine/table/table-engine.ts', '    first.push(copyOf(value));\n', '    first.push(value);\n'),
    ],
    profile: (drawn) =>
      over(manyWrites(drawn), {
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
      }),
  },
];

const rowTests = { file: 'test/kv/commands/draft-rows.test.ts' };

/** The same, found by tests: the simulator's transactions do not walk over their own writes. */
export const MEMORY_TESTED: readonly TestedBug[] = [
  {
    name: 'cached-entries-in-reused-slabs',
    story: 'entries that are read from the cache of the log are views of a slab, which later entries overwrite',
    patches: [
      patch(
        'src/wal/older-entries.ts',
        'readRecords(copy, 0, copy.length, entries)',
        'readRecords(run.slab.buffer, run.start, run.end, entries)',
      ),
    ],
    tests: { file: 'test/wal/entry-cache.test.ts' },
  },
  {
    name: 'frame-kept-for-one-entry',
    story: "an entry in the log's cache keeps the whole frame in which it arrived",
    patches: [
      patch(
        'src/wal/older-entries.ts',
        'buffer.buffer.byteLength - bytes <= bytes / LEFT_OVER_PART',
        'buffer.buffer.byteLength >= bytes',
      ),
    ],
    tests: { file: 'test/wal/entry-cache.test.ts', titles: 'received frame' },
  },
  {
    name: 'walked-rows-in-reused-memory',
    story: 'rows of current versions that a walk keeps are made in memory that the next row overwrites',
    patches: [
      patch(
        'src/kv/commands/draft-rows.ts',
        'new WalkedWrites(this.#writes, currentRow)',
        'new WalkedWrites(this.#writes, (write) => reusedRows.current(write))',
      ),
    ],
    tests: rowTests,
  },
  {
    name: 'walked-history-in-reused-memory',
    story: 'rows of earlier versions that a walk keeps are made in memory that the next row overwrites',
    patches: [
      patch(
        'src/kv/commands/draft-rows.ts',
        "{ type: 'put', ...historyRow(key, { end: revision, keyValue: previous }) };",
        '(reusedRows.addToHistory({ end: revision, keyValue: previous }), reusedRows.history(key, modRevisionOf(previous)));',
      ),
      patch(
        'src/kv/commands/draft-rows.ts',
        'import { historyRow } from',
        "import { modRevisionOf } from '../format/key-value.js';\nimport { historyRow } from",
      ),
    ],
    tests: rowTests,
  },
  {
    name: 'history-row-removed-with-its-first-version',
    story:
      'a compaction removes a row of the history as soon as one of its versions has ended, and not with the last one',
    patches: [patch('src/kv/compaction/sweep.ts', 'if (endsHistoryRow) operations', 'operations')],
    tests: { file: 'test/kv/store.test.ts' },
  },
  {
    name: 'neighbours-of-a-freed-slot-lost',
    story: 'a value that lies behind a slot that becomes free is not found any more',
    patches: [
      patch(
        'src/util/integer-table.ts',
        '      keys[free] = key;\n      values[free] = values[at];\n      free = at;\n',
        '      break;\n',
      ),
    ],
    tests: { file: 'test/util/integer-table.test.ts' },
  },
  {
    name: 'slots-lost-when-a-table-shrinks',
    story: 'a table that shrinks keeps each value in its old slot',
    patches: [
      patch(
        'src/util/integer-table.ts',
        '      const slot = this.#find(key);\n      this.#keys[slot]',
        '      const slot = from & (capacity - 1);\n      this.#keys[slot]',
      ),
    ],
    tests: { file: 'test/util/integer-table.test.ts' },
  },
];
