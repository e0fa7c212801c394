import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../../../src/util/assert.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { CLIENTS } from '../net/network.js';
import type { CutStyle } from '../net/network.js';
import { within } from '../net/span.js';
import { background, differences } from './effects.js';
import type { Fault, Nemesis, NemesisContext } from './nemesis.js';
import { anyMember, leaderOrAny, majority, shuffled } from './targets.js';

/** A direction that carries nothing. */
type Cut = readonly [from: string, to: string];

/** How often cuts drop without a sign; the others reject, as firewalls do. */
const DROP_PROBABILITY = 0.7;

interface Plan {
  readonly cuts: readonly Cut[];
  readonly value: unknown;
}

const partition = (name: string, about: string, plan: (context: NemesisContext) => Promise<Plan>): Nemesis => ({
  name: `partition-${name}`,
  about: `no packets ${about}`,
  exclusive: 'cuts',
  start: async (context) => {
    const { cluster, random } = context;
    const { cuts, value } = await plan(context);
    const style: CutStyle = random.next() < DROP_PROBABILITY ? 'drop' : 'reject';
    return await partitioned(cluster, cuts, { ...(value as object), style });
  },
});

async function partitioned(cluster: Cluster, cuts: readonly Cut[], value: { style: CutStyle }): Promise<Fault> {
  const { network } = cluster;
  const before = await network.effects('cut');
  for (const [from, to] of cuts) await network.cut(from, to, value.style);
  return {
    f: 'partition',
    value,
    stop: async () => {
      const effects = differences(before, await network.effects('cut'));
      for (const [from, to] of cuts) await network.restore(from, to);
      return effects;
    },
  };
}

const both = (one: string, other: string): readonly Cut[] => [
  [one, other],
  [other, one],
];

/** All directions between members of different groups. */
const between = (groups: readonly (readonly string[])[]): Cut[] =>
  groups.flatMap((group, at) =>
    groups.slice(at + 1).flatMap((other) => group.flatMap((one) => other.flatMap((each) => both(one, each)))),
  );

const others = ({ names }: Cluster, name: string): string[] => names.filter((each) => each !== name);

async function halves({ cluster, random }: NemesisContext): Promise<Plan> {
  const order = shuffled(cluster.names, random);
  const groups = [order.slice(0, majority(cluster)), order.slice(majority(cluster))];
  return { cuts: between(groups), value: { groups } };
}

/** Each member hears a majority, itself included, and no two hear the same one. */
async function majoritiesRing({ cluster, random }: NemesisContext): Promise<Plan> {
  const order = shuffled(cluster.names, random);
  const cuts = order.flatMap((name, at): Cut[] => {
    const heard = new Set(Array.from({ length: majority(cluster) }, (_, step) => order[(at + step) % order.length]));
    return order.filter((other) => !heard.has(other)).map((other) => [other, name] as const);
  });
  return { cuts, value: { ring: order } };
}

/** Two groups that only one member connects. It is a follower: a leader would not notice, as followers hardly talk to each other. */
async function bridge(context: NemesisContext): Promise<Plan> {
  const leader = await leaderOrAny(context);
  const { cluster, random } = context;
  const [middle = leader, ...followers] = shuffled(others(cluster, leader), random);
  const rest = shuffled([leader, ...followers], random);
  const groups = [rest.slice(0, Math.ceil(rest.length / 2)), rest.slice(Math.ceil(rest.length / 2))];
  return { cuts: between(groups), value: { bridge: middle, groups } };
}

/** One member hears nothing, or is heard by none. */
async function oneWay(context: NemesisContext): Promise<Plan> {
  const { cluster, random } = context;
  const name = random.next() < 0.5 ? await leaderOrAny(context) : anyMember(context);
  const isDeaf = random.next() < 0.5;
  const cuts = others(cluster, name).map((other): Cut => (isDeaf ? [other, name] : [name, other]));
  return { cuts, value: isDeaf ? { deaf: name } : { mute: name } };
}

/**
 * Clients reach some members no longer, or get no answers from them: calls whose requests arrive take effect, and their clients do
 * not learn it. Members reach each other.
 */
async function clientsCutOff(context: NemesisContext): Promise<Plan> {
  const { cluster, random } = context;
  const count = randomInteger(random, 1, cluster.names.length + 1);
  const leader = await leaderOrAny(context);
  const members = [leader, ...shuffled(others(cluster, leader), random)].slice(0, count);
  const lost = defined((['requests', 'answers', 'both'] as const)[randomInteger(random, 0, 3)], 'a direction');
  const cuts = members.flatMap((name): readonly Cut[] => {
    if (lost === 'both') return both(CLIENTS, name);
    return [lost === 'requests' ? [CLIENTS, name] : [name, CLIENTS]];
  });
  return { cuts, value: { members, lost } };
}

const flapping: Nemesis = {
  name: 'partition-flapping',
  about: 'the leader is cut off and connected again, several times a second',
  exclusive: 'cuts',
  start: async (context) => {
    const { cluster, random, signal } = context;
    const { network } = cluster;
    const before = await network.effects('cut');
    const name = await leaderOrAny(context);
    const cuts = others(cluster, name).flatMap((other) => both(name, other));
    const loop = background(signal, async () => {
      for (const [from, to] of cuts) await network.cut(from, to);
      await delay(within([100, 900], random));
      for (const [from, to] of cuts) await network.restore(from, to);
      await delay(within([50, 400], random));
    });
    return {
      f: 'partition',
      value: { flapping: name },
      stop: async () => {
        await loop();
        return differences(before, await network.effects('cut'));
      },
    };
  },
};

const inTurn: Nemesis = {
  name: 'partition-in-turn',
  about: 'each member is cut off, one after the other',
  exclusive: 'cuts',
  holdMs: [6000, 10_000],
  start: async ({ cluster, random, signal }) => {
    const { network } = cluster;
    const before = await network.effects('cut');
    const order = shuffled(cluster.names, random);
    const loop = background(signal, async (round) => {
      const name = defined(order[round % order.length], 'a member');
      const cuts = others(cluster, name).flatMap((other) => both(name, other));
      for (const [from, to] of cuts) await network.cut(from, to);
      await delay(within([600, 2000], random), undefined, { signal }).catch(() => undefined); // the fault ends
      for (const [from, to] of cuts) await network.restore(from, to);
    });
    return {
      f: 'partition',
      value: { inTurn: order },
      stop: async () => {
        await loop();
        return differences(before, await network.effects('cut'));
      },
    };
  },
};

export const PARTITIONS: readonly Nemesis[] = [
  partition('leader', 'between the leader and the others', async (context) => {
    const leader = await leaderOrAny(context);
    const groups = [[leader], others(context.cluster, leader)];
    return { cuts: between(groups), value: { groups } };
  }),
  partition('halves', 'between a majority and the others', halves),
  partition('ring', 'but that each member hears another majority', majoritiesRing),
  partition('bridge', 'between two groups, which one member connects', bridge),
  partition('one-way', 'to one member, or from it', oneWay),
  // In network namespaces clients are never cut off.
  { ...partition('client', 'between clients and some members', clientsCutOff), needs: ['proxy'] },
  flapping,
  inTurn,
];
