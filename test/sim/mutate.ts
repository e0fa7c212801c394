import { availableParallelism } from 'node:os';
import { runProgram, textOf, UsageError, wholeNumberOf } from '../support/program.js';
import { bundleSimulator } from './bundle.js';
import { findsInTests, passesWithout } from './mutate-tests.js';
import { SIMULATED, TESTED } from './mutations/all.js';
import type { Mutation, Profile } from './mutations/mutation.js';
import { drawOptions, type SimOptions } from './options.js';
import { Pool } from './pool.js';

// `make mutate`: plants one bug after the other in a copy of the code, and checks that the simulator finds it, or the tests
// that the bug names. ONLY= selects some by their names, separated by spaces. First each profile, and each file of tests, runs without a bug: a failure there
// would prove nothing about the bugs. SEED= sets the first seed.

/** Maximum number of seeds for one bug. */
const SEEDS = 150;
/** Violations that begin so do not show the planted bug. */
const SIMULATOR_FAILED = 'the simulator failed';
/** Seeds without a bug, for each profile. */
const CONTROL_SEEDS = 3;

interface Finding {
  readonly seed: number;
  readonly violation: string;
}

await runProgram('make mutate', async () => {
  const began = performance.now();
  const only = textOf('ONLY')?.split(' ');
  const all = [...SIMULATED, ...TESTED].map(({ name }) => name);
  const unknown = only?.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    const names = all.map((name) => `\n  ${name}`).join('');
    throw new UsageError(`ONLY=${unknown}: there is no such bug. These can be planted:${names}`);
  }
  const mutations = SIMULATED.filter(({ name }) => only === undefined || only.includes(name));
  const tested = TESTED.filter(({ name }) => only === undefined || only.includes(name));
  const first = wholeNumberOf('SEED') ?? 1;
  const seeds = wholeNumberOf('SEEDS', 1) ?? SEEDS;
  let survivors = 0;
  const healthy = await bundleSimulator();
  try {
    for (const profile of new Set(mutations.map((mutation) => mutation.profile))) {
      const finding = await hunt({ program: healthy.file, profile, first, seeds: CONTROL_SEEDS });
      if (finding === undefined) continue;
      console.log(`FAIL  without a planted bug: seed ${finding.seed}: ${firstLine(finding.violation)}`);
      survivors += 1;
    }
  } finally {
    healthy.remove();
  }
  for (const mutation of mutations) if (!(await isFound(mutation, { first, seeds }))) survivors += 1;
  for (const file of new Set(tested.map(({ tests }) => tests.file))) if (!(await passesWithout(file))) survivors += 1;
  for (const bug of tested) if (!(await findsInTests(bug))) survivors += 1;
  console.log(`${Math.round((performance.now() - began) / 1000)} s`);
  const count = mutations.length + tested.length;
  console.log(`${count - Math.min(survivors, count)} passed, ${survivors} failed`);
  return survivors === 0 ? 0 : 1;
});

/** Members have no table and no users, unless a profile gives them: late flushes and refusals would hide other bugs. */
function plain(seed: number): SimOptions {
  return { ...drawOptions(seed), table: undefined, users: 0 };
}

async function isFound(
  { name, story, patches, profile }: Mutation,
  range: Pick<Hunt, 'first' | 'seeds'>,
): Promise<boolean> {
  const before = performance.now();
  const { file, remove } = await bundleSimulator(patches);
  try {
    const finding = await hunt({ program: file, profile, ...range });
    const seconds = Math.round((performance.now() - before) / 1000);
    const fails = finding?.violation.startsWith(SIMULATOR_FAILED) === true;
    if (fails) console.log(`FAIL  ${name}: seed ${finding.seed}: ${finding.violation}`);
    else if (finding === undefined) console.log(`FAIL  ${name} survives ${range.seeds} seeds (${seconds} s): ${story}`);
    else console.log(`ok    ${name}: seed ${finding.seed}, ${seconds} s: ${firstLine(finding.violation)}`);
    return finding !== undefined && !fails;
  } finally {
    remove();
  }
}

interface Hunt {
  readonly program: string;
  readonly profile: Profile;
  readonly first: number;
  readonly seeds: number;
}

/** The first violation among the given number of seeds. */
async function hunt({ program, profile, first, seeds }: Hunt): Promise<Finding | undefined> {
  let next = first;
  let found: Finding | undefined;
  const pool = new Pool({ program, jobs: availableParallelism() });
  await pool.runAll({
    next: () => (found === undefined && next < first + seeds ? profile(plain(next++)) : undefined),
    onDone: ({ seed, result: { violation } }) => {
      if (violation !== undefined) found ??= { seed, violation };
    },
  });
  pool.close();
  return found;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 160) ?? '';
}
