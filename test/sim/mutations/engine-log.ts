import { patch, type TestedBug } from './mutation.js';

const tests = { file: 'test/engine/level-log.test.ts' };

/** Bugs in the check of LevelDB's own log. */
export const ENGINE_LOG: readonly TestedBug[] = [
  {
    name: 'engine-log-without-sequences',
    story: 'batches of an earlier log are replayed, or a lost log in the middle leaves a hole',
    patches: [patch('src/engine/level/log-chain.ts', '    if (!continues) return false;\n')],
    tests,
  },
  {
    name: 'engine-log-with-an-old-start',
    story: 'an earlier log in place of the first block is replayed into a newer table',
    patches: [patch('src/engine/level/log-chain.ts', '  if (!chain.hasKnownStart) return nothing(folder, needed);\n')],
    tests,
  },
  {
    name: 'engine-log-with-mixed-fragments',
    story: 'a batch whose middle is of an earlier log is replayed',
    patches: [patch('src/engine/level/batch-check.ts', ' || (isFirst && crosses && !operation.isSealed(bytes))')],
    tests,
  },
  {
    name: 'engine-log-not-cut',
    story: 'LevelDB skips the damage that the check found, and replays what follows',
    patches: [
      patch(
        'src/engine/level/log-repair.ts',
        '    for (const { path, toBytes } of cuts) await cutLog(path, toBytes);\n',
      ),
    ],
    tests,
  },
  {
    name: 'engine-log-after-a-cut-one',
    story: 'a log is replayed although the one before it lost its end',
    patches: [patch('src/engine/level/log-chain.ts', '      if (size > 0) cuts.push({ path, toBytes: 0 });\n')],
    tests,
  },
  {
    name: 'label-flushed-too-early',
    story: 'batches count as flushed when one of two logs that may hold them is gone',
    patches: [
      patch(
        'src/engine/level/flushed-labels.ts',
        'each.logs.some((name) => present.has(name))',
        'each.logs.every((name) => present.has(name))',
      ),
    ],
    tests: { file: 'test/engine/level-labels.test.ts' },
  },
];
