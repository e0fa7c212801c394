import type { MessageType, NodeId } from '../../src/raft/types.js';
import { assertNever } from '../../src/util/assert.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { shuffled } from '../support/shuffled.js';
import type { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';

/** Faults of a network, a process or a machine. */
export const FAULTS = [
  'leader-alone',
  'halves',
  'one-way',
  'bridge',
  'lossy',
  'reset-leader',
  'pause-leader',
  'kill-leader',
  'power-loss-one',
  'power-loss-all',
  'transfer',
] as const;

/** All of them, and those of `broken-links.test.ts`. */
export type Fault = (typeof FAULTS)[number] | 'flapping-links';

/** Time for which a flapping link is broken, and for which all links are up, in ms. */
const BROKEN_MS = [5, 1000] as const;
const WHOLE_MS = [5, 300] as const;
/** Time within which flapping links break one after the other, in ms. */
const BREAKS_WITHIN_MS = 300;

/** Begins a fault, and returns the function that ends it. */
export async function inflict(cluster: VirtualCluster, fault: Fault, random: Random): Promise<() => Promise<void>> {
  const { network, members } = cluster;
  const ids = shuffled(
    members.map(({ id }) => id),
    random,
  );
  const half = Math.floor(ids.length / 2);
  const leader = cluster.leaders()[0];
  const victim = leader?.running === true ? leader : cluster.member(ids[0] ?? 1);
  const others = ids.filter((id) => id !== victim.id);
  const heal = async (): Promise<void> => cluster.heal();
  const restart = async (): Promise<void> => {
    for (const member of members) if (!member.running) await cluster.time.wait(member.start());
  };
  switch (fault) {
    case 'leader-alone':
      network.partition([victim.id], others);
      return heal;
    case 'halves':
      network.partition(ids.slice(0, half), ids.slice(half));
      return heal;
    case 'one-way':
      // Cloudflare, November 2020: two members with a one-way link, and a third that hears both.
      for (const to of others.slice(0, half)) network.cut(victim.id, to);
      return heal;
    case 'bridge':
      network.bridge(ids.slice(0, half), ids[half] ?? 1, ids.slice(half + 1));
      return heal;
    case 'lossy':
      Object.assign(network.faults, { delayMs: [0.2, 60], lossRate: 0.15, duplicateRate: 0.15 });
      return heal;
    case 'reset-leader':
      for (let times = 0; times < 3; times++) network.reset(victim.id);
      return async () => undefined;
    case 'flapping-links':
      return flap(cluster, random);
    case 'pause-leader':
      victim.pause();
      return async () => victim.resume();
    case 'kill-leader':
      cluster.crash(victim, 'kill');
      return restart;
    case 'power-loss-one':
      cluster.crash(cluster.member(ids[0] ?? 1), 'power');
      return restart;
    case 'power-loss-all':
      for (const member of members) cluster.crash(member, 'power');
      return restart;
    case 'transfer':
      holdBack(cluster, 'MsgTimeoutNow', random.next() * 1500);
      victim.assembly.node.transferLeader(others[0] ?? 1);
      return heal;
    default:
      return assertNever(fault, 'fault');
  }
}

/**
 * Links to the leader break and return independently, one way or both, while all processes live: one follower sees its
 * link break and may still hear the leader, another hears nothing and sees no break.
 */
function flap(cluster: VirtualCluster, random: Random): () => Promise<void> {
  const { network, members, time } = cluster;
  let over = false;
  const breakLinks = (): void => {
    if (over) return;
    const leader = newestLeader(cluster)?.id;
    let longestMs = 0;
    for (const { id } of members) {
      if (leader === undefined || id === leader) continue;
      const [away, back] = [pair(leader, id), pair(id, leader)];
      // Mostly both ways: only then can the follower be without the leader.
      const cuts = [[away, back], [away, back], [away, back], [away], [back], []][randomInteger(random, 0, 6)] ?? [];
      const beginMs = random.next() * BREAKS_WITHIN_MS;
      const endMs = beginMs + between(random, BROKEN_MS);
      time.schedule(beginMs, () => cuts.forEach(({ from, to }) => !over && network.cut(from, to)));
      time.schedule(endMs, () => cuts.forEach(({ from, to }) => network.join(from, to)));
      longestMs = Math.max(longestMs, endMs);
    }
    time.schedule(longestMs + between(random, WHOLE_MS), breakLinks);
  };
  breakLinks();
  return async () => {
    over = true;
    network.heal();
  };
}

function pair(from: NodeId, to: NodeId): { readonly from: NodeId; readonly to: NodeId } {
  return { from, to };
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + random.next() * (high - low);
}

function newestLeader(cluster: VirtualCluster): VirtualMember | undefined {
  const termOf = (member: VirtualMember): number => member.assembly.node.status().term;
  return cluster.leaders().sort((left, right) => termOf(right) - termOf(left))[0];
}

/** Delays the messages of one kind. */
export function holdBack(cluster: VirtualCluster, type: MessageType, delayMs: number): void {
  cluster.network.faults.holdBackMs = (message) => (message.type === type ? delayMs : 0);
}
