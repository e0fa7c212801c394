import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { Counts, Systems } from './compare.js';
import { shrink, withoutOne } from './shrink.js';
import type { System } from './system.js';
import { watchStep, type WatchStep } from './watch-steps.js';
import { WatchStream, type Told } from './watch-stream.js';

const RUN_STEPS = { minLength: 20, maxLength: 80, size: 'max' } as const;
const SHRINK_MS = 60_000;
const FAILURES_MAX = 3;
/** Silence after which no more events follow, in ms: etcd serves watches that are behind every 100 ms. */
const QUIET_MS = 250;
/** Time for which the two may differ, in ms. */
const SETTLE_MS = 5000;

/** One system, and its end of the stream of a run. */
interface Side {
  readonly system: System;
  readonly stream: WatchStream;
}

/** Runs random watches over random writes, on one stream. Each watch must get the same events from both systems. */
export async function compareRandomWatches(
  systems: Systems,
  options: { readonly seed: number; readonly runs: number },
): Promise<Counts> {
  let [passed, failed] = [0, 0];
  for (let seed = options.seed; seed < options.seed + options.runs && failed < FAILURES_MAX; seed += 1) {
    const steps = fc.sample(fc.array(watchStep, RUN_STEPS), { seed, numRuns: 1 }).flat();
    const difference = await differenceIn(systems, steps);
    if (difference === undefined) {
      passed += 1;
      continue;
    }
    failed += 1;
    const end = Date.now() + SHRINK_MS;
    const shrunk = await shrink(
      { steps, failure: difference },
      {
        fails: (shorter) => differenceIn(systems, shorter),
        simpler: simplerSteps,
        goOn: () => Date.now() < end,
      },
    );
    const shown = shrunk.steps.map((step) => `  ${JSON.stringify(step)}`);
    console.log(`FAIL  random watches, SEED=${seed}, made shorter:\n${shown.join('\n')}\n${shrunk.failure}`);
  }
  console.log(`random watches, compared in ${passed + failed} runs`);
  return { passed, failed };
}

function* simplerSteps(step: WatchStep): Generator<WatchStep> {
  if (step.kind === 'create') for (const request of withoutOne(step.request)) yield { ...step, request };
  if (step.kind === 'call')
    for (const request of withoutOne(step.call.request)) yield { ...step, call: { ...step.call, request } };
}

/** The difference between the events of a run's watches; undefined if there is none. */
async function differenceIn(systems: readonly System[], steps: readonly WatchStep[]): Promise<string | undefined> {
  await Promise.all(systems.map((system) => system.begin()));
  const sides = systems.map((system): Side => ({ system, stream: new WatchStream(system) }));
  const compacted = new Set(['0']);
  let isQuiet = true;
  try {
    for (const step of steps) {
      const compacts = step.kind === 'call' && step.call.method === 'KV/Compact';
      // What a compaction takes from watches that are behind depends on timing, and so does what etcd drops when it cancels one.
      if (!isQuiet && (compacts || step.kind === 'cancel')) {
        const difference = await differenceWhenQuiet(sides, compacted);
        if (difference !== undefined) return difference;
        isQuiet = true;
      }
      if (step.kind === 'create' || step.kind === 'call') isQuiet = false;
      await Promise.all(sides.map((side) => take(side, step, compacted)));
      const ended = systems.find((system) => !system.running);
      if (ended !== undefined) return `  ${ended.name} has ended:\n${ended.log}`;
    }
    return await differenceWhenQuiet(sides, compacted);
  } finally {
    for (const { stream } of sides) stream.close();
  }
}

/** @param compacted the revisions at which the store was compacted, in this order */
async function take({ system, stream }: Side, step: WatchStep, compacted: Set<string>): Promise<void> {
  if (step.kind === 'call') {
    const outcome = await system.run(step.call);
    if (step.call.method === 'KV/Compact' && outcome.kind === 'ok')
      compacted.add(String(step.call.request['revision']));
  } else if (step.kind === 'create') {
    const { watchId = '0', startRevision = '0' } = step.request as { watchId?: string; startRevision?: string };
    const isCompacted = startRevision !== '0' && BigInt(startRevision) < BigInt([...compacted].at(-1) ?? 0);
    const isChosen = watchId !== '0';
    if (isChosen && (isCompacted || stream.endedAsCompacted(watchId))) return;
    await stream.create(step.request, { isCompacted });
  } else if (!stream.endedAsCompacted(step.watchId)) await stream.cancel(step.watchId);
}

async function differenceWhenQuiet(
  sides: readonly Side[],
  compacted: ReadonlySet<string>,
): Promise<string | undefined> {
  const look = (): readonly Told[] => sides.map(({ stream }) => stream.told(compacted));
  let seen = look();
  for (let waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += QUIET_MS) {
    await delay(QUIET_MS);
    const now = look();
    if (isDeepStrictEqual(now, seen) && isDeepStrictEqual(now[0], now[1])) return undefined;
    seen = now;
  }
  const [ours = {}, theirs = {}] = seen;
  const ids = Object.keys({ ...ours, ...theirs }).filter((id) => !isDeepStrictEqual(ours[id], theirs[id]));
  const lines = ids.map(
    (id) => `  watch ${id}\n  raftkv ${JSON.stringify(ours[id])}\n  etcd   ${JSON.stringify(theirs[id])}`,
  );
  return lines.join('\n');
}
