import { randomInteger } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Fault, Nemesis, NemesisContext } from './nemesis.js';
import { leaderOrAny, majority, shuffled } from './targets.js';

const kill = (name: string, about: string, choose: (context: NemesisContext) => Promise<string[]>): Nemesis => ({
  name,
  about: `kill -9 ${about}`,
  start: async (context) => {
    const targets = await choose(context);
    await context.cluster.kill(...targets);
    return killed(context.cluster, targets);
  },
});

/** Members that were killed are started again. */
function killed(cluster: Cluster, targets: readonly string[]): Fault {
  return {
    f: 'kill',
    value: targets,
    stop: async () => {
      await cluster.revive(targets);
      return { killed: targets.length };
    },
  };
}

const some = (cluster: Cluster, random: Random, count: number): string[] =>
  shuffled(cluster.running, random).slice(0, count);

export const KILLS: readonly Nemesis[] = [
  kill('kill-one', 'a random member', async ({ cluster, random }) => some(cluster, random, 1)),
  kill('kill-leader', 'the leader', async (context) => [await leaderOrAny(context)]),
  kill('kill-majority', 'a majority', async ({ cluster, random }) => some(cluster, random, majority(cluster))),
  kill('kill-all', 'all members', async ({ cluster }) => [...cluster.running]),
];

const pause = (name: string, about: string, choose: (context: NemesisContext) => Promise<string[]>): Nemesis => ({
  name,
  about: `SIGSTOP for ${about}`,
  start: async (context) => {
    const { cluster } = context;
    const targets = await choose(context);
    for (const target of targets) cluster.pause(target);
    return {
      f: 'pause',
      value: targets,
      stop: async () => {
        for (const target of targets) if (cluster.stateOf(target) === 'paused') cluster.resume(target);
        // Another fault may have killed some of them.
        if (targets.every((target) => cluster.stateOf(target) === 'up')) context.undone();
        await cluster.revive(targets);
        return { stopped: targets.length };
      },
    };
  },
});

export const PAUSES: readonly Nemesis[] = [
  pause('pause-leader', 'the leader', async (context) => [await leaderOrAny(context)]),
  pause('pause-random', 'one or more random members', async ({ cluster, random }) =>
    some(cluster, random, randomInteger(random, 1, cluster.running.length + 1)),
  ),
];
