import { patch, type Mutation, type TestedBug } from './mutation.js';
import { indexes } from './profiles.js';

const DRAFT = 'src/kv/indexes/draft-indexes.ts';
const TABLE = 'src/kv/indexes/index-table.ts';
/** Random writes on a store, against a model that derives the entries from the keys. */
const MODEL = { file: 'test/kv/indexes/indexes.test.ts', titles: 'against a model' };
const CASES = { file: 'test/kv/indexes/cases.test.ts', titles: 'judges a transaction by its end' };

/** Entries of a version that replaces another do not begin. */
const NOT_BEGUN = patch(
  DRAFT,
  'this.#begin(placeOf(index.id, value, key), revision);',
  'if (before === undefined) this.#begin(placeOf(index.id, value, key), revision);',
);

/** Bugs in secondary indexes. */
export const INDEXES: readonly Mutation[] = [
  {
    name: 'index-entry-not-begun-by-an-overwrite',
    story: 'a write that replaces a version ends the entries of the old one and begins none',
    patches: [NOT_BEGUN],
    profile: indexes,
  },
  {
    name: 'index-unique-by-the-published-state',
    story: 'uniqueness is judged by the state before the batch, as if it were checked before the log',
    patches: [
      patch(
        'src/kv/commands/draft.ts',
        'import { KeyCountChanges',
        "import { OverlayTable } from '../state/overlay-table.js';\nimport { KeyCountChanges",
      ),
      patch(
        'src/kv/commands/draft.ts',
        'return this.#rows.cursorOver(range, this.#indexes.entries);',
        'return this.#rows.cursorOver(range, new OverlayTable());',
      ),
    ],
    profile: indexes,
  },
  {
    name: 'index-building-misses-deletions',
    story: 'the deletion of a key that a slice has added does not end its entries until the index is ready',
    patches: [
      patch(
        DRAFT,
        '      if (!covers(index, key)) continue;\n',
        "      if (!covers(index, key) || (next === undefined && index.state.kind === 'building')) continue;\n",
      ),
    ],
    profile: indexes,
  },
  {
    name: 'index-page-of-the-newest-revision',
    story: 'a page shows the newest entries instead of those of the page before',
    patches: [
      patch(
        'src/kv/indexes/query.ts',
        'start.revision <= 0 ? reader.revision : start.revision',
        'start.revision <= 0 ? reader.revision : reader.revision',
      ),
    ],
    profile: indexes,
  },
];

/** Those that tests find. */
export const INDEXES_TESTED: readonly TestedBug[] = [
  {
    name: 'index-entry-lost-on-overwrite',
    story: 'a write that replaces a version ends the entries of the old one and begins none',
    patches: [NOT_BEGUN],
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
    tests: CASES,
  },
  {
    name: 'index-unique-within-one-transaction',
    story: 'two puts of one transaction give one value to two keys',
    patches: [patch('src/kv/indexes/uniqueness.ts', '      taken.set(text, key);\n')],
    tests: CASES,
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
        'start.revision <= 0 ? reader.revision : start.revision',
        'start.revision <= 0 ? reader.revision : reader.revision',
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
  {
    name: 'index-page-by-a-member-behind',
    story:
      'a member that has the revision of a page, and not yet the entry that makes the index ready, refuses the page',
    patches: [
      patch(
        'src/server/services/index-service.ts',
        "level: isBehind ? 'consistent' : value.level",
        'level: value.level',
      ),
    ],
    tests: { file: 'test/partition/index-queries.test.ts', titles: 'has not heard of the index yet' },
  },
];
