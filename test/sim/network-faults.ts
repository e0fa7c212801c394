import type { MessageType, NodeId } from '../../src/raft/types.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { shuffled } from '../support/shuffled.js';
import type { Fault } from './fault.js';
import { pick, type FaultKind } from './options.js';
import type { Cut, World } from './world.js';

type NetworkFault =
  | 'halves'
  | 'leader-alone'
  | 'one-way'
  | 'bridge'
  | 'ring'
  | 'flapping'
  | 'clog'
  | 'reset'
  | 'bad-weather'
  | 'late-messages';

/** Interval between two changes of a flapping link, in ms. */
const FLAP_MS = 40;

export const networkFaults: Readonly<Record<NetworkFault & FaultKind, Fault>> = {
  halves: (world, random) => {
    const left = someOf(idsOf(world), random);
    return cutLinks(world, (from, to) => left.has(from) !== left.has(to));
  },
  'leader-alone': (world) => {
    const id = world.leader?.id;
    if (id === undefined) return undefined;
    return cutLinks(world, (from, to) => (from === id) !== (to === id));
  },
  'one-way': (world, random) => {
    // Cloudflare, November 2020: a member that some cannot hear may still hear all, and be heard by others.
    const victim = pick(random, idsOf(world));
    const deaf = someOf(idsOf(world), random);
    const outward = random.next() < 0.5;
    return cutLinks(world, (from, to) => (outward ? from === victim && deaf.has(to) : to === victim && deaf.has(from)));
  },
  bridge: (world, random) => {
    const middle = pick(random, idsOf(world));
    const left = someOf(idsOf(world), random);
    return cutLinks(world, (from, to) => from !== middle && to !== middle && left.has(from) !== left.has(to));
  },
  ring: (world, random) => {
    const order = shuffled(idsOf(world), random);
    const isNext = (a: NodeId, b: NodeId): boolean => order[(order.indexOf(a) + 1) % order.length] === b;
    return cutLinks(world, (from, to) => !isNext(from, to) && !isNext(to, from));
  },
  flapping: (world, random) => {
    const victims = someOf(idsOf(world), random);
    let down = false;
    let over = false;
    const cut: Cut = (from, to) => down && victims.has(from) !== victims.has(to);
    const undo = cutLinks(world, cut);
    const flap = (): void => {
      if (over) return;
      down = !down;
      world.connect();
      world.time.schedule(FLAP_MS * (0.2 + 2 * random.next()), flap);
    };
    flap();
    return () => {
      over = true;
      undo();
    };
  },
  clog: (world, random) => {
    // Delays everything that one member sends to another.
    const [from, to] = [pick(random, idsOf(world)), pick(random, idsOf(world))];
    const delayMs = 50 + random.next() * 2000;
    world.clogs.set(`${from}>${to}`, delayMs);
    return () => {
      world.clogs.delete(`${from}>${to}`);
    };
  },
  reset: (world, random) => {
    const victim = pick(random, idsOf(world));
    for (let times = randomInteger(random, 1, 4); times > 0; times--) world.network.reset(victim);
    return () => undefined;
  },
  'bad-weather': (world, random) => {
    const { faults } = world.network;
    faults.delayMs = [0.2, pick(random, [5, 60, 300])];
    faults.lossRate = random.next() * 0.3;
    faults.duplicateRate = random.next() * 0.3;
    faults.reorder = true;
    return () => {
      const { delayMs, lossRate, duplicateRate, reorder } = world.weather;
      Object.assign(faults, { delayMs, lossRate, duplicateRate, reorder });
    };
  },
  'late-messages': (world, random) => {
    const type = pick<MessageType>(random, [
      'MsgTimeoutNow',
      'MsgVote',
      'MsgVoteResp',
      'MsgAppResp',
      'MsgApp',
      'MsgHeartbeatResp',
    ]);
    const delayMs = random.next() * 3000;
    const share = random.next();
    world.network.faults.holdBackMs = (message) => (message.type === type && random.next() < share ? delayMs : 0);
    return () => {
      world.network.faults.holdBackMs = () => 0;
    };
  },
};

function cutLinks(world: World, cut: Cut): () => void {
  world.cuts.add(cut);
  world.connect();
  return () => {
    world.cuts.delete(cut);
    world.connect();
  };
}

export function idsOf(world: World): NodeId[] {
  return world.machines.filter(({ fate }) => fate !== 'removed').map(({ id }) => id);
}

function someOf(ids: readonly NodeId[], random: Random): ReadonlySet<NodeId> {
  const count = randomInteger(random, 1, Math.max(2, ids.length));
  return new Set(shuffled(ids, random).slice(0, count));
}
