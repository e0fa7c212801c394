import { randomInteger } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import type { NemesisContext } from './nemesis.js';

/** The elements in a random order. */
export function shuffled<T>(elements: readonly T[], random: Random): T[] {
  const order = [...elements];
  for (let at = order.length - 1; at > 0; at--) {
    const other = randomInteger(random, 0, at + 1);
    [order[at], order[other]] = [order[other] as T, order[at] as T];
  }
  return order;
}

export function majority({ names }: Cluster): number {
  return Math.floor(names.length / 2) + 1;
}

/** No member can have the fault now: another fault has taken them down. The fault is tried again later. */
export class NoTarget extends Error {
  override readonly name = 'NoTarget';
}

/** A random running member. @throws NoTarget */
export function anyMember({ cluster, random }: Pick<NemesisContext, 'cluster' | 'random'>): string {
  return oneOf(cluster.running, random);
}

/** A random element. @throws NoTarget if there is none */
export function oneOf(names: readonly string[], random: Random): string {
  const name = names[randomInteger(random, 0, names.length)];
  if (name === undefined) throw new NoTarget('no member can have the fault now');
  return name;
}

/** The leader, or a random member if there is none, as another fault may have just ended it. */
export async function leaderOrAny(context: Pick<NemesisContext, 'cluster' | 'random'>): Promise<string> {
  return (await context.cluster.leader()) ?? anyMember(context);
}
