import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { runWithUsers } from '../users/random-calls.js';
import { run, runWithKills, type Call } from './calls.js';
import { shrink, withoutOne } from './shrink.js';
import { System } from './system.js';

/** One run in this many kills members. */
const RUNS_PER_KILLING = 4;
/** Time limit for shrinking a run that differs, in ms. */
const SHRINK_MS = 60_000;
/** Number of differing runs after which no other begins. */
const FAILURES_MAX = 3;
const MEMORY = '/dev/shm';

export type Systems = readonly [raftkv: System, etcd: System];

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** A member of each system, with its data in a memory file system if there is one. */
export async function startSystems(): Promise<Systems> {
  if (existsSync(MEMORY)) process.env['TMPDIR'] = MEMORY;
  return [await System.start('raftkv'), await System.start('etcd')];
}

/** Runs random calls on both systems, whose answers must be equal word for word. */
export async function compareRandomCalls(
  systems: Systems,
  options: { readonly seed: number; readonly calls: number; readonly withUsers?: boolean },
): Promise<Counts> {
  const { withUsers = false } = options;
  const kind = withUsers ? 'random calls of users' : 'random calls';
  let [made, passed, failed] = [0, 0, 0];
  for (let seed = options.seed; made < options.calls && failed < FAILURES_MAX; seed += 1) {
    const calls = fc.sample(runOf(seed, withUsers), { seed, numRuns: 1 }).flat();
    made += calls.length;
    const difference = await differenceIn(systems, calls);
    if (difference === undefined) {
      passed += 1;
      continue;
    }
    failed += 1;
    await report({ systems, kind, seed, calls, difference });
  }
  console.log(`${made} ${kind}, compared in ${passed + failed} runs`);
  return { passed, failed };
}

function runOf(seed: number, withUsers: boolean): typeof run {
  if (withUsers) return runWithUsers;
  return seed % RUNS_PER_KILLING === 0 ? runWithKills : run;
}

async function report(found: {
  readonly systems: Systems;
  readonly kind: string;
  readonly seed: number;
  readonly calls: readonly Call[];
  readonly difference: string;
}): Promise<void> {
  const { systems, kind, seed, calls, difference } = found;
  const end = Date.now() + SHRINK_MS;
  const { steps, failure } = await shrink(
    { steps: calls, failure: difference },
    {
      fails: (shorter) => differenceIn(systems, shorter),
      simpler: simplerCalls,
      goOn: () => Date.now() < end,
    },
  );
  const shown = steps.map(
    ({ method, request, asJson, as }) =>
      `  ${as === undefined ? '' : `${as}: `}${method} ${JSON.stringify(request)}${asJson === true ? ' as JSON' : ''}`,
  );
  console.log(`FAIL  ${kind}, SEED=${seed}, made shorter:\n${shown.join('\n')}\n${failure}`);
}

function* simplerCalls(call: Call): Generator<Call> {
  if (call.asJson === true) yield { ...call, asJson: false };
  for (const simpler of withoutOne(call.request)) yield { ...call, request: simpler };
}

/** The first difference between the answers of two systems; undefined if there is none. */
async function differenceIn(systems: Systems, calls: readonly Call[]): Promise<string | undefined> {
  const [raftkv, etcd] = systems;
  await Promise.all(systems.map((system) => system.begin()));
  for (const one of calls) {
    const [ours, theirs] = await Promise.all([raftkv.run(one), etcd.run(one)]);
    const ended = systems.find((system) => !system.running);
    if (ended !== undefined) return `  ${ended.name} has ended:\n${ended.log}`;
    if (!isDeepStrictEqual(ours, theirs)) {
      return `  raftkv ${JSON.stringify(ours)}\n  etcd   ${JSON.stringify(theirs)}`;
    }
  }
  return undefined;
}
