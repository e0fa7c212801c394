import { patch, type TestedBug } from './mutation.js';

const KEY_COUNTS = { file: 'test/kv/reads/key-counter.test.ts', titles: 'is exact at every revision' };

/** Bugs in what is known of keys without a read. */
export const LOOKUPS: readonly TestedBug[] = [
  {
    name: 'keys-absent-until-counted',
    story: 'after a start, keys that the key counter has not reached yet count as absent',
    patches: [patch('src/kv/reads/key-counter.ts', '!this.#counts.complete || this.#live', 'this.#live')],
    tests: KEY_COUNTS,
  },
  {
    name: 'key-created-during-the-count-is-absent',
    story: 'the hash of a key that is created in the part that is being counted gets lost',
    patches: [patch('src/kv/reads/key-counter.ts', '        this.#live.change(meanwhile, range);\n')],
    tests: { file: 'test/kv/reads/key-counter.test.ts', titles: 'while keys are counted after a start' },
  },
  {
    name: 'hash-lost-to-a-neighbour',
    story: 'a deletion frees a place in the table of hashes, and those behind it are not found any more',
    patches: [patch('src/kv/reads/key-filter.ts', '    shard[gap] = hash;\n    gap = slot;\n', '    break;\n')],
    tests: { file: 'test/kv/reads/key-filter.test.ts' },
  },
  {
    name: 'cached-row-changes-under-its-reader',
    story: 'a cached row is a view of memory that the next version of its key overwrites',
    patches: [
      patch(
        'src/kv/state/cached-rows.ts',
        'return copyOfSpan(this.#slabOf(place), start, start + length);',
        'return this.#slabOf(place).subarray(start, start + length);',
      ),
    ],
    tests: { file: 'test/kv/state/hot-rows.test.ts' },
  },
];
