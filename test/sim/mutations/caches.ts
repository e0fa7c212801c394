import { patch, type Mutation, type TestedBug } from './mutation.js';
import { caches } from './profiles.js';

/** Bugs in the caches of clients. */
export const CACHES: readonly Mutation[] = [
  {
    name: 'cache-answers-before-its-watch',
    story:
      'a consistent read is answered from memory as soon as its round is done: before the watch has reached the revision',
    patches: [
      patch(
        'src/client/cache/cache-reader.ts',
        'if (!(await follower.reach(revision, { confirmed: true }))) return false;',
        'void revision;',
      ),
    ],
    profile: caches,
  },
  {
    name: 'cache-shares-an-old-round',
    story: 'a read shares a round that began before the read did',
    patches: [
      patch('src/client/cache/rounds.ts', '    this.#next = undefined;\n', ''),
      patch(
        'src/client/cache/rounds.ts',
        '      this.#running -= 1;\n',
        '      this.#running -= 1;\n      this.#next = undefined;\n',
      ),
    ],
    profile: caches,
  },
  {
    name: 'cache-is-as-young-as-its-last-message',
    story: 'the age of the memory counts from the arrival of progress, whatever age its member states',
    patches: [
      patch(
        'src/client/cache/follower.ts',
        'this.memory.vouch(askedMs - stalenessMs);',
        'this.memory.vouch(this.#options.source.now());',
      ),
    ],
    profile: caches,
  },
  {
    name: 'cache-keeps-deleted-keys',
    story: 'the memory ignores deletions',
    patches: [
      patch('src/client/cache/memory.ts', ': remove(rows, bytesToLatin1(event.key));', ': (void remove, rows);'),
    ],
    profile: caches,
  },
];

/** The same, found by tests: members of the simulator answer each request for progress in time. */
export const CACHES_TESTED: readonly TestedBug[] = [
  {
    name: 'cache-takes-an-old-answer-for-a-new-one',
    story: 'the age of the memory counts from a request for progress, although an earlier one may be answered',
    patches: [patch('src/client/cache/follower.ts', ' || isSurplus) return;', ') return;')],
    tests: { file: 'test/client/cache/follower.test.ts' },
  },
];
