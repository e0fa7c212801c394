import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../../../src/util/assert.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { CLIENTS } from '../net/network.js';
import type { Rule, Rules } from '../net/rules.js';
import { within } from '../net/span.js';
import { background, differences } from './effects.js';
import type { Nemesis, NemesisContext } from './nemesis.js';

// What a bad network does to TCP, seen from above it: bytes come late, in bursts, or the connection breaks and is made anew.
// Within one connection nothing is lost, doubled or reordered. The simulator does that to single messages.

interface Links {
  readonly rules: Rules;
  /** Every direction between two members. */
  readonly between: readonly (readonly [from: string, to: string])[];
  /** Every direction between clients and a member. */
  readonly clients: readonly (readonly [from: string, to: string])[];
}

function linksOf({ names, network }: Cluster): Links {
  const between = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));
  const clients = names.flatMap((name) => [[CLIENTS, name] as const, [name, CLIENTS] as const]);
  return { rules: defined(network.rules, 'proxies'), between, clients };
}

interface Plan {
  readonly members: Rule;
  readonly clients?: Rule;
}

const links = (name: string, about: string, plan: (context: NemesisContext) => Plan): Nemesis => ({
  name: `links-${name}`,
  about,
  needs: ['proxy'],
  exclusive: 'links',
  start: async (context) => {
    const { network } = context.cluster;
    const { rules, between, clients } = linksOf(context.cluster);
    const before = await network.effects('link');
    const rulesOf = plan(context);
    for (const [from, to] of between) rules.set(from, to, rulesOf.members);
    if (rulesOf.clients !== undefined) for (const [from, to] of clients) rules.set(from, to, rulesOf.clients);
    return {
      f: 'links',
      value: { [name]: rulesOf },
      stop: async () => {
        for (const [from, to] of [...between, ...clients]) rules.remove(from, to);
        return differences(before, await network.effects('link'));
      },
    };
  },
});

const duplicating: Nemesis = {
  name: 'links-duplicating',
  about: 'the first bytes of old connections between members are sent again on new ones, and connections break',
  needs: ['proxy'],
  exclusive: 'links',
  start: async ({ cluster, random, signal }) => {
    const { network } = cluster;
    const { rules, between } = linksOf(cluster);
    const before = await network.effects('link');
    // Connections that break make members dial anew, and send again what was not acknowledged.
    for (const [from, to] of between) rules.set(from, to, { breakProbability: 0.005 });
    const loop = background(signal, async () => {
      network.replay(defined(cluster.names[randomInteger(random, 0, cluster.names.length)], 'a member'));
      await delay(within([50, 300], random));
    });
    return {
      f: 'links',
      value: { duplicating: cluster.names },
      stop: async () => {
        await loop();
        for (const [from, to] of between) rules.remove(from, to);
        return differences(before, await network.effects('link'));
      },
    };
  },
};

export const LINKS: readonly Nemesis[] = [
  links('slow', 'all links have a delay of tens to hundreds of ms', ({ random }) => {
    const most = within([20, 200], random);
    return { members: { delayMs: [most / 4, most] }, clients: { delayMs: [0, most / 4] } };
  }),
  links('lossy', 'chunks wait as if a packet were lost and sent again, and connections break', () => ({
    members: { stall: { probability: 0.05, ms: [200, 800] }, breakProbability: 0.003 },
    clients: { stall: { probability: 0.02, ms: [200, 500] }, breakProbability: 0.003 },
  })),
  links('reordering', 'each connection has a delay of its own that changes: messages overtake each other', () => ({
    members: { connectionDelayMs: [0, 300] },
  })),
  duplicating,
];
