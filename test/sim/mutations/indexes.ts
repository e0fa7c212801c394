import { patch, type TestedBug } from './mutation.js';

const DRAFT = 'src/kv/indexes/draft-indexes.ts';
const TABLE = 'src/kv/indexes/index-table.ts';
/** Random writes on a store, against a model that derives the entries from the keys. */
const MODEL = { file: 'test/kv/indexes/indexes.test.ts', titles: 'against a model' };

/** Bugs in secondary indexes. */
export const INDEXES: readonly TestedBug[] = [
  {
    name: 'index-entry-lost-on-overwrite',
    story: 'a write that replaces a version ends the entries of the old one and begins none',
    patches: [
      patch(
        DRAFT,
        'this.#begin(placeOf(index.id, value, key), revision);',
        'if (before === undefined) this.#begin(placeOf(index.id, value, key), revision);',
      ),
    ],
    tests: MODEL,
  },
  {
    name: 'index-entry-of-a-large-deletion-kept',
    story: 'versions that a large batch deletes without rows keep their entries',
    patches: [patch(DRAFT, '      this.#deleted.add({ place, since, revision });\n')],
    tests: MODEL,
  },
  {
    name: 'index-unique-before-the-log',
    story: 'a put is not judged when it is applied, so two puts that were checked at the same time both take effect',
    patches: [
      patch(
        'src/kv/commands/writes.ts',
        'draft.indexes.unique.length === 0 ? put(draft',
        'draft.indexes.unique.length >= 0 ? put(draft',
      ),
    ],
    tests: MODEL,
  },
  {
    name: 'index-unique-before-the-end',
    story: 'a transaction is judged write by write, so it cannot pass a value from one key to another',
    patches: [
      patch(
        'src/kv/indexes/uniqueness.ts',
        'return this.puts.has(text) || this.#deletes.has(text);',
        'return false && this.puts.has(text);',
      ),
    ],
    tests: MODEL,
  },
  {
    name: 'index-unique-within-one-transaction',
    story: 'two puts of one transaction give one value to two keys',
    patches: [patch('src/kv/indexes/uniqueness.ts', '      taken.set(text, key);\n')],
    tests: MODEL,
  },
  {
    name: 'index-building-misses-writes',
    story: 'writes and deletions of keys that a slice has added do not maintain the index until it is ready',
    patches: [patch(TABLE, "state.kind === 'ready' || compareBytes(key, state.cursor) < 0", "state.kind === 'ready'")],
    tests: MODEL,
  },
  {
    name: 'index-not-read-from-a-snapshot',
    story: 'a member that installs a snapshot keeps the indexes of the state before',
    patches: [
      patch(
        'src/kv/state/stored-state.ts',
        'this.#stateOf(home.engine, tables.indexes)',
        'this.#stateOf(home.engine, previous.view.indexes)',
      ),
    ],
    tests: MODEL,
  },
  {
    name: 'index-entry-swept-early',
    story: 'a compaction removes entries that ended right behind it, which the compacted revision still shows',
    patches: [
      patch(
        'src/kv/compaction/sweep.ts',
        'endsBetween(Math.max(0, this.#swept), target)',
        'endsBetween(Math.max(0, this.#swept), target + 1)',
      ),
    ],
    tests: MODEL,
  },
  {
    name: 'index-page-of-another-revision',
    story: 'a page shows the newest entries instead of those of its revision',
    patches: [
      patch(
        'src/kv/indexes/query.ts',
        'start.revision <= 0 ? view.revision : start.revision',
        'start.revision <= 0 ? view.revision : view.revision',
      ),
    ],
    tests: MODEL,
  },
  {
    name: 'index-removed-before-it-is-published',
    story: 'a member that removes entries of dropped indexes takes those of one that was just created for such',
    patches: [patch('src/kv/indexes/remains.ts', 'id <= indexes.lastId && ')],
    tests: { file: 'test/kv/indexes/remains.test.ts' },
  },
  {
    name: 'index-entry-on-two-pages',
    story: 'a page of an older revision begins with an ended entry that the page before has',
    patches: [
      patch(
        'src/kv/indexes/query-range.ts',
        '{ gte: prefixEnd(after), lt }',
        '{ gte: Buffer.concat([after, Buffer.of(0)]), lt }',
      ),
    ],
    tests: MODEL,
  },
];
