import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { bundleOf } from './bundle.js';
import type { TestedBug } from './mutations/mutation.js';

const MOCHA = resolve(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
const LIMIT_MS = 120_000;

interface Report {
  readonly stats: { readonly passes: number; readonly failures: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

/** Plants a bug, and runs the tests that must find it. @returns whether they do */
export async function findsInTests({ name, story, patches, tests }: TestedBug): Promise<boolean> {
  const began = performance.now();
  const { file, remove } = await bundleOf(tests.file, patches);
  try {
    const { failures } = run(file, tests.titles);
    const seconds = Math.round((performance.now() - began) / 1000);
    const [first] = failures;
    if (first === undefined) console.log(`FAIL  ${name} survives ${tests.file} (${seconds} s): ${story}`);
    else console.log(`ok    ${name}: ${seconds} s: ${first.fullTitle}: ${firstLine(first.err.message ?? '')}`);
    return first !== undefined;
  } finally {
    remove();
  }
}

/** @returns whether a file of tests passes without a planted bug */
export async function passesWithout(tests: string): Promise<boolean> {
  const { file, remove } = await bundleOf(tests);
  try {
    const { failures, stats } = run(file);
    if (stats.passes > 0 && failures.length === 0) return true;
    console.log(`FAIL  without a planted bug: ${tests}: ${failures[0]?.fullTitle ?? 'no test ran'}`);
    return false;
  } finally {
    remove();
  }
}

/** @throws Error if the tests do not run to their end */
function run(file: string, titles?: string): Report {
  const options = ['--no-config', '--bail', '--timeout', '60000', '--reporter', 'json'];
  const selection = titles === undefined ? [] : ['--fgrep', titles];
  const { stdout, stderr } = spawnSync(process.execPath, [MOCHA, ...options, ...selection, file], {
    encoding: 'utf8',
    // The tests have seeds of their own.
    env: { ...process.env, SEED: undefined, SEEDS: undefined },
    timeout: LIMIT_MS,
    maxBuffer: 2 ** 26,
  });
  try {
    return JSON.parse(stdout.slice(stdout.indexOf('{'))) as Report;
  } catch (error) {
    throw new Error(`the tests did not run: ${stderr.slice(0, 2_000)}`, { cause: error });
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 120) ?? '';
}
